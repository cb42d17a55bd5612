"""Databases for ledgers, copied from one that was prepared, on a PostgreSQL server of our own."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from tests.servers import postgres


class Databases:
    """The databases of a server; `url` lacks the database's name."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count(1)
        self._copy: str | None = None

    def new(self, template: str = "template0") -> str:
        """Make a database and give its URL."""
        name = f"ledger_{next(self._numbers)}"
        self._carry_out(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url.format(name)

    def copy(self, url: str) -> str:
        """Copy a database that nobody uses; the copy before this one goes."""
        if self._copy is not None:
            self._carry_out(f"DROP DATABASE {_name(self._copy)} WITH (FORCE)")
        self._copy = self.new(_name(url))
        return self._copy

    def _carry_out(self, statement: str) -> None:
        plain = self._url.format("postgres").replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def databases() -> Iterator[Databases]:
    """Run a server for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="iep-pgdata-", dir="/tmp"))
    try:
        with postgres.serving(folder) as url:
            yield Databases(url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
