"""What a scheduler runs is not missing; what it slept through is, until it has run again."""

from tests.schedule.conftest import place, registry
from tests.schedule.place import Place
from tests.servers.ledgers import KEY

from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from iepbridge.registry import Registry
from iepbridge.schedule.slots import slots
from iepbridge.watch import missing_of_feeds

__all__ = ["place", "registry"]

HOURLY = {"schedule": "0 * * * *"}


def kinds(own: Place) -> list[str]:
    with open_ledger_at(own.url, Keyring.parse(KEY)) as ledger, ledger.reading() as connection:
        found = missing_of_feeds(connection, own.settings(), own.clock.moment, slots)
        return [one.kind for one in found]


def test_a_scheduler_keeps_its_slots(place: Place, registry: Registry) -> None:
    scheduler = place.scheduler(registry, place.configure(feed=HOURLY))
    scheduler.once()
    for _ in range(12):
        place.clock.go_on(minutes=59)
        assert kinds(place) == []
        place.clock.go_on(minutes=2)
        scheduler.once()
        assert kinds(place) == []


def test_a_scheduler_that_slept(place: Place, registry: Registry) -> None:
    scheduler = place.scheduler(registry, place.configure(feed=HOURLY))
    scheduler.once()
    place.clock.go_on(hours=1)
    scheduler.once()
    place.clock.go_on(hours=3, minutes=30)
    assert kinds(place) == ["run"]
    place.scheduler(registry, place.settings()).once()
    assert kinds(place) == ["run"]
    place.clock.go_on(minutes=30)
    assert kinds(place) == []
