"""Acknowledgements: to the single plan, forward only, in any order, as often as they come."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.runs.in_and_acks.office import (
    ENDING,
    SYSTEMS,
    Office,
    accepted,
    batch_states,
    made_of,
    make_batch,
    plan,
    rejected,
    warned,
)

from iepbridge.acknowledgement import Acknowledgement, Answer, Message
from iepbridge.ledger import Ledger
from iepbridge.ledger.answers import texts_of
from iepbridge.ledger.files import NewFile, add_file
from iepbridge.ledger.schema import answers, batches, held, plan_versions
from iepbridge.ledger.transaction import Transaction
from iepbridge.runs.reconcile import reconcile

IDS = ("A", "B", "C", "D")
WHY = (Message("E-1", "the file was refused"),)


@pytest.fixture(params=SYSTEMS)
def each(request: pytest.FixtureRequest, tmp_path: Path, sqlite_ledger: Ledger) -> Office:
    """Give an office of each system."""
    return Office(tmp_path, sqlite_ledger, request.param)


def plans(office: Office, *ids: str, version: int = 1) -> list[dict[str, object]]:
    return [plan(one, version, office.system) for one in ids]


def why(office: Office) -> tuple[Message, ...]:
    """Give the reason of a refused file, which has no code in CWDS."""
    return (Message("", "out of turn"),) if office.system == "cwds" else WHY


def test_each_plan_is_answered_for_itself(each: Office) -> None:
    batch = each.sent(1, *plans(each, *IDS))
    each.answer(batch, accepted("A"), warned("B"), rejected("C"))
    outcome = each.run("acks")
    assert outcome.code == 1
    unnamed = "accepted" if each.system == "icc" else None
    assert each.answers() == {
        "A/1": ("delivered", "accepted"),
        "B/1": ("delivered", "warnings"),
        "C/1": ("held", "rejected"),
        "D/1": ("delivered", unnamed),
    }
    (hold,) = each.holds()
    assert (hold.plan_id, hold.version, hold.reason) == ("C", 1, "rejected")
    assert each.run("acks").code == 0


def test_a_file_that_is_refused_whole_holds_its_plans(each: Office) -> None:
    batch = each.sent(1, *plans(each, "A", "B"))
    each.answer(batch, status="rejected", messages=why(each))
    assert each.run("acks").code == 1
    assert set(each.answers().values()) == {("held", "rejected")}
    assert len(each.holds()) == 2


def test_a_file_that_was_refused_and_is_accepted_later_is_accepted(each: Office) -> None:
    """It was out of its turn, and was sent again under its own name."""
    batch = each.sent(1, *plans(each, "A", "B"))
    each.answer(batch, status="rejected", messages=why(each))
    each.run("acks")
    each.answer(batch, accepted("A"), accepted("B"))
    assert each.run("acks").code == 0
    assert set(each.answers().values()) == {("delivered", "accepted")}
    assert each.holds() == []


def test_in_a_part_a_plan_without_a_row_stays_open(each: Office) -> None:
    batch = each.sent(1, *plans(each, *IDS))
    each.answer(batch, accepted("A"), part=1)
    each.answer(batch, rejected("B"), part=2)
    assert each.run("acks").code == 1
    assert each.answers() == {
        "A/1": ("delivered", "accepted"),
        "B/1": ("held", "rejected"),
        "C/1": ("delivered", None),
        "D/1": ("delivered", None),
    }


def test_twice_changes_nothing(each: Office) -> None:
    batch = each.sent(1, *plans(each, "A", "B"))
    said = (accepted("A"), rejected("B"))
    each.answer(batch, *said)
    each.run("acks")
    before, holds = each.answers(), each.holds()
    each.answer(batch, *said, part=1)
    each.answer(batch, *said, part=2)
    outcome = each.run("acks")
    assert (outcome.code, outcome.counts["plans_repeated"]) == (0, 4)
    assert (each.answers(), each.holds()) == (before, holds)


def test_an_answer_to_an_older_version_never_closes_the_newer_one(each: Office) -> None:
    old = each.sent(1, *plans(each, "A"))
    new = each.sent(2, *plans(each, "A", version=2))
    each.answer(old, accepted("A"))
    assert each.run("acks").code == 0
    assert each.answers() == {"A/1": ("delivered", "accepted"), "A/2": ("delivered", None)}
    each.answer(new, rejected("A", 2))
    each.run("acks")
    each.answer(old, accepted("A"), part=1)
    each.run("acks")
    assert each.answers()["A/2"] == ("held", "rejected")


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
def test_of_two_rejected_versions_the_newer_waits_for_a_person(
    small_office: Office, order: Sequence[int]
) -> None:
    office = small_office
    said = [
        (office.sent(1, *plans(office, "A")), rejected("A")),
        (office.sent(2, *plans(office, "A", version=2)), rejected("A", 2)),
    ]
    for which in order:
        office.answer(said[which][0], said[which][1])
        office.run("acks")
    assert office.answers() == {
        "A/1": ("superseded", "rejected"),
        "A/2": ("held", "rejected"),
    }
    assert [one.version for one in office.holds()] == [2]


def test_a_late_rejection_of_an_older_version_holds_nothing_and_is_no_error(
    small_office: Office,
) -> None:
    office = small_office
    old = office.sent(1, *plans(office, "A"))
    office.sent(2, *plans(office, "A", version=2))
    office.answer(old, rejected("A"))
    outcome = office.run("acks")
    assert outcome.code == 0
    assert office.holds() == []
    assert office.answers()["A/1"] == ("superseded", "rejected")


@pytest.mark.parametrize("version", [1, 3, None])
def test_a_version_that_the_batch_has_not_is_foreign(small_office: Office, version: int) -> None:
    office = Office(small_office.folder, small_office.ledger, "icc")
    batch = office.sent(1, *plans(office, "A", "B", version=2))
    office.answer(batch, rejected("A", version))
    outcome = office.run("acks")
    if version is None:
        assert office.answers()["A/2"] == ("held", "rejected")
    else:
        assert outcome.code == 0
        assert office.answers() == {"A/2": ("delivered", None), "B/2": ("delivered", "accepted")}


def test_foreign_files_and_plans_are_kept_and_shown_and_no_error(each: Office) -> None:
    batch = each.sent(1, *plans(each, "A"))
    each.answer(batch, accepted("A"), rejected("STRANGER"))
    each.answer(f"{batch[:-1]}9", rejected("B", said="who is Mx. Sentinel"))
    outcome = each.run("acks")
    assert outcome.code == 0
    assert (outcome.counts["plans_foreign"], outcome.counts["plans_foreign_files"]) == (2, 1)
    assert sorted(each.files().values()) == ["foreign", "read"]
    assert each.answers() == {"A/1": ("delivered", "accepted")}
    kept = each.rows(select(answers).where(answers.c.entry_id.is_(None), answers.c.place > 0))
    assert sorted(row.plan_id for row in kept) == ["B", "STRANGER"]


@pytest.mark.parametrize("state", ["waiting", "unknown"])
def test_an_answer_settles_a_batch_whose_outcome_was_not_known(each: Office, state: str) -> None:
    batch = each.sent(1, *plans(each, "A", "B"), state=state)
    each.answer(batch, accepted("A"), rejected("B"))
    each.run("acks")
    assert set(batch_states(each).values()) == {"delivered"}
    assert each.answers() == {"A/1": ("delivered", "accepted"), "B/1": ("held", "rejected")}


def test_a_rejection_after_an_acceptance_is_told_and_changes_nothing(each: Office) -> None:
    batch = each.sent(1, *plans(each, "A"))
    each.answer(batch, accepted("A"))
    each.run("acks")
    each.answer(batch, rejected("A"))
    outcome = each.run("acks")
    assert (outcome.code, outcome.counts["plans_contradicted"]) == (1, 1)
    assert each.answers() == {"A/1": ("delivered", "accepted")}
    assert each.holds() == []


def test_a_name_says_what_is_answered_also_where_the_bytes_are_the_same(
    small_office: Office,
) -> None:
    """ICC's result of a part and of the whole file may be the same bytes."""
    office = Office(small_office.folder, small_office.ledger, "icc")
    batch = office.sent(1, *plans(office, "A", "B"))
    office.answer(batch, accepted("A"), part=1)
    office.run("acks")
    assert office.answers()["B/1"] == ("delivered", None)
    part = next(office.inbox.iterdir())
    office.put((f"{batch}_RESULT.txt", part.read_bytes()))
    assert office.run("acks").code == 0
    assert office.answers()["B/1"] == ("delivered", "accepted")
    assert office.run("acks").counts == {}


@pytest.mark.parametrize("feeds", [("out", "more"), ("more", "out")])
def test_two_receivers_may_be_sent_files_of_one_name(
    small_office: Office, feeds: Sequence[str]
) -> None:
    """The receiver stands in no name: the feed of the answers tells."""
    office = small_office
    office.configure(
        more='\n[feeds.more]\ndirection = "out"\nsystem = "toolbox"\nendpoint = "there"'
        '\nsource = "plans/*.jsonl"\nsender = "GCWS"\nreceiver = "OTHER"'
    )
    stem = "TBX_IEP_GCWS_20260105_000001"
    with office.ledger.writing() as tx:
        for feed in feeds:
            made = make_batch(tx, "toolbox", f"{stem}.xml", plans(office, "A"), feed=feed)
            other = batches.update().where(batches.c.id == made.batch.id)
            tx.connection.execute(other.values(endpoint=feed))
    office.answer(stem, accepted("A"))
    office.run("acks")
    found = {row.feed: row.answer for row in office.rows(select(batches))}
    assert found == {"out": "accepted", "more": None}


def test_what_a_system_says_of_people_stands_nowhere_in_clear(
    small_office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    office = small_office
    said = "Sentinel Person 900-12-3456 lives at Sentinel Road"
    batch = office.sent(1, *plans(office, "A", "B"))
    odd = Answer("A", 1, "rejected", (Message("Sentinel in a code", said, "Personal#900-12-3456"),))
    office.answer(batch, odd, rejected("B", said=said))
    office.answer(f"{batch[:-1]}2", rejected("C", said=said))
    office.run("acks")
    told = capfd.readouterr()
    assert "Sentinel" not in told.out + told.err
    assert "900-12-3456" not in told.out + told.err
    database = (office.folder / "ledger" / "iepbridge.db").read_bytes()
    assert b"Sentinel" not in database
    assert b"900-12-3456" not in database
    (row,) = office.rows(select(answers).where(answers.c.plan_id == "A"))
    with office.ledger.reading() as connection:
        texts = texts_of(connection, office.ledger.keyring, row.received_id, row.place)
    assert said in texts[0]
    assert "Sentinel in a code" in texts[0]
    (row,) = office.rows(select(answers).where(answers.c.plan_id == "B"))
    assert "E-17" in row.codes


def test_an_unreadable_answer_is_told_once(each: Office) -> None:
    batch = each.sent(1, *plans(each, "A"))
    path = each.answer(batch, accepted("A"))
    path.write_bytes(b"no answer")
    each.answer(batch, accepted("A"), part=1)
    outcome = each.run("acks")
    assert outcome.code == 3
    assert each.answers() == {"A/1": ("delivered", "accepted")}
    assert each.run("acks").code == 0


def _said(system: str) -> st.SearchStrategy[list[Acknowledgement]]:
    """Draw a few answers to one file of the plans A and B."""
    makers: list[Callable[[str], Answer]] = [accepted, warned, rejected]
    one = st.dictionaries(st.sampled_from(IDS[:2]), st.sampled_from(makers), max_size=2)
    rows = one.map(lambda found: tuple(make(plan_id) for plan_id, make in sorted(found.items())))
    refused = st.just(made_of(system, STEM, status="rejected", messages=WHY))
    parts = st.sampled_from([1, None])
    told = st.builds(lambda own, part: made_of(system, STEM, *own, part=part), rows, parts)
    return st.lists(told | refused, min_size=2, max_size=3)


@pytest.mark.parametrize("system", ["twist", "icc"])
@pytest.mark.parametrize("is_older", [False, True])
def test_the_order_in_which_answers_come_does_not_matter(
    system: str, small_office: Office, *, is_older: bool
) -> None:
    """Also of a version that a newer one was sent after."""
    numbers = itertools.count(1)

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(_said(system))
    def law(said: list[Acknowledgement]) -> None:
        orders = itertools.permutations(said)
        ends = {_end(tx, system, next(numbers), order, is_older=is_older) for order in orders}
        assert len(ends) == 1, ends

    with small_office.ledger.writing() as tx:
        law()


STEM = "X_000001"


def _end(
    tx: Transaction, system: str, number: int, said: Sequence[Acknowledgement], *, is_older: bool
) -> str:
    """Apply answers in an order to a batch of its own; give what they come to."""
    feed, stem, ending = f"out-{number}", f"X{number}_000001", ENDING[system]
    own = [plan(one, 1, system) for one in IDS[:2]]
    made = make_batch(tx, system, f"{stem}{ending}", own, feed=feed)
    if is_older:
        make_batch(tx, system, f"Y{stem}", [plan("A", 2, system)], feed=feed)
    for place, one in enumerate(said):
        new = NewFile(feed, "there", "answer", bytes([place]), 1)
        received = add_file(tx, made.run_id, new, made.kept_id)
        reconcile(tx, made.run_id, received, system, ending, replace(one, batch=stem))
    columns = (plan_versions.c.plan_id, plan_versions.c.state, plan_versions.c.answer)
    entries = tx.connection.execute(select(*columns).where(plan_versions.c.feed == feed)).all()
    answer = tx.connection.scalar(select(batches.c.answer).where(batches.c.id == made.batch.id))
    open_ones = (held.c.feed == feed, held.c.ended_at.is_(None))
    holds = tx.connection.execute(select(held.c.plan_id, held.c.findings).where(*open_ones)).all()
    return f"{entries} {answer} {sorted(map(tuple, holds))}"
