"""Metrics for Prometheus, from the ledger and the schedules: feeds, codes and counts."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from iepbridge.errors import IepbridgeError
from iepbridge.ledger import open_ledger
from iepbridge.ledger.figures import Figures, figures
from iepbridge.ledger.instants import moment
from iepbridge.ledger.schema import WAITING
from iepbridge.schedule.scheduler import Scheduler
from iepbridge.schedule.slots import slots, slots_of
from iepbridge.settings import Settings
from iepbridge.watch import missing_of_feeds

_log = structlog.get_logger(__name__)

_FRESH_SECONDS: Final = 30.0
"""Figures are counted no more often: it reads whole tables, and commits wait meanwhile."""

_COUNTED: Final = (
    ("runs", "runs of feeds that ended, by exit code", "exit_code"),
    ("slots", "slots of schedules, by what they came to", "state"),
)
_PLANS: Final = (
    ("plans", "versions of plans that entered, by the state they are in now", "state"),
    ("answers", "versions of plans that were answered, by the answer", "answer"),
)


class FeedMetrics(Collector):
    """What `/metrics` tells; asked while the ledger is away, it says just that."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._figures = _Fresh(lambda: _counted(scheduler.settings))

    def collect(self) -> Iterator[Metric]:
        """Give every metric, each with its feeds."""
        settings, now = self._scheduler.settings, datetime.now(UTC)
        found = self._figures.value()
        yield _gauge(
            "ledger_up", "whether the ledger could be read", [((), int(found is not None))]
        )
        running = [((name,), 1) for name in self._scheduler.running]
        yield _gauge("running", "feeds that run here just now", running, "feed")
        yield _gauge("next_run_timestamp_seconds", "next slot", _next_runs(settings, now), "feed")
        yield _gauge(
            "credentials_expire_timestamp_seconds",
            "the day on which the credentials of an endpoint end",
            _ends(settings),
            "endpoint",
        )
        if found is not None:
            yield from _of_ledger(found.figures, now)
            missing = "what `iepbridge missing` tells, but for credentials and the ledger"
            yield _gauge("feed_missing", missing, found.missing.items(), "feed", "kind")


def _of_ledger(found: Figures, now: datetime) -> Iterator[Metric]:
    for name, help_, label in _COUNTED:
        yield _counter(name, help_, _numbers(getattr(found, name)), "feed", label)
    for name, help_, label in _PLANS:
        yield _gauge(name, help_, _numbers(getattr(found, name)), "feed", label)
    held = "plans and files that wait for a person"
    yield _gauge("held", held, _numbers(found.held), "feed")
    unknown = "files that were sent, and whose answer was lost"
    yield _gauge("unknown_batches", unknown, _numbers(found.unknown_batches), "feed")
    successes = [((row.feed,), moment(row.at).timestamp()) for row in found.successes]
    success = "end of the last run that did its work (exit code 0 or 1)"
    yield _gauge("last_success_timestamp_seconds", success, successes, "feed")
    waiting = [row for row in found.plans if row.state == WAITING]
    ages = [((row.feed,), (now - moment(row.oldest)).total_seconds()) for row in waiting]
    yield _gauge("oldest_waiting_seconds", "age of the oldest plan that waits", ages, "feed")


_Samples = Iterable[tuple[tuple[Any, ...], float]]


def _numbers(rows: Iterable[Any]) -> _Samples:
    """Give rows as labels and number: all columns but `number` and `oldest` are labels."""
    for row in rows:
        cells = row._asdict()
        cells.pop("oldest", None)
        number = cells.pop("number")
        yield tuple(cells.values()), number


def _gauge(name: str, help_: str, samples: _Samples, *labels: str) -> Metric:
    return _filled(GaugeMetricFamily(f"iepbridge_{name}", help_, labels=labels), samples)


def _counter(name: str, help_: str, samples: _Samples, *labels: str) -> Metric:
    return _filled(CounterMetricFamily(f"iepbridge_{name}", help_, labels=labels), samples)


def _filled(metric: Any, samples: _Samples) -> Metric:
    for labels, value in samples:
        metric.add_metric([str(label) for label in labels], value)
    filled: Metric = metric
    return filled


def _next_runs(settings: Settings, now: datetime) -> Iterator[tuple[tuple[str], float]]:
    for feed in settings.feeds.values():
        if feed.enabled and feed.schedule:
            slot = next(slots_of(feed)(now), None)
            if slot is not None:
                yield (feed.name,), slot.at.timestamp()


def _ends(settings: Settings) -> Iterator[tuple[tuple[str], float]]:
    for endpoint in settings.endpoints.values():
        day = endpoint.credentials_expire
        if day is not None:
            end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
            yield (endpoint.name,), end.timestamp()


class _Counted(NamedTuple):
    """Figures, and how much is missing by feed and kind."""

    figures: Figures
    missing: Counter[tuple[str, str]]


def _counted(settings: Settings) -> _Counted | None:
    try:
        ledger = open_ledger(settings.ledger, new=False)
        with ledger, ledger.reading() as connection:
            found = missing_of_feeds(connection, settings, datetime.now(UTC), slots)
            missing = Counter((one.feed or "", str(one.kind)) for one in found)
            return _Counted(figures(connection), missing)
    except IepbridgeError as error:
        _log.warning("figures_missing", exit_code=error.exit_code, reason=str(error))
        return None


class _Fresh:
    """A value that is made anew when it has grown old; one thread makes it, the others wait."""

    def __init__(self, make: Callable[[], _Counted | None]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._at = -_FRESH_SECONDS
        self._value: _Counted | None = None

    def value(self) -> _Counted | None:
        with self._lock:
            if self._value is None or time.monotonic() - self._at > _FRESH_SECONDS:
                self._value = self._make()
                self._at = time.monotonic()
            return self._value
