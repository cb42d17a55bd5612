"""The wheel, straight and by way of the sdist: the same, complete, and running when installed."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command with nothing of the caller's environment but the search path."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(repository: Path, folder: Path, *what: str) -> Path:
    run(sys.executable, "-m", "build", "--no-isolation", *what, "-o", folder, ".", cwd=repository)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the sdist, as a release would."""
    return build(repository, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own, beside the requirements of this one."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", "fresh", cwd=folder)
    python = folder / "fresh" / "bin" / "python"
    purelib = run(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
    )
    Path(purelib.strip(), "requirements.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index"]
    run(*pip, wheel, cwd=folder)
    return python.parent


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sdist_loses_nothing(wheel: Path, repository: Path, tmp_path: Path) -> None:
    assert contents(build(repository, tmp_path, "--wheel")) == contents(wheel)


def test_the_wheel_holds_every_file_of_core_plugins_and_mappings(
    wheel: Path, tracked: list[Path]
) -> None:
    packed = contents(wheel)
    for name in tracked:
        match name.parts:
            case ("core", *inside) | ("plugins", _, *inside) if inside[0].startswith("iepbridge"):
                assert "/".join(inside) in packed
            case ("mappings", *inside):
                assert "/".join(["iepbridge", "mappings", *inside]) in packed


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in contents(wheel)}
    assert {top for top in tops if not top.startswith("iepbridge")} == set()
    assert not [name for name in contents(wheel) if name.endswith(".pyc")]


def test_installed_it_stands_alone(installed: Path, repository: Path, tmp_path: Path) -> None:
    where = run(
        installed / "python", "-c", "import iepbridge; print(iepbridge.__file__)", cwd=tmp_path
    )
    assert not Path(where).is_relative_to(repository)


def test_installed_it_tells_its_version(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "iepbridge", "--version", cwd=tmp_path)
    assert "iepbridge" in said
    assert "twist" in said


def test_installed_it_finds_its_mappings(installed: Path, tmp_path: Path) -> None:
    code = (
        "from importlib.resources import files;"
        "print((files('iepbridge') / 'mappings' / 'twist' / 'mapping.toml').is_file())"
    )
    assert run(installed / "python", "-c", code, cwd=tmp_path) == "True\n"
