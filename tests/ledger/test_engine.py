"""The database: how it is set up, and that its errors are ours and say nothing of anybody."""

import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from tests.servers.ledgers import Hands

from iepbridge.crypto import Keyring
from iepbridge.errors import IepbridgeError, Misuse, Unreachable
from iepbridge.ledger import Ledger, LedgerFailed, LedgerLocked, open_ledger_at
from iepbridge.ledger import engine as engine_module
from iepbridge.ledger.backup import backup
from iepbridge.ledger.engine import open_engine
from iepbridge.ledger.events import verify
from iepbridge.ledger.schema import people, runs

SENTINEL = "900-11-2233-SENTINEL"


def add_run(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        own = {"feed": "texas", "direction": "out", "holder": "h", "started_at": tx.now}
        tx.connection.execute(insert(runs).values(own))


def count_runs(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM runs")) or 0)


def shown(error: BaseException) -> str:
    """Give all that anybody could see of an error."""
    return "".join([*traceback.format_exception(error), repr(error), str(error.args)])


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO people (person, plan_id) VALUES (:person, :plan_id)",
        f"SELECT '{SENTINEL}' FROM nowhere",
        f"SELECT CAST('{SENTINEL}' AS DATE) FROM people, nowhere",
        f"INSERT INTO kept_chunks (kept_id, number, nonce) VALUES (77, 1, '{SENTINEL}')",
        f"UPDATE batches SET state = '{SENTINEL}' WHERE ' {SENTINEL}",
    ],
)
def test_no_error_shows_a_value(ledger: Ledger, statement: str) -> None:
    row = {"person": SENTINEL.encode(), "plan_id": SENTINEL}
    with ledger.writing() as tx:
        tx.connection.execute(insert(people).values(row))
    with pytest.raises(LedgerFailed) as failed, ledger.writing() as tx:
        tx.connection.execute(text(statement), row if ":person" in statement else {})
    assert SENTINEL not in shown(failed.value)
    assert "The ledger refused a statement" in str(failed.value)
    assert failed.value.__cause__ is None


def test_an_error_in_a_transaction_undoes_it(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.writing() as tx:
            own = {"feed": "texas", "direction": "out", "holder": "h", "started_at": tx.now}
            tx.connection.execute(insert(runs).values(own))
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()
    assert count_runs(ledger) == 0


def test_a_row_is_added_once(ledger: Ledger) -> None:
    row = {"person": b"x", "plan_id": "P-1"}
    with ledger.writing() as tx:
        assert tx.add_once(people, **row)
        assert not tx.add_once(people, **row)
        tx.add_all_once(people, [row, {**row, "plan_id": "P-2"}])
        tx.add_all_once(people, [])
        assert tx.connection.scalar(text("SELECT count(*) FROM people")) == 2


def test_a_reader_sees_one_moment(ledger: Ledger) -> None:
    if ledger.engine.dialect.name == "sqlite":
        return  # a writer waits for the reader there
    with ledger.reading() as connection:
        count = text("SELECT count(*) FROM runs")
        assert connection.scalar(count) == 0
        add_run(ledger)
        assert connection.scalar(count) == 0
    assert count_runs(ledger) == 1


def test_a_reader_in_postgresql_cannot_write(postgres_url: str, keyring: Keyring) -> None:
    with open_ledger_at(postgres_url, keyring) as ledger:
        with pytest.raises(LedgerFailed, match="may not be written"), ledger.reading() as reader:
            reader.execute(insert(people).values(person=b"x", plan_id="P-1"))
        add_run(ledger)


def test_a_file_is_set_up_to_survive(sqlite_ledger: Ledger) -> None:
    def pragma(name: str) -> object:
        with sqlite_ledger.reading() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    found = {name: pragma(name) for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert found == {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1}
    assert pragma("busy_timeout") == 30_000


def test_postgresql_waits_for_nothing_without_end(postgres_url: str, keyring: Keyring) -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with open_ledger_at(postgres_url, keyring) as ledger, ledger.writing() as tx:
        found = [tx.connection.scalar(text(f"SHOW {name}")) for name in names]
        assert tx.connection.scalar(text("SHOW transaction_isolation")) == "read committed"
    assert found == ["30s", "5min", "5min"]


def test_file_and_folder_are_their_owners_alone(tmp_path: Path, keyring: Keyring) -> None:
    file = tmp_path / "new" / "folder" / "iepbridge.db"
    open_ledger_at(f"sqlite:///{file}", keyring).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in file.parents[:2]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "mysql://u:SENTINEL@h/d", "nothing://u:SENTINEL@h/d", "sqlite://",
        "sqlite:///:memory:", "sqlite:///file?mode=ro", "postgresql+asyncpg://u:SENTINEL@h/d",
        "postgresql://u:SENTINEL@h:port/d",
    ],
)  # fmt: skip
def test_what_is_no_ledgers_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(Misuse, match=r"\[ledger\] url") as refused:
        open_engine(url)
    assert "SENTINEL" not in shown(refused.value)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misuse, match="name a file that can be written to"):
        open_engine(f"sqlite:///{tmp_path}/file/iepbridge.db")


def test_a_file_that_is_no_database_is_told(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "file").write_bytes(b"SENTINEL" * 1_000)
    with pytest.raises(LedgerFailed, match="damaged, or no ledger") as failed:
        open_ledger_at(f"sqlite:///{tmp_path}/file", keyring)
    assert "SENTINEL" not in shown(failed.value)


def test_without_its_driver_postgresql_is_refused_with_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from iepbridge.ledger.engine import open_engine\n"
        "try: open_engine('postgresql+psycopg://h/d')\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert b"Misuse" in done.stdout
    assert b"pip install 'iepbridge[postgresql]'" in done.stdout


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path, keyring: Keyring) -> None:
    url = f"postgresql://{SENTINEL}:{SENTINEL}@/d?host={tmp_path}"
    with pytest.raises(Unreachable, match="could not be reached") as failed:
        open_ledger_at(url, keyring)
    assert SENTINEL not in shown(failed.value)


def test_a_connection_that_was_cut_is_unreachable(postgres_url: str, keyring: Keyring) -> None:
    def be_cut_off() -> None:
        with ledger.writing() as tx:
            own = tx.connection.scalar(text("SELECT pg_backend_pid()"))
            with other.writing() as killer:
                killer.connection.execute(text(f"SELECT pg_terminate_backend({own})"))
            tx.connection.execute(text("SELECT 1"))

    with (
        open_ledger_at(postgres_url, keyring) as ledger,
        open_ledger_at(postgres_url, keyring) as other,
    ):
        with pytest.raises(Unreachable):
            be_cut_off()
        add_run(ledger)
        assert count_runs(ledger) == 1


def test_a_ledger_that_stays_locked_is_told(
    ledger: Ledger, ledger_url: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iepbridge.ledger.engine._WAIT_SECONDS", 0.1)
    monkeypatch.setitem(engine_module._SETTINGS, "lock_timeout", "100ms")
    with open_ledger_at(ledger_url, keyring) as other, ledger.writing() as tx:
        tx.event("run_began")
        tx.write_events()
        with pytest.raises(LedgerLocked, match="held by another process"), other.writing() as late:
            late.event("run_began")
    with ledger.reading() as connection:
        assert verify(connection).events == 1


def test_writers_wait_for_each_other(ledger: Ledger) -> None:
    def work() -> None:
        for _ in range(10):
            add_run(ledger)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_runs(ledger) == 40


@pytest.mark.root
@pytest.mark.linux
def test_a_full_disk_is_told_and_nothing_is_lost(
    tmp_path: Path, keyring: Keyring, clock: Hands
) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], check=True)
    try:
        with open_ledger_at(f"sqlite:///{tmp_path}/iepbridge.db", keyring, clock=clock) as ledger:
            add_run(ledger)
            with pytest.raises(LedgerFailed, match="disk is full"):
                _fill(ledger)
            with ledger.reading() as connection:
                assert verify(connection).broken is None
            assert count_runs(ledger) >= 1
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def _fill(ledger: Ledger) -> None:
    for _ in range(2_000):
        with ledger.writing() as tx:
            tx.event("run_began", why="x" * 5_000)


def test_a_backup_is_the_ledger_at_one_moment(
    sqlite_ledger: Ledger, tmp_path: Path, keyring: Keyring
) -> None:
    for _ in range(20):
        with sqlite_ledger.writing() as tx:
            tx.event("run_began")
    target = tmp_path / "backup.db"
    backup(sqlite_ledger, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup.db"]
    with sqlite_ledger.writing() as tx:
        tx.event("run_began")
    with open_ledger_at(f"sqlite:///{target}", keyring) as copy, copy.reading() as connection:
        assert verify(connection).events == 20
    with pytest.raises(Misuse, match="exists already"):
        backup(sqlite_ledger, target)


def test_a_backup_that_fails_leaves_nothing(sqlite_ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError(SENTINEL)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iepbridge.ledger.backup.sqlite3.connect", fail)
        with pytest.raises(IepbridgeError) as failed:
            backup(sqlite_ledger, folder / "backup.db")
    assert SENTINEL not in shown(failed.value)
    assert list(folder.iterdir()) == []


def test_postgresql_has_tools_of_its_own_for_backups(
    postgres_url: str, keyring: Keyring, tmp_path: Path
) -> None:
    with open_ledger_at(postgres_url, keyring) as ledger, pytest.raises(Misuse, match="pg_dump"):
        backup(ledger, tmp_path / "backup.db")


def test_a_file_restored_from_a_copy_opens(
    sqlite_ledger: Ledger, tmp_path: Path, keyring: Keyring
) -> None:
    with sqlite_ledger.writing() as tx:
        tx.event("run_began")
    restored = tmp_path / "restored.db"
    shutil.copy(str(sqlite_ledger.engine.url.database), restored)
    with closing(sqlite3.connect(restored)) as plain:
        plain.execute("PRAGMA journal_mode = WAL")
    with open_ledger_at(f"sqlite:///{restored}", keyring) as ledger:
        add_run(ledger)
    assert not list(tmp_path.glob("restored.db-*"))


_WRITE = """
import sys
from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from tests.servers.ledgers import KEY
ledger = open_ledger_at(sys.argv[1], Keyring.parse(KEY))
try:
    with ledger.writing() as tx:
        tx.event("run_began")
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.linux
def test_a_disk_that_does_not_confirm_is_told_and_nothing_was_written(
    sqlite_ledger: Ledger, sqlite_url: str, repository: Path
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("no strace here: apt-get install strace")
    faults = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fsync,fdatasync:error=EIO"]
    done = subprocess.run(
        [*faults, sys.executable, "-c", _WRITE, sqlite_url],
        cwd=repository, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "LedgerFailed The ledger's disk failed to read or write." in done.stdout
    with sqlite_ledger.reading() as connection:
        assert verify(connection).events == 0
