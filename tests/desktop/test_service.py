"""What a service's files say, whatever stands in paths and variables."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from passerelle.desktop.service.autostart import AutostartEntry, command_line
from passerelle.desktop.service.installation import Installation, this_installation
from passerelle.desktop.service.run_key import RUN, RunEntry
from passerelle.desktop.service.unit import unit_text
from tests.outlook_double.registry import MemoryRegistry

AWKWARD = 'a b%h "c" \\d $HOME;`e` é'
USUAL = Path("/home/ada/.local/share/passerelle/accounts")


def installed(tmp_path: Path, **environment: str) -> Installation:
    return this_installation(tmp_path / AWKWARD, USUAL, environment)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (Debian: systemd)")
def test_systemd_finds_nothing_to_complain_of_in_the_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    unit = tmp_path / "passerelle.service"
    unit.write_text(unit_text(installed(tmp_path, LANG="fr_FR.UTF-8", no_proxy='a,"b" %x')))
    command = ["systemd-analyze", "--user", "--man=no", "--recursive-errors=no", "verify", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_service_keeps_what_the_program_needs_of_the_environment_and_no_password(tmp_path: Path) -> None:
    made = installed(
        tmp_path,
        PASSERELLE_LANGUAGE="fr",
        HTTPS_PROXY="http://ada:secret@proxy.example.org",
        NO_PROXY="localhost",
        SECRET_OF_ANOTHER_PROGRAM="x",
    )
    assert dict(made.environment) == {"PASSERELLE_LANGUAGE": "fr", "NO_PROXY": "localhost"}
    assert made.left_out == ("HTTPS_PROXY",)
    assert "secret" not in unit_text(made) + command_line(made)


def test_each_directory_of_accounts_has_a_service_of_its_own(tmp_path: Path) -> None:
    names = {this_installation(data, USUAL, {}).name for data in (USUAL, tmp_path / "a", tmp_path / "b")}
    assert len(names) == 3
    assert this_installation(USUAL, USUAL, {}).name == "passerelle"


def test_an_autostart_entry_runs_the_very_command_and_is_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    made, entry = installed(tmp_path, LANG="C.UTF-8"), AutostartEntry("passerelle")
    assert entry.install(made)
    assert not entry.install(made)
    line = next(line for line in entry.path.read_text().splitlines() if line.startswith("Exec="))
    once = line.removeprefix("Exec=").replace("\\\\", "\\").replace("%%", "%")
    words = subprocess.run(["sh", "-c", f"printf '%s\\n' {once}"], capture_output=True, text=True, check=True).stdout
    assert words.splitlines() == ["env", "LANG=C.UTF-8", sys.executable, "-m", "passerelle", *made.command[3:]]
    assert entry.remove()
    assert not entry.remove()
    assert list(tmp_path.iterdir()) == []


def test_windows_starts_the_very_command_and_the_icon_without_a_window_and_forgets_them_without_a_trace() -> None:
    registry = MemoryRegistry()
    before = dict(registry.values)
    data, python = Path("C:/Ada/my accounts"), Path("C:/Program Files/passerelle/python.exe")
    entry = RunEntry("passerelle", registry)
    assert entry.install(Installation("passerelle", data, python, {}))
    assert entry.is_there()
    assert not entry.install(Installation("passerelle", data, python, {}))
    assert registry.get(RUN, "passerelle") == (
        '"C:/Program Files/passerelle/pythonw.exe" -m passerelle sync --watch --data "C:/Ada/my accounts" '
        '--log "C:/Ada/my accounts/watch.log"'
    )
    assert registry.get(RUN, "passerelle icon") == (
        '"C:/Program Files/passerelle/pythonw.exe" -m passerelle tray --data "C:/Ada/my accounts" '
        '--log "C:/Ada/my accounts/tray.log"'
    )
    assert entry.remove()
    assert not entry.remove()
    assert registry.values == before
