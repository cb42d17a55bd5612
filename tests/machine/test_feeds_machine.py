"""The machine, a while on each database; `make torture` lets it live longer."""

import itertools
import shutil
from pathlib import Path

import psycopg
import pytest
from tests.machine.lives import live, machine_of

_NUMBERS = itertools.count(1)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_all_agrees_on_sqlite(sqlite_template: Path, seed: int) -> None:
    def new_ledger(folder: Path) -> str:
        shutil.copy(sqlite_template, folder / "iepbridge.db")
        return f"sqlite:///{folder / 'iepbridge.db'}"

    machine = machine_of(new_ledger)
    live(machine, seed=seed, lives=10, steps=30)
    assert machine.steps > 200


@pytest.mark.long
def test_all_agrees_on_postgresql(postgres: str, postgres_template: str) -> None:
    def new_ledger(_: Path) -> str:
        name = f"machine_{next(_NUMBERS)}"
        plain = postgres.format("postgres").replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}".encode())
        return postgres.format(name)

    machine = machine_of(new_ledger)
    live(machine, seed=3, lives=10, steps=30)
    assert machine.steps > 200
