"""Files that did not come, gaps, answers that are overdue, files of unknown outcome, silence."""

from datetime import timedelta

from sqlalchemy import update
from tests.watch.conftest import Make
from tests.watch.world import utc

from iepbridge.ledger import instant
from iepbridge.ledger.schema import batches, held

MORNING = {"expects": "0 6 * * *", "quiet_days": 0}


def test_a_file_that_came_is_not_missing(world: Make) -> None:
    own = world("in", **MORNING)
    run = own.run(utc("2026-11-02 12:00"))
    own.file(run, utc("2026-11-03 05:00"), "a")
    assert own.kinds(utc("2026-11-04 06:59")) == []
    (found,) = own.missing(utc("2026-11-04 07:00"))
    assert (found.kind, found.since) == ("file", "2026-11-04T06:00:00.000000Z")
    assert found.what == (
        "The file of 2026-11-04 06:00 (UTC) has not come; the last came at 2026-11-03 05:00 (UTC)."
    )
    own.file(run, utc("2026-11-04 11:00"), "b")
    assert own.kinds(utc("2026-11-04 12:00")) == []
    assert own.kinds(utc("2026-11-04 10:00")) == ["file"]


def test_the_first_file_that_never_came(small_world: Make) -> None:
    own = small_world("in", **MORNING)
    own.run(utc("2026-11-02 12:00"))
    assert own.kinds(utc("2026-11-03 06:30")) == []
    assert "none has ever come" in own.missing(utc("2026-11-03 07:00"))[0].what


def test_files_are_expected_on_days_that_count(small_world: Make) -> None:
    own = small_world("in", **MORNING, calendar="us-federal")
    run = own.run(utc("2026-11-02 12:00"))
    for day in ("03", "04", "05", "06"):
        own.file(run, utc(f"2026-11-{day} 05:00"), day)
    assert own.kinds(utc("2026-11-09 06:59")) == []
    assert own.kinds(utc("2026-11-09 07:00")) == ["file"]


def test_a_gap_names_the_file_that_has_not_come(world: Make) -> None:
    own = world("in", quiet_days=0)
    run = own.run(utc("2026-11-02 12:00"))
    for number in (8, 9):
        file = own.file(run, utc("2026-11-03 05:00"), f"{number}", state="gap")
        own.hold(run, file, utc("2026-11-03 05:00"), sequence=number, expected=7)
    (found,) = own.missing(utc("2026-11-03 06:00"))
    assert (found.kind, found.since) == ("gap", "2026-11-03T05:00:00.000000Z")
    assert found.what == ("File 000007 from TWC to GCWS has not come; 2 later files wait for it.")
    assert "held release 1" in found.remedy
    assert own.missing(utc("2026-11-03 04:59")) == []


def test_a_gap_is_over_once_released_or_read(small_world: Make) -> None:
    own = small_world("in", quiet_days=0)
    run = own.run(utc("2026-11-02 12:00"))
    file = own.file(run, utc("2026-11-03 05:00"), "8", state="gap")
    for column in ("released_at", "ended_at"):
        hold = own.hold(run, file, utc("2026-11-03 05:00"), sequence=8, expected=7)
        with own.ledger.writing() as tx:
            over = {column: instant(utc("2026-11-04 05:00"))}
            tx.connection.execute(update(held).where(held.c.id == hold).values(over))
    (found,) = own.missing(utc("2026-11-04 04:00"))
    assert "2 later files" in found.what
    assert own.missing(utc("2026-11-04 05:00")) == []


def test_a_file_that_came_before_is_no_gap(small_world: Make) -> None:
    own = small_world("in", quiet_days=0)
    run = own.run(utc("2026-11-02 12:00"))
    file = own.file(run, utc("2026-11-03 05:00"), "6", state="repeat")
    own.hold(run, file, utc("2026-11-03 05:00"), sequence=6, expected=7)
    assert own.missing(utc("2026-11-04 04:00")) == []


ANSWERED = {"acknowledgements": "acks", "acknowledge_within_hours": 48, "quiet_days": 0}


def test_answers_are_due_within_hours(world: Make) -> None:
    own = world(**ANSWERED)
    sent = utc("2026-11-03 02:00")
    run = own.run(sent)
    batch = own.batch(run, sent, "TWIST_1.xml")
    own.plan(run, batch, "P-1", sent, answered=sent + timedelta(hours=30))
    own.plan(run, batch, "P-2", sent, answered=sent + timedelta(hours=60))
    own.plan(run, batch, "P-3", sent, answered=None)
    assert own.kinds(sent + timedelta(hours=47)) == []
    (found,) = own.missing(sent + timedelta(hours=48))
    assert (found.kind, found.since) == ("answer", "2026-11-05T02:00:00.000000Z")
    assert found.what == (
        "2 plans in TWIST_1.xml, delivered at 2026-11-03 02:00 (UTC), have no answer."
    )
    assert "`iepbridge run acks`" in found.remedy
    assert "1 plan in" in own.missing(sent + timedelta(hours=61))[0].what


def test_a_plan_whose_newer_version_was_answered_owes_nothing(world: Make) -> None:
    own = world(**ANSWERED)
    sent = utc("2026-11-03 02:00")
    run = own.run(sent)
    own.plan(run, own.batch(run, sent, "a"), "P-1", sent, answered=None)
    again = sent + timedelta(days=1)
    answered = sent + timedelta(days=4)
    own.plan(run, own.batch(run, again, "b"), "P-1", again, answered=answered, version=2)
    assert own.kinds(answered - timedelta(minutes=1)) == ["answer", "answer"]
    assert own.kinds(answered) == []


def test_hours_of_days_off_do_not_count(small_world: Make) -> None:
    own = small_world(**ANSWERED, calendar="us-federal")
    sent = utc("2026-11-06 12:00")
    run = own.run(sent)
    own.plan(run, own.batch(run, sent, "a"), "P-1", sent, answered=None)
    assert own.kinds(utc("2026-11-10 11:59")) == []
    assert own.kinds(utc("2026-11-10 12:00")) == ["answer"]


def test_without_acknowledgements_no_answer_is_due(small_world: Make) -> None:
    own = small_world(quiet_days=0)
    run = own.run(utc("2026-11-03 02:00"))
    batch = own.batch(run, utc("2026-11-03 02:00"), "a")
    own.plan(run, batch, "P-1", utc("2026-11-03 02:00"), answered=None)
    assert own.missing(utc("2027-11-03 02:00")) == []


def test_an_unknown_outcome_is_told_while_it_is_unknown(world: Make) -> None:
    own = world(enabled=False)
    run = own.run(utc("2026-11-03 02:00"))
    own.batch(run, utc("2026-11-03 02:00"), "known")
    batch = own.batch(run, utc("2026-11-03 02:00"), "TWIST_2.xml", state="unknown")
    for at in ("02:00", "03:00", "04:00"):
        own.event(utc(f"2026-11-03 {at}"), "batch_unknown", batch)
    (found,) = own.missing(utc("2026-11-03 05:00"))
    assert (found.kind, found.since) == ("outcome", "2026-11-03T02:00:00.000000Z")
    assert f"iepbridge resolve {batch}" in found.remedy
    own.event(utc("2026-11-03 06:00"), "batch_delivered", batch)
    with own.ledger.writing() as tx:
        values = {"state": "delivered", "settled_at": instant(utc("2026-11-03 06:00"))}
        tx.connection.execute(update(batches).where(batches.c.id == batch).values(values))
    assert own.kinds(utc("2026-11-03 05:59")) == ["outcome"]
    assert own.kinds(utc("2026-11-03 06:00")) == []


def test_a_feed_that_sends_nothing_is_quiet(world: Make) -> None:
    own = world(quiet_days=3, calendar="weekdays")
    run = own.run(utc("2026-11-03 02:00"))
    own.batch(run, utc("2026-11-03 02:00"), "a")
    assert own.kinds(utc("2026-11-06 23:59")) == []
    assert own.kinds(utc("2026-11-08 23:59")) == ["quiet"]
    (found,) = own.missing(utc("2026-11-09 00:00"))
    assert found.what == "Nothing was sent since 2026-11-03 02:00 (UTC)."


def test_a_feed_to_which_nothing_comes_is_quiet(small_world: Make) -> None:
    own = small_world("in", quiet_days=3)
    run = own.run(utc("2026-11-03 02:00"))
    own.file(run, utc("2026-11-05 02:00"), "a")
    assert own.kinds(utc("2026-11-08 23:59")) == []
    assert own.missing(utc("2026-11-09 00:00"))[0].what.startswith("Nothing came since")


def test_a_feed_that_never_did_its_work_is_quiet(world: Make) -> None:
    own = world(quiet_days=3)
    own.run(utc("2026-11-03 02:00"), code=4)
    assert own.kinds(utc("2026-11-06 02:00")) == []
    (found,) = own.missing(utc("2026-11-07 02:00"))
    assert (found.kind, found.what) == ("quiet", "No run of this feed has ever done its work.")
    assert "enabled = false" in found.remedy


def test_a_feed_that_never_ran_counts_from_the_first_day_of_the_ledger(small_world: Make) -> None:
    own = small_world(quiet_days=3)
    assert own.kinds(utc("2026-11-30 02:00")) == []
    own.begins(utc("2026-11-03 02:00"))
    assert own.kinds(utc("2026-11-06 02:00")) == []
    assert own.kinds(utc("2026-11-07 02:00")) == ["quiet"]
    assert own.kinds(utc("2026-11-01 02:00")) == []


def test_no_answers_are_no_silence(small_world: Make) -> None:
    own = small_world(quiet_days=0)
    own.run(utc("2026-11-03 02:00"), feed="acks")
    assert own.missing(utc("2027-11-03 02:00"), feed="acks") == []


def test_with_a_grace_longer_than_a_day_a_file_of_the_day_before_counts(small_world: Make) -> None:
    own = small_world("in", **MORNING, missing_grace_minutes=48 * 60)
    run = own.run(utc("2026-11-01 12:00"))
    own.file(run, utc("2026-11-02 18:00"), "a")
    assert own.kinds(utc("2026-11-04 06:01")) == []
    assert own.kinds(utc("2026-11-05 06:01")) == []
    assert own.kinds(utc("2026-11-06 06:01")) == ["file"]
