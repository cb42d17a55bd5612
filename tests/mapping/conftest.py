"""A copy of a shipped mapping that a test may change."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from iepbridge.mapping.files import shipped_folder

Edit = Callable[[str, str, str], None]


@pytest.fixture
def twist(tmp_path: Path) -> Path:
    """Give a folder with the shipped mapping of TWIST."""
    return Path(shutil.copytree(shipped_folder("twist"), tmp_path / "overlay" / "twist"))


@pytest.fixture
def edit(twist: Path) -> Edit:
    """Give a function that replaces a text, which must be there, in one file of the copy."""

    def replace(name: str, old: str, new: str) -> None:
        text = (twist / name).read_text("utf-8")
        assert old in text
        (twist / name).write_text(text.replace(old, new, 1), "utf-8")

    return replace
