"""Ledgers for tests: each test that asks for `ledger` runs on SQLite and on PostgreSQL."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from tests.servers import postgres as server

from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger, open_ledger_at

KEY = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
"""A key that guards nothing."""

_NUMBERS = itertools.count(1)


class Hands:
    """A clock whose hands a test moves; each look is a millisecond after the one before."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def go_on(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def clock() -> Hands:
    """Give a clock that stands at 2 in the morning, UTC, of 2 November 2026."""
    return Hands()


@pytest.fixture
def keyring() -> Keyring:
    """Give a ring of one key."""
    return Keyring.parse(KEY)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the URL of a running server, with `{}` where the database's name goes."""
    if server.binaries() is None:
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="iep-pgdata-", dir="/tmp"))
    try:
        with server.serving(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a ledger that holds nothing yet."""
    file = tmp_path_factory.mktemp("ledger") / "template.db"
    open_ledger_at(f"sqlite:///{file}", Keyring.parse(KEY)).close()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """Give the name of a database with a ledger that holds nothing yet."""
    _make_database(postgres, "template_ledger")
    open_ledger_at(postgres.format("template_ledger"), Keyring.parse(KEY)).close()
    return "template_ledger"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of a new ledger in a file."""
    file = tmp_path / "ledger" / "iepbridge.db"
    file.parent.mkdir(mode=0o700)
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres: str, postgres_template: str) -> str:
    """Give the URL of a new ledger in PostgreSQL."""
    return postgres.format(_make_database(postgres, f"t{next(_NUMBERS)}", postgres_template))


@pytest.fixture
def empty_postgres_url(postgres: str) -> str:
    """Give the URL of a PostgreSQL database without tables."""
    return postgres.format(_make_database(postgres, f"t{next(_NUMBERS)}"))


def _make_database(url: str, name: str, template: str = "template0") -> str:
    plain = url.format("postgres").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return name


def database_copied(url: str) -> str:
    """Copy a database that nobody is using; give the URL of the copy."""
    own = make_url(url)
    name, before = f"t{next(_NUMBERS)}", own.database or ""
    if own.get_backend_name() == "sqlite":
        copy = shutil.copy(before, Path(before).with_name(f"{name}.db"))
        return f"sqlite:///{copy}"
    server_url = own.set(database="NAME").render_as_string(hide_password=False)
    return server_url.replace(
        "NAME", _make_database(server_url.replace("NAME", "{}"), name, before)
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a new ledger, first in SQLite, then in PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def ledger(ledger_url: str, keyring: Keyring, clock: Hands) -> Iterator[Ledger]:
    """Give a new ledger, first in SQLite, then in PostgreSQL."""
    with open_ledger_at(ledger_url, keyring, clock=clock) as opened:
        yield opened


@pytest.fixture
def sqlite_ledger(sqlite_url: str, keyring: Keyring, clock: Hands) -> Iterator[Ledger]:
    """Give a new ledger in a file, for what only a file can show."""
    with open_ledger_at(sqlite_url, keyring, clock=clock) as opened:
        yield opened
