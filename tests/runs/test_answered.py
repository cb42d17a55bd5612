"""What the system answered, and what the next runs make of it."""

from pathlib import Path

import pytest
from tests.runs.place import Place, bad, plan
from tests.servers.ledgers import Hands

from iepbridge.ledger import Ledger


@pytest.fixture
def place(tmp_path: Path, ledger: Ledger, clock: Hands) -> Place:
    """Give a feed to TWIST which has delivered P-1 and P-2."""
    place = Place(tmp_path, ledger, clock)
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))
    assert place.run().code == 0
    return place


def test_what_was_accepted_does_not_go_again(place: Place) -> None:
    place.answer("accepted")
    assert place.run().counts["plans_unchanged"] == 2


def test_what_was_rejected_is_held_and_does_not_go_unchanged(place: Place) -> None:
    place.answer("rejected")
    assert place.states() == {"P-1": ["1 held rejected"], "P-2": ["1 delivered"]}
    for _ in range(2):
        outcome = place.run()
        assert (outcome.code, outcome.counts["plans_delivered"], outcome.counts["held"]) == (
            1,
            0,
            1,
        )


@pytest.mark.parametrize("version", [1, 2])
def test_what_was_rejected_and_mended_goes(place: Place, version: int) -> None:
    place.answer("rejected")
    place.lay("a.jsonl", plan("P-1", version, comments="mended"), plan("P-2"))
    assert place.run().code == 0
    assert place.states()["P-1"] == ["1 superseded", f"{version} delivered"]
    place.answer("accepted")
    assert place.states()["P-1"] == ["1 superseded", f"{version} delivered"]


def test_what_is_mended_badly_is_held_and_what_was_rejected_gives_way(place: Place) -> None:
    place.answer("rejected")
    place.lay("a.jsonl", bad("P-1", comments="mended"))
    assert place.run().code == 1
    assert place.states()["P-1"] == ["1 superseded", "1 held policy"]


def test_rejected_twice_and_mended_twice(place: Place) -> None:
    for text in ("once", "twice"):
        place.answer("rejected")
        place.lay("a.jsonl", plan("P-1", comments=text))
        place.run()
    place.answer("accepted")
    assert place.states()["P-1"] == ["1 superseded", "1 superseded", "1 delivered"]


def test_an_old_source_after_the_mended_one_sends_nothing(place: Place) -> None:
    place.answer("rejected")
    place.lay("a.jsonl", plan("P-1", comments="mended"))
    place.run()
    place.lay("a.jsonl", plan("P-1"))
    assert place.run().counts["plans_delivered"] == 0
    assert place.states()["P-1"] == ["1 superseded", "1 delivered"]


def test_a_late_rejection_of_an_older_version_leaves_the_newer_alone(place: Place) -> None:
    first = place.batch("P-1")
    place.lay("a.jsonl", plan("P-1", 2))
    place.run()
    place.answer("rejected", to=first)
    assert place.states()["P-1"][1] == "2 delivered"
    assert place.run().counts["plans_delivered"] == 0


def test_an_answer_that_comes_during_a_run_is_not_undone_by_it(place: Place) -> None:
    """The run has looked a rejected plan up, and then it is accepted after all."""
    place.answer("rejected")
    first = place.batch("P-1")
    place.lay("a.jsonl", plan("P-1", 2))
    place.when_counted("plans_examined", lambda: place.answer("accepted", to=first))
    place.run()
    place.when_counted("plans_examined", None)
    assert place.states()["P-1"] == ["1 delivered", "2 delivered"]


def test_a_rejection_during_a_run_gives_way_to_what_that_run_sends(place: Place) -> None:
    """The run has looked a plan up that was not answered yet, and sends its next version."""
    first = place.batch("P-1")
    place.lay("a.jsonl", plan("P-1", 2))
    place.when_counted("plans_examined", lambda: place.answer("rejected", to=first))
    place.run()
    place.when_counted("plans_examined", None)
    assert place.states()["P-1"] == ["1 superseded", "2 delivered"]
    assert place.run().code == 0
