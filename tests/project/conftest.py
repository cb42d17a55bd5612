"""What the project's tests on itself read: its pyproject and the files under version control."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def pyproject(repository: Path) -> dict[str, Any]:
    """Give the content of pyproject.toml."""
    return tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="session")
def tracked(repository: Path) -> list[Path]:
    """Give the files under version control, relative to the repository."""
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout
    names = [Path(name) for name in listed.split("\0") if name]
    return [name for name in names if (repository / name).is_file()]
