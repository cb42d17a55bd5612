"""Places for schedulers: on SQLite and on PostgreSQL, or on a file alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture
from tests.schedule.place import Place

from iepbridge.registry import Registry, load_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def both(tmp_path: Path, ledger_url: str) -> Place:
    """Give a place with a ledger in SQLite, then in PostgreSQL."""
    return Place(tmp_path, ledger_url)


@pytest.fixture
def place(tmp_path: Path, sqlite_url: str) -> Place:
    """Give a place with a ledger in a file."""
    return Place(tmp_path, sqlite_url)


@pytest.fixture
def events() -> Iterator[list[dict[str, object]]]:
    """Give what is logged."""
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture.entries
    structlog.configure(**before)
