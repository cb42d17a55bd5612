"""Setting up: what a newcomer with the wrong Python is told, and what `make help` lists."""

import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import iepbridge

OLD = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.6" && exit\nexit 1\n'


def test_an_old_python_is_refused_in_plain_words(repository: Path, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text(OLD)
    old.chmod(0o755)
    said = subprocess.run(
        ["sh", repository / "requirements" / "venv.sh"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "needs Python 3.11 or later; found here: Python 3.9.6." in said.stderr
    assert not (tmp_path / ".venv").exists()


def test_help_lists_every_command(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    said = subprocess.run(
        ["make", "help"], cwd=repository, capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"^make (\w+) ", said, re.MULTILINE) == phony[1].split()


def test_the_project_is_installed_editable(repository: Path) -> None:
    assert Path(iepbridge.__file__).is_relative_to(repository / "core")
    assert distribution("iepbridge").read_text("direct_url.json")


def test_the_command_runs_from_anywhere(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("iepbridge")
    said = subprocess.run(
        [command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
