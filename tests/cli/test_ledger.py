"""`iepbridge ledger`: verified, sealed anew and copied, from the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.cli.conftest import Run
from tests.servers.ledgers import KEY

from iepbridge.cli import keeping
from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger, open_ledger_at
from iepbridge.ledger.kept import keep_bytes

NEWER = f"newer:{'B' * 43}="


@pytest.fixture
def opened(tmp_path: Path) -> Ledger:
    """Give a ledger with one event, and the configuration that names it."""
    config = '[ledger]\nurl = "sqlite:///data/iepbridge.db"\nkey = { env = "IEPBRIDGE_KEY" }\n'
    (tmp_path / "iepbridge.toml").write_text(config)
    ledger = open_ledger_at(f"sqlite:///{tmp_path}/data/iepbridge.db", Keyring.parse(KEY))
    with ledger.writing() as tx:
        tx.event("run_began", feed="texas")
    return ledger


def test_a_chain_that_holds(run: Run, opened: Ledger) -> None:
    done = run("ledger", "verify", env={"IEPBRIDGE_KEY": KEY})
    found = json.loads(done.stdout)
    assert (done.returncode, found["events"], found["broken"]) == (0, 1, None)
    assert len(found["hash"]) == 64


def test_a_chain_that_does_not(run: Run, opened: Ledger) -> None:
    with opened.writing() as tx:
        tx.connection.execute(text("DROP TRIGGER events_update"))
        tx.connection.execute(text("UPDATE events SET feed = 'missouri'"))
    done = run("ledger", "verify", "--json", env={"IEPBRIDGE_KEY": KEY})
    found = json.loads(done.stdout)
    assert (done.returncode, found["events"], found["broken"]) == (1, 0, 1)
    assert found["reason"] == "event 1 was changed"


def test_content_is_sealed_anew(run: Run, opened: Ledger) -> None:
    with opened.writing() as tx:
        keep_bytes(tx, "sent", b"plan")
    done = run("ledger", "rotate", env={"IEPBRIDGE_KEY": f"{NEWER}, {KEY}"})
    assert json.loads(done.stdout) == {"key": "newer", "contents": 1, "plans": 0, "answers": 0}
    done = run("ledger", "verify", env={"IEPBRIDGE_KEY": NEWER})
    assert json.loads(done.stdout)["events"] == 2


def test_a_backup(run: Run, opened: Ledger, tmp_path: Path) -> None:
    done = run("ledger", "backup", "copy.db", env={"IEPBRIDGE_KEY": KEY})
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("words", [[], ["verify", "now"], ["mend"], ["backup"]])
def test_other_words_are_refused(run: Run, opened: Ledger, words: list[str]) -> None:
    done = run("ledger", *words, env={"IEPBRIDGE_KEY": KEY})
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_without_a_key_nothing_is_opened_and_it_says_how_to_make_one(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "iepbridge.toml").write_text("")
    done = run("ledger", "verify")
    assert done.returncode == 2
    assert b"openssl rand -base64 32" in done.stderr
    assert not (tmp_path / "iepbridge.db").exists()


def test_where_there_is_no_ledger_none_is_made(run: Run, opened: Ledger, tmp_path: Path) -> None:
    opened.close()
    (tmp_path / "data" / "iepbridge.db").unlink()
    done = run("ledger", "verify", env={"IEPBRIDGE_KEY": KEY})
    assert done.returncode == 2
    assert b"there is no ledger yet" in done.stderr
    assert not (tmp_path / "data" / "iepbridge.db").exists()


def test_a_person_is_told_in_words(
    run: Run, opened: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keeping._verify(opened, plain=False) == 0
    assert keeping._rotate(opened, plain=False) == 0
    with opened.writing() as tx:
        tx.connection.execute(text("DROP TRIGGER events_delete"))
        tx.connection.execute(text("DELETE FROM events"))
    assert keeping._verify(opened, plain=False) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "1 event, every one as it was written."
    assert said[2:] == [
        "Sealed anew with key test: 0 files, 0 plans and the texts of 0 answers.",
        "The chain does not hold: the head counts 1 events, and there are 0.",
        "0 events before it held.",
    ]
