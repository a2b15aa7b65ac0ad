"""A fault at each step of writing: what was accepted is there, nothing else is, and no file is left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("fault", ["kill", "fail"])
def test_a_program_that_breaks_off_at_any_step_leaves_whole_writes_only(tmp_path: Path, fault: str) -> None:
    arguments = [sys.executable, "-m", "tests.store.faulty", str(tmp_path), fault]
    process = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert int(process.stdout) > 100
