"""A file whose answer was lost: nothing of it goes again, and what is newer waits for it."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.fakes.endpoint import AFTER, BEFORE, REFUSED, FakeEndpoint, Receiver
from tests.runs.place import Place, bad, plan
from tests.servers.ledgers import Hands

from iepbridge.ledger import Ledger
from iepbridge.ledger.batches import NOT_DELIVERED, open_batches, settle
from iepbridge.ledger.schema import DELIVERED, UNKNOWN, attempts, batches, events, plan_versions

LOST = {5: AFTER}
"""The answer to the rename; who takes files at once has it by then."""
UNSEEN = {5: AFTER, 6: BEFORE}
"""The same, and nobody can look again."""


@pytest.fixture
def place(tmp_path: Path, ledger: Ledger, clock: Hands) -> Place:
    """Give a feed to a receiver that takes files at once; P-1 went, and the answer was lost."""
    place = Place(tmp_path, ledger, clock, fake=FakeEndpoint(LOST, Receiver(takes=True)))
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    assert place.run().code == 7
    assert place.states() == {"P-1": ["1 unknown"], "P-2": ["1 unknown"]}
    return place


def resolve(place: Place, outcome: str) -> None:
    """Say as a person what became of the batch."""
    with place.ledger.writing() as tx:
        for batch in open_batches(tx.connection, "plans"):
            settle(tx, None, batch, outcome, "a person")
    place.conserved()


def forget(place: Place) -> None:
    """Let the outcome of what was sent be unknown again, as if its answer had been lost."""
    with place.ledger.writing() as tx:
        for table in (batches, plan_versions):
            known = update(table).where(table.c.state == DELIVERED)
            tx.connection.execute(known.values(state=UNKNOWN))
        last = update(attempts).where(attempts.c.outcome == DELIVERED)
        tx.connection.execute(last.values(outcome=UNKNOWN))


def test_it_stays_unknown_and_nothing_goes_again(place: Place) -> None:
    for _ in range(2):
        assert place.run().code == 7
    assert place.states() == {"P-1": ["1 unknown"], "P-2": ["1 unknown"]}
    assert len(place.fake.receiver.got) == 1


def test_that_it_is_unknown_is_written_down_once(place: Place, clock: Hands) -> None:
    with place.ledger.reading() as connection:
        first = connection.execute(select(batches.c.settled_at)).scalar_one()
    for _ in range(2):
        clock.go_on(minutes=5)
        assert place.run().code == 7
    with place.ledger.reading() as connection:
        kinds = list(connection.execute(select(events.c.kind)).scalars())
        assert kinds.count("batch_unknown") == 1
        assert connection.execute(select(batches.c.settled_at)).scalar_one() == first


def test_an_answer_that_comes_before_the_run_has_looked_is_enough(place: Place) -> None:
    """Its own look finds nothing: the receiver has taken the file, and says so."""
    place.fake.before["open"] = lambda: place.answer("accepted")
    outcome = place.run()
    place.fake.before.clear()
    assert (outcome.code, outcome.counts["batches_delivered"]) == (0, 1), outcome.problems
    assert place.states() == {"P-1": ["1 delivered"], "P-2": ["1 delivered"]}
    assert place.run().code == 0
    assert len(place.fake.receiver.got) == 1


def test_so_is_one_that_comes_before_a_retry(tmp_path: Path, ledger: Ledger, clock: Hands) -> None:
    fake = FakeEndpoint(LOST, Receiver(takes=True))
    place = Place(tmp_path, ledger, clock, fake=fake)
    place.lay("a.jsonl", plan("P-1"))
    fake.before["open"] = lambda: fake.receiver.got and place.answer("accepted")
    outcome = place.run()
    fake.before.clear()
    assert (outcome.code, outcome.counts["batches_delivered"]) == (0, 1), outcome.problems
    assert place.states() == {"P-1": ["1 delivered"]}
    assert place.run().code == 0
    assert len(fake.receiver.got) == 1


def test_others_go_meanwhile(place: Place) -> None:
    place.lay("b.jsonl", plan("P-3"))
    assert place.run().code == 7
    assert place.states()["P-3"] == ["1 delivered"]


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_newer_waits_and_goes_once_it_is_settled(place: Place, gone: bool) -> None:
    place.lay("a.jsonl", plan("P-1", 2))
    assert place.run().code == 7
    assert place.states()["P-1"] == ["1 unknown", "2 waiting"]
    if gone:
        place.clear()
    assert place.run().code == 7
    resolve(place, DELIVERED)
    outcome = place.run()
    assert (outcome.code, outcome.counts["plans_delivered"]) == (0, 1)
    assert place.states()["P-1"] == ["1 delivered", "2 delivered"]
    assert place.run().counts["plans_delivered"] == 0


def test_what_was_not_delivered_goes_before_what_waited(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1", 2), plan("P-2"))
    place.run()
    place.fake.receiver.got.clear()
    resolve(place, NOT_DELIVERED)
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered", "2 delivered"], "P-2": ["1 delivered"]}
    names = [name for name, _ in place.fake.receiver.got]
    assert names == [f"TWIST_IEP_GCWS_20261102_00000{number}.xml" for number in (1, 2)]


def test_of_what_waits_the_newest_goes(place: Place) -> None:
    for version in (2, 3):
        place.lay("a.jsonl", plan("P-1", version))
        place.run()
    place.lay("a.jsonl", plan("P-1", 3, comments="signed since"))
    place.run()
    waiting = ["1 unknown", "2 superseded", "3 superseded", "3 waiting"]
    assert place.states()["P-1"] == waiting
    place.clear()
    resolve(place, DELIVERED)
    place.run()
    assert place.states()["P-1"] == ["1 delivered", *waiting[1:3], "3 delivered"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_release_is_not_lost_by_waiting(place: Place, gone: bool) -> None:
    resolve(place, DELIVERED)
    place.lay("a.jsonl", bad("P-1", 2))
    assert place.run().code == 1
    forget(place)
    place.let_go("P-1")
    if gone:
        place.clear()
    assert place.run().code == 7
    assert place.states()["P-1"] == ["1 unknown", "2 held policy"]
    resolve(place, DELIVERED)
    assert place.run().counts["plans_delivered"] == 1
    assert place.states()["P-1"] == ["1 delivered", "2 delivered"]


def test_what_is_held_stays_held_while_others_wait(place: Place) -> None:
    resolve(place, DELIVERED)
    place.lay("a.jsonl", bad("P-1", 2))
    place.run()
    forget(place)
    assert place.run().code == 7
    assert place.states()["P-1"] == ["1 unknown", "2 held policy"]


def test_two_contents_that_contradict_do_not_wait(place: Place) -> None:
    place.lay("a.jsonl", plan("P-1", 2))
    place.run()
    place.lay("a.jsonl", plan("P-1", 2, comments="a"), plan("P-1", 2, comments="b"))
    assert place.run().code == 7
    unclear = ["2 held contradiction"] * 2
    assert place.states()["P-1"] == ["1 unknown", "2 waiting", *unclear]
    place.clear()
    resolve(place, DELIVERED)
    assert place.run().counts["plans_delivered"] == 0
    assert place.states()["P-1"] == ["1 delivered", "2 waiting", *unclear]
    place.lay("a.jsonl", plan("P-1", 2, comments="b"))
    assert place.run().code == 0
    assert place.states()["P-1"] == ["1 delivered", *["2 superseded"] * 2, "2 delivered"]


def test_an_acknowledgement_settles_it(place: Place) -> None:
    place.answer("accepted")
    assert place.states() == {"P-1": ["1 delivered"], "P-2": ["1 delivered"]}
    assert place.run().code == 0


def test_a_file_that_stayed_is_found_by_the_next_run(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    place = Place(tmp_path, ledger, clock, fake=FakeEndpoint(UNSEEN))
    place.lay("a.jsonl", plan("P-1"))
    assert place.run().code == 7
    assert place.states() == {"P-1": ["1 unknown"]}
    place.lay("a.jsonl", plan("P-1", 2))
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered", "2 delivered"]}


def test_a_login_that_is_refused_after_that_leaves_it_unknown(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    fake = FakeEndpoint({5: AFTER, 6: REFUSED})
    place = Place(tmp_path, ledger, clock, fake=fake)
    place.lay("a.jsonl", plan("P-1"))
    place.lay("b.jsonl", plan("P-2"))
    outcome = place.run()
    assert outcome.code == 7  # before 6: what was sent has no outcome
    assert any("refused" in problem for problem in outcome.problems), outcome.problems
    assert place.states() == {"P-1": ["1 unknown"], "P-2": ["1 unknown"]}
    assert fake.calls[5:] == ["open"]
    assert place.run().code == 0


def test_an_endpoint_out_of_reach_lets_everything_wait(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    fake = FakeEndpoint({1: BEFORE, 2: BEFORE})
    place = Place(tmp_path, ledger, clock, fake=fake, batch_size=1)
    place.lay("a.jsonl", plan("P-1"), bad("P-2"), plan("P-3"))
    assert place.run().code == 4
    assert fake.calls == ["open"]
    assert place.states() == {"P-1": ["1 waiting"]}
    place.clear()
    assert place.run().code == 4
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered"]}
