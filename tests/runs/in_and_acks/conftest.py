"""An office on each kind of ledger."""

from pathlib import Path

import pytest
from tests.runs.in_and_acks.office import Office

from iepbridge.ledger import Ledger


@pytest.fixture
def office(tmp_path: Path, ledger: Ledger) -> Office:
    """Give an office of Toolbox, first with SQLite, then with PostgreSQL."""
    return Office(tmp_path, ledger)


@pytest.fixture
def small_office(tmp_path: Path, sqlite_ledger: Ledger) -> Office:
    """Give an office of Toolbox with a ledger in a file."""
    return Office(tmp_path, sqlite_ledger)
