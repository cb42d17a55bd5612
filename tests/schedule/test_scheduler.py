"""The scheduler: what is due by the ledger, run once, coalesced, taken over, stopped."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from tests.schedule.place import Place
from tests.servers.ledgers import KEY

from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from iepbridge.ledger.schema import leases, runs, slots
from iepbridge.registry import Registry
from iepbridge.schedule.scheduler import Scheduler
from iepbridge.schedule.working import Worker
from iepbridge.transports import open_session

HOURLY = {"schedule": "0 * * * *"}
Events = list[dict[str, Any]]


def named(events: Events, name: str) -> Events:
    return [one for one in events if one["event"] == name]


def test_a_new_feed_counts_from_now_on(both: Place, registry: Registry) -> None:
    scheduler = both.scheduler(registry, both.configure(acks=HOURLY))
    assert scheduler.once() == 0
    assert both.slots() == []
    both.clock.go_on(minutes=59)
    assert both.scheduler(registry, scheduler.settings).once() == 0
    assert both.slots() == []
    both.clock.go_on(minutes=1)
    assert both.scheduler(registry, scheduler.settings).once() == 0
    assert both.slots() == [("2026-11-02T13:00", "done")]
    (run,) = both.runs()
    assert both.rows()[-1].run_id == run.id
    assert (run.exit_code, both.rows()[-1].ended_at) == (0, run.ended_at)


def test_of_missed_slots_the_latest_gets_a_run(
    both: Place, registry: Registry, events: Events
) -> None:
    settings = both.configure(acks=HOURLY)
    both.scheduler(registry, settings).once()
    both.clock.go_on(hours=3, minutes=20)
    both.scheduler(registry, settings).once()
    assert both.slots() == [
        ("2026-11-02T13:00", "missed"),
        ("2026-11-02T14:00", "missed"),
        ("2026-11-02T15:00", "done"),
    ]
    assert len(both.runs()) == 1
    (told,) = named(events, "slots_missed")
    assert (told["slots"], told["since"], told["until"]) == (
        2,
        "2026-11-02T13:00",
        "2026-11-02T14:00",
    )


def test_a_clock_put_back_repeats_nothing(place: Place, registry: Registry, events: Events) -> None:
    settings = place.configure(acks=HOURLY)
    scheduler = place.scheduler(registry, settings)
    scheduler.once()
    place.clock.go_on(hours=2)
    place.scheduler(registry, settings).once()
    done = place.slots()
    place.clock.go_on(hours=-1, minutes=-30)
    for _ in range(6):
        place.scheduler(registry, settings).once()
        place.clock.go_on(minutes=15)
    assert place.slots() == done
    assert named(events, "clock_went_back")
    place.clock.go_on(hours=1)
    place.scheduler(registry, settings).once()
    assert place.slots() == [*done, ("2026-11-02T15:00", "done")]


def test_a_changed_schedule_counts_from_now_on(place: Place, registry: Registry) -> None:
    place.scheduler(registry, place.configure(acks={"schedule": "0 2 * * *"})).once()
    place.clock.go_on(hours=3)
    place.scheduler(registry, place.configure(acks=HOURLY)).once()
    assert place.slots() == []
    place.clock.go_on(hours=1)
    place.scheduler(registry, place.settings()).once()
    assert place.slots() == [("2026-11-02T16:00", "done")]


def test_a_feed_that_was_out_of_use_misses_nothing(place: Place, registry: Registry) -> None:
    place.scheduler(registry, place.configure(acks=HOURLY)).once()
    place.scheduler(registry, place.configure(acks={**HOURLY, "enabled": False})).once()
    place.clock.go_on(days=30)
    place.scheduler(registry, place.configure(acks={**HOURLY, "enabled": False})).once()
    place.scheduler(registry, place.configure(acks=HOURLY)).once()
    assert place.slots() == []
    assert [row.schedule for row in place.rows()] == ["0 * * * * UTC", "", "0 * * * * UTC"]


def test_a_feed_without_a_schedule_is_not_run(place: Place, registry: Registry) -> None:
    settings = place.configure(acks={})
    for _ in range(3):
        place.scheduler(registry, settings).once()
        place.clock.go_on(days=1)
    assert (place.rows(), place.runs()) == ([], [])


def killed(place: Place, run_id: int) -> None:
    """Make the ledger as a kill in the middle of a run leaves it, its lease still on."""
    later = "9999-01-01T00:00:00.000000Z"
    with open_ledger_at(place.url, Keyring.parse(KEY)) as ledger, ledger.writing() as tx:
        tx.connection.execute(update(runs).values(ended_at=None, exit_code=None))
        own = update(slots).where(slots.c.run_id == run_id)
        tx.connection.execute(own.values(state="begun", ended_at=None))
        tx.connection.execute(update(leases).values(expires_at=later))


def let_leases_end(place: Place) -> None:
    with open_ledger_at(place.url, Keyring.parse(KEY)) as ledger, ledger.writing() as tx:
        past = "2000-01-01T00:00:00.000000Z"
        tx.connection.execute(update(leases).values(expires_at=past))


@pytest.mark.parametrize("hours", [0, 1])
def test_a_slot_whose_run_was_killed_is_run_when_its_lease_has_ended(
    both: Place, registry: Registry, hours: int
) -> None:
    settings = both.configure(acks=HOURLY)
    both.scheduler(registry, settings).once()
    both.clock.go_on(hours=1)
    both.scheduler(registry, settings).once()
    first = both.runs()[0].id
    killed(both, first)
    both.clock.go_on(hours=hours)
    both.scheduler(registry, settings).once()
    assert both.slots() == [("2026-11-02T13:00", "begun")]
    let_leases_end(both)
    both.scheduler(registry, settings).once()
    second = both.runs()[-1].id
    assert second != first
    if hours:
        settled = [("2026-11-02T13:00", "coalesced"), ("2026-11-02T14:00", "done")]
    else:
        settled = [("2026-11-02T13:00", "done")]
    assert both.slots() == settled
    assert both.rows()[-1].run_id == second


class Gate:
    """Sessions that wait until a test lets them go."""

    def __init__(self) -> None:
        self.reached = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self, *place: Any) -> Any:
        self.reached.release()
        assert self.open.wait(60)
        return open_session(*place)


Serve = Callable[[Scheduler], threading.Thread]


@pytest.fixture
def serve() -> Any:
    """Give a function that lets a scheduler serve in a thread; it is stopped at the end."""
    begun: list[tuple[Scheduler, threading.Thread]] = []

    def begin(scheduler: Scheduler) -> threading.Thread:
        thread = threading.Thread(target=scheduler.serve)
        begun.append((scheduler, thread))
        thread.start()
        return thread

    yield begin
    for scheduler, thread in begun:
        scheduler.orders.put("stop")
        thread.join(60)


def test_slots_that_pass_during_a_run_are_one(
    place: Place, registry: Registry, events: Events
) -> None:
    settings = place.configure(acks={"schedule": "*/10 * * * *"})
    gate = Gate()
    scheduler = place.scheduler(registry, settings, worker=Worker(registry, place.clock, gate))
    scheduler.tick()
    place.clock.go_on(minutes=10)
    scheduler.tick()
    assert gate.reached.acquire(timeout=60)
    place.clock.go_on(minutes=35)
    scheduler.tick()
    assert scheduler.running == ["acks"]
    assert not gate.reached.acquire(blocking=False)
    gate.open.set()
    while scheduler.running:
        assert scheduler.orders.get(timeout=60) == "look"
    scheduler.once()
    assert place.slots() == [
        ("2026-11-02T12:10", "done"),
        ("2026-11-02T12:20", "coalesced"),
        ("2026-11-02T12:30", "coalesced"),
        ("2026-11-02T12:40", "done"),
    ]
    assert len(place.runs()) == 2
    assert named(events, "slots_coalesced")[0]["slots"] == 2


def test_once_runs_all_that_is_due_however_many_at_once(place: Place, registry: Registry) -> None:
    settings = place.configure(**dict.fromkeys("abcde", HOURLY))
    place.scheduler(registry, settings).once()
    place.clock.go_on(hours=1)
    assert place.scheduler(registry, settings).once() == 0
    assert sorted(run.feed for run in place.runs()) == list("abcde")


def test_so_many_at_once_and_stop_lets_them_end(
    place: Place, registry: Registry, serve: Serve
) -> None:
    settings = place.configure(**dict.fromkeys(("a", "b", "c"), HOURLY))
    place.scheduler(registry, settings).once()
    place.clock.go_on(hours=1)
    gate = Gate()
    scheduler = place.scheduler(registry, settings, worker=Worker(registry, place.clock, gate))
    thread = serve(scheduler)
    for _ in range(2):
        assert gate.reached.acquire(timeout=60)
    assert len(scheduler.running) == settings.serve.feeds_at_once == 2
    scheduler.orders.put("stop")
    gate.open.set()
    thread.join(60)
    assert not thread.is_alive()
    assert [row.exit_code for row in place.runs()] == [0, 0]
    assert [state for _, state in place.slots()] == ["done", "done"]


def test_a_second_order_to_stop_waits_no_longer(
    place: Place, registry: Registry, serve: Serve, events: Events
) -> None:
    settings = place.configure(acks=HOURLY)
    place.scheduler(registry, settings).once()
    place.clock.go_on(hours=1)
    gate = Gate()
    scheduler = place.scheduler(registry, settings, worker=Worker(registry, place.clock, gate))
    thread = serve(scheduler)
    assert gate.reached.acquire(timeout=60)
    scheduler.orders.put("stop")
    scheduler.orders.put("stop")
    thread.join(60)
    assert not thread.is_alive()
    assert named(events, "runs_left")
    assert place.slots() == [("2026-11-02T13:00", "begun")]
    gate.open.set()
    while scheduler.running:
        scheduler.orders.get(timeout=60)


def test_a_fault_in_one_feed_stops_no_other(
    place: Place, registry: Registry, events: Events
) -> None:
    settings = place.configure(a=HOURLY, b=HOURLY)
    place.scheduler(registry, settings).once()
    place.clock.go_on(hours=1)
    broken = threading.Event()

    def connect(*where: Any) -> Any:
        if not broken.is_set():
            broken.set()
            raise RuntimeError("900-12-3456")
        return open_session(*where)

    worker = Worker(registry, place.clock, connect)
    assert place.scheduler(registry, settings, worker=worker).once() == 70
    assert sorted(run.exit_code for run in place.runs()) == [0, 70]
    assert [state for _, state in place.slots()] == ["done", "done"]
    (told,) = named(events, "run_broken")
    assert "900" not in str(told)


def test_a_run_that_cannot_begin_leaves_the_slot_due(
    place: Place, registry: Registry, events: Events
) -> None:
    settings = place.configure(acks=HOURLY)
    place.scheduler(registry, settings).once()
    place.clock.go_on(hours=1)
    none = Registry({}, {})
    assert place.scheduler(none, settings).once() == 2
    assert named(events, "run_stopped")
    assert place.slots() == []
    assert place.scheduler(registry, settings).once() == 0
    assert place.slots() == [("2026-11-02T13:00", "done")]


def test_a_wrong_configuration_is_told_and_the_old_one_kept(
    place: Place, registry: Registry, events: Events
) -> None:
    settings = place.configure(acks=HOURLY)
    scheduler = place.scheduler(registry, settings)
    (place.folder / "iepbridge.toml").write_text("[feeds.acks]\ndirection = 1\n")
    scheduler._reload()
    assert scheduler.settings is settings
    assert named(events, "configuration_refused")
    scheduler.tick()
    assert scheduler.pulse.troubles() == ["the configuration is wrong; the one before is in use"]
    place.configure(other=HOURLY)
    scheduler._reload()
    scheduler.tick()
    assert list(scheduler.settings.feeds) == ["other"]
    assert scheduler.pulse.troubles() == []


def test_a_ledger_that_is_away_is_told_once_and_found_again(
    place: Place, registry: Registry, events: Events
) -> None:
    scheduler = place.scheduler(registry, place.configure(acks=HOURLY))
    file = Path(place.url.removeprefix("sqlite:///"))
    kept = file.read_bytes()
    file.write_bytes(b"this is no ledger" * 100)
    for _ in range(3):
        scheduler.tick()
    assert scheduler.pulse.troubles() == ["the ledger cannot be read"]
    assert len(named(events, "ledger_away")) == 1
    file.write_bytes(kept)
    scheduler.tick()
    assert scheduler.pulse.troubles() == []


_GUARDED = """
[feeds.plans]
direction = "out"
system = "twist"
endpoint = "box"
source = "plans.jsonl"
sender = "GCWS"
receiver = "TWC"
schedule = "0 * * * *"
volume_first = 0
"""


def test_a_run_that_the_volume_guard_stopped_waits_for_a_person_or_the_next_slot(
    place: Place, registry: Registry
) -> None:
    place.configure()
    (place.folder / "plans.jsonl").write_text('{"plan_id": "P-1", "version": 1}\n')
    with (place.folder / "iepbridge.toml").open("a") as configuration:
        configuration.write(_GUARDED)
    settings = place.settings()
    place.scheduler(registry, settings).once()
    for codes in ([8], [8, 8]):
        place.clock.go_on(hours=1)
        assert place.scheduler(registry, settings).once() == 8
        assert place.scheduler(registry, settings).once() == 0
        assert [run.exit_code for run in place.runs()] == codes
    assert [state for _, state in place.slots()] == ["done", "done"]
