"""`iepbridge replay`: the bytes that are kept, under the same name, and no state changed."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from tests.cli.deployment import Deployment, texan

from iepbridge.cli import replaying
from iepbridge.errors import OutcomeUnknown
from iepbridge.ledger import take
from iepbridge.ledger.schema import batches, events, kept_chunks, plan_versions


@pytest.fixture
def sent(deployment: Deployment) -> Deployment:
    """Give a deployment that has sent one file."""
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    return deployment


def kinds(deployment: Deployment) -> list[str]:
    with deployment.ledger() as ledger, ledger.reading() as connection:
        own = select(events.c.kind).where(events.c.kind.like("batch_replay%"))
        return list(connection.scalars(own.order_by(events.c.seq)))


def states(deployment: Deployment) -> list[Any]:
    with deployment.ledger() as ledger, ledger.reading() as connection:
        found = [
            *connection.execute(select(batches)),
            *connection.execute(select(plan_versions)),
        ]
        return [tuple(row) for row in found]


def test_a_lost_file_goes_again_byte_for_byte(sent: Deployment) -> None:
    before = states(sent)
    (name,) = sent.sent()
    file = sent.folder / "texas" / name
    content = file.read_bytes()
    file.unlink()
    done = sent("replay", name)
    assert (done.code, done.row["outcome"]) == (0, "sent")
    assert file.read_bytes() == content
    assert sent.sent() == [name]
    assert kinds(sent) == ["batch_replay_begun", "batch_replayed"]
    assert states(sent) == before
    assert sent("run", "plans").row["counts"]["plans_unchanged"] == 1


def test_a_file_that_stands_there_is_left_alone(sent: Deployment) -> None:
    done = sent("replay", "1")
    assert (done.code, done.row["outcome"]) == (0, "found")
    assert kinds(sent) == []


def test_another_file_of_its_name_is_not_touched(sent: Deployment) -> None:
    file = sent.folder / "texas" / sent.sent()[0]
    file.write_bytes(b"somebody else's")
    assert sent("replay", "1").code == 6
    assert file.read_bytes() == b"somebody else's"


@pytest.mark.parametrize(("state", "told"), [("unknown", "resolve 1"), ("waiting", "run plans")])
def test_one_that_is_not_delivered_has_another_way(sent: Deployment, state: str, told: str) -> None:
    with sent.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(update(batches).values(state=state))
    done = sent("replay", "1")
    assert done.code == 2
    assert told in done.err


def test_what_was_purged_is_gone(sent: Deployment) -> None:
    with sent.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(delete(kept_chunks))
    done = sent("replay", "1")
    assert done.code == 2
    assert "purged" in done.err


def test_a_lost_answer_is_told_and_changes_nothing(
    sent: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deliver(_: object, __: object, ___: object, record: Any) -> str:
        record.begin()
        record.naming()
        record.failed("Interrupted", certain=False)
        assert record.may_be_named
        raise OutcomeUnknown("lost")

    before = states(sent)
    monkeypatch.setattr(replaying, "deliver", deliver)
    done = sent("replay", "1")
    assert done.code == 7
    assert "still counts as delivered" in done.err
    assert kinds(sent) == ["batch_replay_begun", "batch_replay_cut"]
    assert states(sent) == before


def test_while_a_run_is_under_way_it_waits_its_turn(sent: Deployment) -> None:
    with sent.ledger() as ledger, take(ledger, ["feed:plans"], "another run", 600):
        assert sent("replay", "1").code == 5


def test_a_feed_that_is_configured_no_more(sent: Deployment) -> None:
    text = (sent.folder / "iepbridge.toml").read_text().replace("feeds.plans]", "feeds.new]")
    sent.configure(text)
    done = sent("replay", "1")
    assert done.code == 2
    assert "'plans'" in done.err


def test_a_file_of_plans_that_came_is_written_out_again(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    (name,) = deployment.sent()
    there, here = deployment.folder / "texas" / name, deployment.folder / "answers" / name
    here.write_bytes(there.read_bytes())
    assert deployment("run", "old-plans").code == 0
    (made,) = (deployment.folder / "received").iterdir()
    content = made.read_bytes()
    made.unlink()
    assert deployment("replay", made.name).row["outcome"] == "sent"
    assert made.read_bytes() == content


def test_in_words(sent: Deployment) -> None:
    assert "nothing was sent again" in sent.at_terminal("replay", "1").text
    (sent.folder / "texas" / sent.sent()[0]).unlink()
    assert sent.at_terminal("replay", "1").text.endswith("was sent again.")


def test_a_file_whose_marker_was_taken_is_not_told_of_again(deployment: Deployment) -> None:
    path = deployment.folder / "iepbridge.toml"
    text = path.read_text()
    path.write_text(text.replace('url = "file:texas"', 'url = "file:texas"\nmarker = ".done"'))
    deployment.plans(texan("P-1"))
    assert deployment("run", "plans").code == 0
    (marker,) = (deployment.folder / "texas").glob("*.done")
    marker.unlink()
    assert deployment("replay", "1").row["outcome"] == "found"
    assert not marker.exists()
    marker.with_suffix("").unlink()
    assert deployment("replay", "1").row["outcome"] == "sent"
    assert marker.exists()
