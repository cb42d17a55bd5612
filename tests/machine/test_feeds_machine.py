"""The machine, a while on each database; `make torture` lets it go on."""

import itertools
import shutil
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.machine.feeds_machine import FeedsMachine

_NUMBERS = itertools.count(1)


def tried(machine: type[FeedsMachine], examples: int, steps: int = 30) -> None:
    """Let a machine go through so many lives."""
    own = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=own)


@pytest.mark.long
def test_on_sqlite(sqlite_template: Path) -> None:
    class OnSqlite(FeedsMachine):
        @staticmethod
        def new_ledger(folder: Path) -> str:
            shutil.copy(sqlite_template, folder / "iepbridge.db")
            return f"sqlite:///{folder / 'iepbridge.db'}"

    tried(OnSqlite, 60)


@pytest.mark.long
def test_on_postgresql(postgres: str, postgres_template: str) -> None:
    class OnPostgresql(FeedsMachine):
        @staticmethod
        def new_ledger(_: Path) -> str:
            name = f"machine_{next(_NUMBERS)}"
            plain = postgres.format("postgres").replace("+psycopg", "")
            with psycopg.connect(plain, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}".encode())
            return postgres.format(name)

    tried(OnPostgresql, 20)
