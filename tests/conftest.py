"""What every test may use: the repository, the public corpora, and skips that say why."""

import os
import sys
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.servers.ledgers"]

REPOSITORY = Path(__file__).parents[1]
CORPORA = Path(os.environ.get("IEPBRIDGE_CORPORA") or REPOSITORY.parent / "shared" / "corpora")

# A slow machine is no fault of the code, and what fails in CI must fail again here.
settings.register_profile("iepbridge", deadline=None, derandomize=True, database=None)
settings.load_profile("iepbridge")

_NEEDS = {
    "linux": (sys.platform == "linux", "needs Linux"),
    "root": (os.geteuid() == 0, "needs to run as root"),
    "corpora": (CORPORA.is_dir(), f"no corpora at {CORPORA} (IEPBRIDGE_CORPORA names another)"),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose marks ask for what this machine has not."""
    for mark, (met, reason) in _NEEDS.items():
        if not met and item.get_closest_marker(mark):
            pytest.skip(reason)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the unpacked folder of a corpus by its archive's name, as in `corpora("xmlconf")`."""
    guarded = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}

    @cache
    def unpacked(name: str) -> Path:
        archive = CORPORA / f"{name}.tar.xz"
        if not archive.is_file():
            pytest.skip(f"no corpus {archive} (IEPBRIDGE_CORPORA names another folder)")
        folder = tmp_path_factory.mktemp(name)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, **guarded)
        return folder / name

    return unpacked
