"""The tables: what the steps make is what the program states, however many open it at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from iepbridge.crypto import Keyring
from iepbridge.errors import Misuse
from iepbridge.ledger import Ledger, open_ledger_at
from iepbridge.ledger.migrations import HEAD, VERSION_TABLE, configuration, version
from iepbridge.ledger.schema import metadata


def test_the_tables_are_as_stated(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        assert version(connection) == HEAD
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        checks = {
            (table.name, check["name"])
            for table in metadata.tables.values()
            for check in inspect(connection).get_check_constraints(table.name)
        }
    tables = ("batches", "plan_versions", "slots")
    assert checks == {(table, f"ck_{table}_state") for table in tables}


def test_the_newest_step_is_the_one_the_program_knows() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [HEAD]


def test_opening_again_changes_nothing(ledger: Ledger, ledger_url: str, keyring: Keyring) -> None:
    with ledger.writing() as tx:
        tx.event("run_began")
    with open_ledger_at(ledger_url, keyring) as again, again.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM events")) == 1


_OPEN = """
import sys
from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from tests.servers.ledgers import KEY
sys.stdin.readline()
ledger = open_ledger_at(sys.argv[1], Keyring.parse(KEY))
with ledger.writing() as tx:
    tx.event("run_began")
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_processes_open_a_new_ledger_at_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, repository: Path, keyring: Keyring
) -> None:
    new = f"sqlite:///{tmp_path}/new/folder/iepbridge.db"
    url = new if kind == "sqlite" else request.getfixturevalue("empty_postgres_url")
    command = [sys.executable, "-c", _OPEN, url]
    streams = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    openers = [subprocess.Popen(command, cwd=repository, text=True, **streams) for _ in range(4)]
    said = [opener.stdin.write("go\n") and opener.stdin.flush() for opener in openers]
    assert said == [None] * 4
    for opener in openers:
        _, complaint = opener.communicate(timeout=60)
        assert (opener.returncode, complaint) == (0, "")
    with open_ledger_at(url, keyring) as ledger, ledger.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM events")) == 4


def test_a_newer_ledger_is_refused_and_left_alone(
    ledger: Ledger, ledger_url: str, keyring: Keyring
) -> None:
    with ledger.writing() as tx:
        tx.connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(Misuse, match=r"version 9999, newer than this program.*Install the newer"):
        open_ledger_at(ledger_url, keyring)
    with ledger.reading() as connection:
        assert version(connection) == "9999"


def test_the_database_of_another_program_is_refused(tmp_path: Path, keyring: Keyring) -> None:
    url = f"sqlite:///{tmp_path}/other.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE books (title TEXT)"))
    engine.dispose()
    with pytest.raises(Misuse, match="another program's database"):
        open_ledger_at(url, keyring)
