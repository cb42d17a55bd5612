"""Slots that no run kept: which count, when they are told, and what is said of them."""

from datetime import timedelta

import pytest
from tests.watch.conftest import Make
from tests.watch.world import World, utc

DAILY = {"schedule": "0 2 * * *", "quiet_days": 0}
SLOT = utc("2026-11-04 02:00")


def first_seen(world: World) -> World:
    world.begins(utc("2026-11-02 12:00"))
    world.run(utc("2026-11-02 12:00"))
    return world


def test_a_slot_that_a_run_kept_is_not_missing(world: Make) -> None:
    own = first_seen(world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(SLOT, code=1)
    assert own.kinds(SLOT + timedelta(hours=20)) == []


def test_a_slot_without_a_run_is_missing_once_the_grace_is_over(world: Make) -> None:
    own = first_seen(world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    assert own.kinds(SLOT + timedelta(minutes=59)) == []
    (found,) = own.missing(SLOT + timedelta(minutes=60))
    assert (found.kind, found.since) == ("run", "2026-11-04T02:00:00.000000Z")
    assert found.what == ("No run did the work that was due at 2026-11-04 02:00 (UTC): none began.")
    assert "`iepbridge run feed`" in found.remedy


def test_a_late_run_keeps_a_slot(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(SLOT + timedelta(hours=9))
    assert own.kinds(SLOT + timedelta(hours=8)) == ["run"]
    assert own.kinds(SLOT + timedelta(hours=10)) == []


@pytest.mark.parametrize("code", [2, 4, 6, 7, 8, 70])
def test_a_run_that_did_not_do_its_work_keeps_no_slot(small_world: Make, code: int) -> None:
    own = first_seen(small_world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(SLOT, code=code)
    (found,) = own.missing(SLOT + timedelta(hours=2))
    assert f"exit code {code}" in found.what
    own.run(SLOT + timedelta(hours=3))
    assert own.kinds(SLOT + timedelta(hours=4)) == []


def test_a_run_that_goes_on_is_missing_after_the_grace(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(SLOT, minutes=180)
    assert own.kinds(SLOT + timedelta(minutes=50)) == []
    (found,) = own.missing(SLOT + timedelta(minutes=90))
    assert "has not ended" in found.what
    assert own.kinds(SLOT + timedelta(minutes=181)) == []


def test_a_killed_run_is_one_that_has_not_ended(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY))
    own.run(SLOT, code=None)
    assert "has not ended" in own.missing(SLOT + timedelta(hours=5))[0].what


def test_a_run_from_before_the_slot_that_goes_on_is_named(world: Make) -> None:
    own = first_seen(world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(SLOT - timedelta(hours=4), minutes=600)
    (found,) = own.missing(SLOT + timedelta(hours=2))
    assert found.what == (
        "No run did the work that was due at 2026-11-04 02:00 (UTC):"
        " the one that began at 2026-11-03 22:00 (UTC) has not ended."
    )
    assert "`iepbridge feeds` says whether it is alive" in found.remedy
    assert "none began" in own.missing(SLOT + timedelta(hours=7))[0].what


def test_a_run_that_began_for_a_later_slot_is_not_named(small_world: Make) -> None:
    own = first_seen(small_world(schedule="0 * * * *", quiet_days=0, missing_grace_minutes=70))
    own.run(utc("2026-11-04 01:00"))
    own.run(utc("2026-11-04 03:00"), code=None)
    assert "none began" in own.missing(utc("2026-11-04 03:15"))[0].what


def test_a_killed_run_is_not_named_once_another_began(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY))
    own.run(utc("2026-11-03 01:00"), code=None)
    own.run(utc("2026-11-03 02:00"))
    assert "none began" in own.missing(SLOT + timedelta(hours=2))[0].what


def test_many_slots_are_one_thing(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(utc("2026-11-06 02:00"), code=4)
    (found,) = own.missing(utc("2026-11-06 08:00"))
    assert found.what == (
        "No run did the work that was due at 3 times since 2026-11-04 02:00 (UTC):"
        " the last one ended with exit code 4."
    )


def test_more_than_a_hundred_are_not_counted(small_world: Make) -> None:
    own = first_seen(small_world(schedule="* * * * *", quiet_days=0))
    (found,) = own.missing(utc("2026-11-06 08:00"))
    assert "100 or more times" in found.what


def test_what_was_missed_is_told_for_one_slot_even_if_made_up_for(small_world: Make) -> None:
    """A monitor that looks once between two slots hears of each."""
    own = first_seen(small_world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(utc("2026-11-05 02:00"))
    (found,) = own.missing(utc("2026-11-05 02:30"))
    assert found.since == "2026-11-04T02:00:00.000000Z"
    assert "made up for it" in found.remedy
    assert own.kinds(utc("2026-11-05 03:00")) == []


def test_slots_during_a_run_are_left_to_the_next(small_world: Make) -> None:
    own = first_seen(small_world(schedule="*/15 * * * *", quiet_days=0, missing_grace_minutes=5))
    own.run(utc("2026-11-04 02:00"), minutes=50)
    own.run(utc("2026-11-04 02:50"))
    assert "has not ended" in own.missing(utc("2026-11-04 02:30"))[0].what
    for minute in range(51, 65):
        assert own.kinds(utc("2026-11-04 02:00") + timedelta(minutes=minute)) == []


def test_a_slot_during_a_run_may_be_kept_after_the_next_slot(small_world: Make) -> None:
    own = first_seen(small_world(schedule="*/15 * * * *", quiet_days=0))
    own.run(utc("2026-11-04 02:00"), minutes=50)
    own.run(utc("2026-11-04 02:50"))
    assert own.kinds(utc("2026-11-04 03:20")) == []


def test_slots_are_by_the_clock_of_the_feed(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY, timezone="America/Chicago"))
    assert own.kinds(utc("2026-11-03 08:59")) == []
    assert "2026-11-03 02:00 (America/Chicago)" in own.missing(utc("2026-11-03 09:00"))[0].what


def test_a_slot_on_a_day_off_is_not_missing(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY, calendar="us-federal"))
    for day in ("03", "04", "05", "06"):
        own.run(utc(f"2026-11-{day} 02:00"))
    assert own.kinds(utc("2026-11-09 02:59")) == []
    assert own.missing(utc("2026-11-09 03:00"))[0].since == "2026-11-09T02:00:00.000000Z"
    assert own.missing(utc("2026-11-12 01:00"))[0].what.startswith(
        "No run did the work that was due at 2 times since 2026-11-09"
    )


def test_a_run_on_a_day_off_makes_up_for_the_slot_before(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY, calendar="weekdays"))
    for day in ("03", "04", "05"):
        own.run(utc(f"2026-11-{day} 02:00"))
    assert own.kinds(utc("2026-11-06 04:00")) == ["run"]
    own.run(utc("2026-11-07 02:00"))
    assert own.kinds(utc("2026-11-07 04:00")) == []


def test_nothing_is_due_of_a_feed_that_was_never_seen(world: Make) -> None:
    own = world(**DAILY)
    assert own.kinds(utc("2026-11-30 02:00")) == []


def test_a_schedule_counts_from_the_first_trace_of_its_feed(world: Make) -> None:
    own = world(**DAILY)
    own.watched(utc("2026-11-03 12:00"), "0 2 * * * UTC")
    assert own.kinds(utc("2026-11-04 02:30")) == []
    assert own.missing(utc("2026-11-04 03:00"))[0].since == "2026-11-04T02:00:00.000000Z"


def test_a_changed_schedule_counts_from_then_on(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY))
    own.watched(utc("2026-11-04 12:00"), "0 2 * * * UTC")
    assert own.kinds(utc("2026-11-04 13:00")) == []
    assert own.kinds(utc("2026-11-04 11:00")) == ["run"]


def test_by_hand_nothing_is_due(small_world: Make) -> None:
    own = first_seen(small_world(quiet_days=0))
    assert own.kinds(utc("2027-11-04 02:00")) == []


def test_disabled_nothing_is_due(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY, enabled=False))
    assert own.kinds(utc("2027-11-04 02:00")) == []


def test_only_what_was_known_then_counts(small_world: Make) -> None:
    own = first_seen(small_world(**DAILY))
    own.run(utc("2026-11-03 02:00"))
    own.run(SLOT + timedelta(hours=9), minutes=30)
    assert own.kinds(SLOT + timedelta(hours=9, minutes=29)) == ["run"]
    assert own.kinds(SLOT + timedelta(hours=9, minutes=30)) == []
