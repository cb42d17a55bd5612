"""Plans out and their answers, there and back: rejected, mended, sent again, accepted."""

from pathlib import Path

import pytest
from tests.runs.in_and_acks.office import (
    SYSTEMS,
    Office,
    accepted,
    batch_states,
    moved,
    plan,
    rejected,
)

from iepbridge.codecs.jsonl import plan_line
from iepbridge.ledger import Ledger


@pytest.fixture(params=SYSTEMS)
def each(request: pytest.FixtureRequest, tmp_path: Path, sqlite_ledger: Ledger) -> Office:
    """Give an office of each system."""
    return Office(tmp_path, sqlite_ledger, request.param, {"endpoint": 'archive = "done"'})


def give(office: Office, *plans: dict[str, object]) -> None:
    """Put plans where the feed out collects them."""
    (office.folder / "plans" / "all.jsonl").write_bytes(b"".join(map(plan_line, plans)))


def newest(office: Office) -> str:
    """Give the name of the file that was sent last, without its ending."""
    return list(batch_states(office))[-1].rpartition(".")[0]


def test_a_rejected_plan_is_mended_sent_again_and_accepted(each: Office) -> None:
    first, other = plan("A", 1, each.system), plan("B", 1, each.system)
    give(each, first, other)
    assert each.run("out").code == 0
    each.answer(newest(each), accepted("B"), rejected("A"))
    assert each.run("acks").code == 1
    assert each.answers() == {"A/1": ("held", "rejected"), "B/1": ("delivered", "accepted")}
    sent = len(batch_states(each))
    each.run("out")
    assert len(batch_states(each)) == sent
    mended = moved(plan("A", 2, each.system))
    give(each, mended, other)
    each.run("out")
    assert len(batch_states(each)) == sent + 1
    assert each.holds() == []
    each.answer(newest(each), accepted("A", 2))
    assert each.run("acks").code == 0
    assert each.answers() == {
        "A/1": ("superseded", "rejected"),
        "B/1": ("delivered", "accepted"),
        "A/2": ("delivered", "accepted"),
    }
    assert each.run("out").counts.get("plans_sent") is None


def test_a_late_rejection_of_what_was_mended_meanwhile_holds_nothing(each: Office) -> None:
    give(each, plan("A", 1, each.system))
    each.run("out")
    first = newest(each)
    give(each, plan("A", 2, each.system, comments="Said once more."))
    each.run("out")
    each.answer(newest(each), accepted("A", 2))
    each.run("acks")
    each.answer(first, rejected("A"))
    assert each.run("acks").code == 0
    assert each.holds() == []
    assert each.answers() == {"A/1": ("superseded", "rejected"), "A/2": ("delivered", "accepted")}


def test_an_answer_that_cannot_be_read_for_now_is_tried_once_a_run(small_office: Office) -> None:
    office = small_office
    (office.folder / "own.pgp").write_text("this is no key")
    office.configure(acks='decrypt_with = { file = "own.pgp" }')
    for name in ("A", "B"):
        give(office, plan(name))
        office.run("out")
        office.answer(newest(office), rejected(name))
    for _ in range(2):
        outcome = office.run("acks")
        assert (outcome.code, len(outcome.problems)) == (2, 2)
