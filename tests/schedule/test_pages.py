"""Health on loopback: alive, ready, metrics; a page that is added; a port that is taken."""

import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.schedule.place import Place

from iepbridge.errors import Misuse
from iepbridge.registry import Registry
from iepbridge.schedule.metrics import _ends
from iepbridge.schedule.pages import pages_of, served
from iepbridge.schedule.scheduler import Scheduler
from iepbridge.settings import EndpointSettings, Settings

HOURLY = {"schedule": "0 * * * *"}


def asked(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


@pytest.fixture
def scheduler(place: Place, registry: Registry) -> Scheduler:
    place.clock.moment = datetime.now(UTC).replace(minute=30)
    settings = place.configure(acks=HOURLY, plain={})
    place.scheduler(registry, settings).once()
    place.clock.go_on(hours=2)
    return place.scheduler(registry, settings)


def test_alive_and_ready(scheduler: Scheduler) -> None:
    with served(pages_of(scheduler), 0) as port:
        assert asked(port, "/live")[0] == 503
        assert asked(port, "/ready")[0] == 503
        scheduler.once()
        assert asked(port, "/live") == (200, "ok\n")
        assert asked(port, "/ready") == (200, "ok\n")
        scheduler.pulse.beat(ledger_is_there=False)
        assert asked(port, "/ready") == (503, "the ledger cannot be read\n")
        assert asked(port, "/live")[0] == 200
        assert asked(port, "/else")[0] == 404


def test_metrics(scheduler: Scheduler) -> None:
    scheduler.once()
    with served(pages_of(scheduler), 0) as port:
        code, text = asked(port, "/metrics")
    assert code == 200
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["iepbridge_ledger_up",] == 1
    assert found["iepbridge_runs_total", "0", "acks"] == 1
    assert found["iepbridge_slots_total", "acks", "done"] == 1
    assert found["iepbridge_slots_total", "acks", "missed"] == 1
    assert found["iepbridge_last_success_timestamp_seconds", "acks"] > 0
    following = datetime.fromtimestamp(
        found["iepbridge_next_run_timestamp_seconds", "acks"], tz=UTC
    )
    assert (following.minute, following.second) == (0, 0)
    assert ("iepbridge_next_run_timestamp_seconds", "plain") not in found


def test_metrics_without_a_ledger(scheduler: Scheduler, place: Place) -> None:
    (place.folder / "ledger" / "iepbridge.db").write_bytes(b"no ledger")
    with served(pages_of(scheduler), 0) as port:
        code, text = asked(port, "/metrics")
    assert code == 200
    assert "iepbridge_ledger_up 0.0" in text
    assert "iepbridge_runs_total{" not in text


def test_the_end_of_credentials() -> None:
    own = EndpointSettings.model_validate(
        {"name": "box", "url": "file:box", "credentials_expire": date(2027, 1, 31)}
    )
    assert list(_ends(Settings(endpoints={"box": own}))) == [
        (("box",), datetime(2027, 2, 1, tzinfo=UTC).timestamp())
    ]


def test_a_page_is_added_to_the_table() -> None:
    def dashboard(_: object, start: object) -> list[bytes]:
        start("200 OK", [])  # type: ignore[operator]
        return [b"hello"]

    with served({"/": dashboard}, 0) as port:
        assert asked(port, "/") == (200, "hello")


def test_a_port_that_is_taken_is_misuse() -> None:
    with (
        served({}, 0) as port,
        pytest.raises(Misuse, match=rf"127\.0\.0\.1:{port} cannot be listened on"),
        served({}, port),
    ):
        pass


def test_what_is_missing_is_counted(place: Place, registry: Registry) -> None:
    place.clock.moment = datetime.now(UTC) - timedelta(days=2)
    scheduler = place.scheduler(registry, place.configure(acks=HOURLY, plain={}))
    scheduler.once()
    with served(pages_of(scheduler), 0) as port:
        _, text = asked(port, "/metrics")
    told = [line for line in text.splitlines() if line.startswith("iepbridge_feed_missing")]
    assert told == ['iepbridge_feed_missing{feed="acks",kind="run"} 1.0']
