"""Builds the Akonadi command helper and the preload shim, once for each state of their sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import msgspec

SOURCES: Final = Path(__file__).parent
RUNTIME_PACKAGES: Final = (
    "kdepim-runtime",
    "akonadi-server",
    "akonadi-backend-sqlite",
    "dbus",
    "dbus-bin",
    "qdbus-qt5",
)
BUILD_PACKAGES: Final = ("g++", "cmake", "extra-cmake-modules", "libkf5akonadi-dev", "qtbase5-dev")


class BuildError(Exception):
    """The helper or the shim could not be built; the message carries the end of the compiler's output."""


class Binaries(msgspec.Struct, frozen=True):
    """What a build leaves behind."""

    helper: Path
    shim: Path


def missing_packages() -> tuple[str, ...]:
    """Returns the Debian packages that are needed and not installed; all of them on another system."""
    versions = _installed_versions()
    return tuple(name for name in RUNTIME_PACKAGES + BUILD_PACKAGES if name not in versions)


def built() -> Binaries:
    """Returns the helper and the shim, from the user's cache directory or freshly built into it.

    Raises:
        BuildError: CMake or the compiler failed.
    """
    directory = _cache_directory() / _fingerprint()
    if not directory.is_dir():
        _build_into(directory)
    return Binaries(helper=directory / "akonadi_helper", shim=directory / "libopenxchange_shim.so")


def _installed_versions() -> dict[str, str]:
    """The installed ones of the packages with their versions; empty where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return {}
    form = "${db:Status-Status} ${Package} ${Version}\n"
    command = ["dpkg-query", "--show", f"--showformat={form}", *RUNTIME_PACKAGES, *BUILD_PACKAGES]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (line.split(" ") for line in answer.stdout.splitlines())
    return {name: version for status, name, version in lines if status == "installed"}


def _cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "passerelle" / "interop-akonadi"


def _fingerprint() -> str:
    """Changes with the sources and with every update of the packages they are built against."""
    digest = hashlib.sha256(repr(sorted(_installed_versions().items())).encode())
    for name in ("CMakeLists.txt", "helper.cpp", "shim.cpp"):
        digest.update((SOURCES / name).read_bytes())
    return digest.hexdigest()[:16]


def _build_into(directory: Path) -> None:
    """Builds beside the directory and renames, so that two runs at once never see half a build."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix="building-") as scratch:
        result = Path(scratch) / "build"
        _run(["cmake", "-S", str(SOURCES), "-B", str(result), "-DCMAKE_BUILD_TYPE=Release"])
        _run(["cmake", "--build", str(result)])
        try:
            result.rename(directory)
        except OSError:
            # Another run was faster; its build is as good as ours.
            if not directory.is_dir():
                raise


def _run(command: list[str]) -> None:
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if answer.returncode:
        raise BuildError(f"{' '.join(command)} failed:\n{answer.stdout[-4000:]}")
