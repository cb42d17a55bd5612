"""The command before any command: help, versions, near matches, what is imported."""

import importlib.metadata
import subprocess
import sys

import pytest
from tests.cli.conftest import Run

from iepbridge.cli import COMMANDS
from iepbridge.cli.version import installed

HEAVY = ("pydantic", "lxml", "structlog", "rich", "pluggy", "importlib.metadata", "dataclasses")


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(name.encode() in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"\n  iepbridge {command}".encode() in done.stdout
    assert b"--log-level" in done.stdout
    assert b"--log-format" in done.stdout


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["translate", "--help"]])
def test_help_and_version_import_nothing_heavy(words: list[str]) -> None:
    script = (
        "import sys; from iepbridge.cli import main; main(sys.argv[2:]);"
        "sys.stderr.write(' '.join(n for n in sys.argv[1].split() if n in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, " ".join(HEAVY), *words], capture_output=True, check=True
    )
    assert done.stderr == b""


def test_version_says_what_the_package_metadata_says(run: Run) -> None:
    done = run("--version")
    first, *adapters = done.stdout.decode().splitlines()
    assert first == f"iepbridge {importlib.metadata.version('iepbridge')}"
    points = importlib.metadata.entry_points(group="iepbridge")
    expected = [f"  {p.name} {p.dist.version} (from {p.dist.name})" for p in points if p.dist]
    assert adapters == sorted(expected)


def test_the_first_distribution_of_a_name_wins(tmp_path) -> None:
    for folder, version in (("a", "2.0"), ("b", "1.0")):
        made = tmp_path / folder / f"some_adapter-{version}.dist-info"
        made.mkdir(parents=True)
        (made / "entry_points.txt").write_text("[other]\nx = y\n\n[iepbridge]\nohio = some\n")
    found = list(installed([str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path / "gone")]))
    assert found == [("some-adapter", "2.0", ("ohio",))]


def test_no_command_is_wrong_usage(run: Run) -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"iepbridge --help" in done.stderr


def test_a_misspelt_command_gets_a_near_match(run: Run) -> None:
    done = run("transalte", "x")
    assert done.returncode == 2
    assert b"did you mean 'translate'" in done.stderr


def test_options_are_not_abbreviated(run: Run) -> None:
    done = run("translate", "--fr", "canonical", "--to", "canonical", "-")
    assert done.returncode == 2


def test_closed_standard_streams_are_no_traceback(run: Run) -> None:
    words = [sys.executable, "-m", "iepbridge", "translate", "--from", "canonical", "--to"]
    for closing in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        line = f'exec "$@" canonical - {closing}'
        done = subprocess.run(["sh", "-c", line, "sh", *words], capture_output=True, check=False)
        assert done.returncode in (0, 2)
        assert b"Traceback" not in done.stderr
        assert done.stdout == b""
