"""What every test shares: how Hypothesis searches."""

import os

from hypothesis import settings

# A slow machine is no failure, hence no deadline. On CI the examples follow from the test itself, so that a
# run never fails by luck; on a developer's machine they are new each time, and the failing ones are kept.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

# Tests expect English, whatever the language of the machine that they run on.
os.environ["PASSERELLE_LANGUAGE"] = "en"

# No test reads or writes the keyring of whoever runs it, nor takes another test's double for the system's.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
