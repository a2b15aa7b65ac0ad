import tomllib
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

import passerelle

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def test_the_package_says_the_version_that_the_project_file_declares() -> None:
    declared = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
    assert passerelle.__version__ == declared


def test_the_package_tells_type_checkers_that_it_is_typed() -> None:
    assert files("passerelle").joinpath("py.typed").is_file()


def test_installing_brings_the_command_passerelle() -> None:
    (script,) = entry_points(group="console_scripts", name="passerelle")
    assert script.value == "passerelle.cli:main"
