"""A ledger put back from `iepbridge ledger backup`, as a person meets it at the command line."""

import os
import shutil
from pathlib import Path

import pytest
from tests.cli.deployment import Deployment, texan

ACCEPTED = {"P-2": "accepted"}


@pytest.fixture
def restored(small_deployment: Deployment) -> Deployment:
    """Give a deployment whose ledger is older than the file with P-2, which was taken away."""
    deployment = small_deployment
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    assert deployment("ledger", "backup", "copy.db").code == 0
    deployment.plans(texan("P-2"), file="b")
    deployment("run", "plans")
    (_, second) = deployment.sent()
    (deployment.folder / "texas" / second).unlink()
    shutil.copy(deployment.folder / "copy.db", deployment.url.removeprefix("sqlite:///"))
    return deployment


def journal(deployment: Deployment) -> Path:
    return Path(f"{deployment.url.removeprefix('sqlite:///')}.sent")


def unknown(deployment: Deployment) -> str:
    (batch,) = deployment("feeds").rows[0]["unknown_batches"]
    return str(batch["file"])


def test_a_run_remembers_and_sends_nothing_again(restored: Deployment) -> None:
    done = restored("run", "plans", "--log-format", "json", "--log-level", "warning")
    assert (done.code, done.row["counts"]["batches_remembered"]) == (7, 1)
    assert "batch_remembered" in done.err
    assert len(restored.sent()) == 1
    assert unknown(restored).endswith("000002.xml")
    history = restored("history", "P-2").rows
    assert [row["state"] for row in history if row["what"] == "entered"] == ["unknown"]
    assert restored("ledger", "verify").code == 0


def test_not_delivered_it_goes_under_the_same_number(restored: Deployment) -> None:
    restored("run", "plans")
    name = unknown(restored)
    words = ("resolve", name, "--not-delivered", "--reason", "nothing of that name")
    assert "its bytes" in restored.at_terminal(*words).text
    assert len(list(journal(restored).iterdir())) == 1
    assert restored("run", "plans").code == 0
    assert restored.sent()[1:] == [name]
    assert len(list(journal(restored).iterdir())) == 2
    assert restored("feeds").rows[0]["sent"] == 2


def test_resolved_twice_it_says_so(restored: Deployment) -> None:
    restored("run", "plans")
    word = ("resolve", unknown(restored), "--not-delivered", "--reason", "nothing of that name")
    assert restored(*word).code == 0
    done = restored(*word)
    assert (done.code, "nothing to resolve" in done.err) == (2, True)


def test_it_cannot_be_sent_again_without_its_bytes(restored: Deployment) -> None:
    restored("run", "plans")
    name = unknown(restored)
    restored("resolve", name, "--delivered", "--reason", "on file there")
    done = restored("replay", name)
    assert (done.code, "restored" in done.err) == (2, True)


def test_an_acknowledgement_that_is_read_first_is_not_foreign(restored: Deployment) -> None:
    restored.answer(restored.sent()[0].replace("000001", "000002"), ACCEPTED)
    assert restored("run", "acks").row["counts"]["plans_accepted"] == 1
    assert restored("run", "plans").code == 0


def test_an_acknowledgement_by_hand_waits_until_the_ledger_remembers(
    restored: Deployment,
) -> None:
    restored.answer(restored.sent()[0].replace("000001", "000002"), ACCEPTED)
    (file,) = (restored.folder / "answers").iterdir()
    done = restored("ack", "--system", "twist", str(file))
    assert (done.code, "iepbridge run plans" in done.err) == (2, True)
    restored("run", "plans")
    assert restored("ack", "--system", "twist", str(file)).code == 0
    assert restored("run", "plans").code == 0


def test_pages_go_once_their_file_was_delivered_long_ago(restored: Deployment) -> None:
    for page in journal(restored).iterdir():
        os.utime(page, (0, 0))
    assert restored("purge", "--dry-run").row["journal_pages"] == 1
    assert restored("purge").row["journal_pages"] == 1
    assert [page.name[-11:] for page in journal(restored).iterdir()] == ["000002.json"]
    assert restored("purge").row["journal_pages"] == 0


def test_without_a_journal_nothing_is_written_or_remembered(
    restored: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iepbridge.settings.LedgerSettings.journal_folder", lambda _: None)
    assert "batches_remembered" not in restored("run", "plans").row["counts"]
    assert len(restored.sent()) == 2
