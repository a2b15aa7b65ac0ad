"""The Windows that ``scripts/setup-wine`` has made, and how to run Python in it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "passerelle/wine"
ROOT = Path(__file__).parents[3]
TIMEOUT_S = 90


def missing() -> str:
    """Why there is no Windows here, or nothing."""
    is_made = shutil.which("wine") and (HOME / "packages").exists()
    return "" if is_made else "needs Windows' Python under Wine, which `make interop-outlook` sets up"


def left_out() -> str:
    """Why what takes minutes is left out here, or nothing."""
    return missing() if os.environ.get("PASSERELLE_COM") else "takes minutes: `make interop-outlook` runs it"


def windows_path(path: Path) -> str:
    """A path as Windows programs see it."""
    return "Z:" + str(path).replace("/", "\\")


def _environment() -> dict[str, str]:
    site = HOME / "python/site"
    lacking = Path(__file__).with_name("lacking")  # which Wine is, and no Windows
    paths = [lacking, site, site / "win32", site / "win32/lib", site / "pywin32_system32", ROOT / "src", ROOT]
    paths.append(Path(sysconfig.get_path("purelib")))  # those of our packages that are pure Python serve there, too
    return {
        **os.environ,
        "WINEPREFIX": str(HOME / "prefix"),
        "WINEDEBUG": "-all",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.Windows.WinVaultKeyring",
        "PYTHONPATH": ";".join(map(windows_path, paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "TZ": "CET-1",  # Berlin in winter, as both Wine and Microsoft's C library read it
    }


@contextmanager
def python(
    *arguments: str, program: str = "python.exe", stdin: int = subprocess.DEVNULL, display: str | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Windows' Python, perhaps on a screen, with a pipe for its output, for it writes into no file."""
    command = ["wine", str(HOME / "python" / program), *arguments]
    with subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=ROOT,
        env=_environment() if display is None else _environment() | {"DISPLAY": display},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def windows() -> Iterator[None]:
    """This Windows for oneself, and shut down afterwards."""
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            subprocess.run(["wineserver", "-k"], env=_environment(), check=False, timeout=TIMEOUT_S)
