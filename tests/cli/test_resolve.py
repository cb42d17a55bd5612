"""`iepbridge resolve`: a person's word on a file of unknown outcome."""

import orjson
import pytest
from sqlalchemy import select, update
from tests.cli.deployment import Deployment, texan

from iepbridge.ledger import take
from iepbridge.ledger.attempts import begin_attempt, set_phase
from iepbridge.ledger.batches import batch_of, settle
from iepbridge.ledger.events import verify
from iepbridge.ledger.schema import UNKNOWN, WAITING, batches, events, plan_versions


@pytest.fixture
def unsure(deployment: Deployment) -> Deployment:
    """Give a deployment whose one file was taken away while its answer was lost."""
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    (deployment.folder / "texas" / deployment.sent()[0]).unlink()
    with deployment.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(update(batches).values(state=WAITING))
        tx.connection.execute(update(plan_versions).values(state=WAITING))
        batch = batch_of(tx.connection, 1)
        set_phase(tx, begin_attempt(tx, 1, batch), "naming")
        settle(tx, None, batch, UNKNOWN, "lost")
    return deployment


def name_of(deployment: Deployment) -> str:
    return str(deployment("feeds").rows[0]["unknown_batches"][0]["file"])


def test_until_then_nothing_is_sent(unsure: Deployment) -> None:
    assert unsure("run", "plans").code == 7
    assert unsure.sent() == []


def test_delivered_counts_as_sent(unsure: Deployment) -> None:
    done = unsure("resolve", name_of(unsure), "--delivered", "--reason", "help desk has it")
    assert (done.code, done.row["outcome"]) == (0, "delivered")
    assert unsure("run", "plans").code == 0
    assert unsure.sent() == []
    row = unsure("feeds").rows[0]
    assert (row["sent"], row["unknown"]) == (1, 0)


def test_not_delivered_goes_again_under_its_name(unsure: Deployment) -> None:
    name = name_of(unsure)
    done = unsure("resolve", "1", "--not-delivered", "--reason", "not on file there")
    assert (done.code, done.row["outcome"]) == (0, "not_delivered")
    assert unsure("feeds").rows[0]["waiting"] == 1
    assert unsure("run", "plans").row["counts"]["batches_delivered"] == 1
    assert unsure.sent() == [name]


def test_who_said_it_and_why_is_kept(unsure: Deployment) -> None:
    unsure("resolve", "1", "--delivered", "--reason", "help desk has it")
    with unsure.ledger() as ledger, ledger.reading() as connection:
        found = connection.execute(select(events).where(events.c.kind == "batch_resolved")).one()
        assert verify(connection).broken is None
    detail = orjson.loads(found.detail)
    assert (detail["reason"], detail["outcome"]) == ("help desk has it", "delivered")
    assert detail["who"]


def test_what_is_known_is_not_resolved(unsure: Deployment) -> None:
    unsure("resolve", "1", "--not-delivered", "--reason", "not on file there")
    waiting = unsure("resolve", "1", "--delivered", "--reason", "help desk has it")
    assert (waiting.code, waiting.out) == (2, b"")
    assert "is waiting" in waiting.err
    unsure("run", "plans")
    delivered = unsure("resolve", "1", "--not-delivered", "--reason", "not on file there")
    assert delivered.code == 2
    assert "is delivered" in delivered.err


def test_while_a_run_is_under_way_it_waits_its_turn(unsure: Deployment) -> None:
    with unsure.ledger() as ledger, take(ledger, ["feed:plans"], "another run", 600):
        done = unsure("resolve", "1", "--delivered", "--reason", "help desk has it")
    assert done.code == 5
    assert "another run" in done.err
    assert unsure("feeds").rows[0]["unknown"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("9", "--delivered", "--reason", "why"),
        ("no-such-file.xml", "--delivered", "--reason", "why"),
        ("1", "--delivered", "--reason", " "),
        ("1", "--reason", "why"),
        ("1", "--delivered", "--not-delivered", "--reason", "why"),
        ("1", "--delivered"),
    ],
)
def test_other_words_are_refused(small_deployment: Deployment, words: tuple[str, ...]) -> None:
    done = small_deployment("resolve", *words)
    assert (done.code, done.out) == (2, b"")
    assert done.err


def test_in_words(unsure: Deployment) -> None:
    name = name_of(unsure)
    done = unsure.at_terminal("resolve", "1", "--not-delivered", "--reason", "not on file there")
    assert done.text == f"{name} waits; it goes again with the next run: iepbridge run plans"
