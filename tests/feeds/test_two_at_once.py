"""Two runs of one feed: one works, the other is told so; one that slept too long writes nothing."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.feeds.conftest import place_of
from tests.feeds.other_side import PATTERNS, Taker, arrived, files_in, found_in
from tests.feeds.site import Data, Site, environment, refs
from tests.servers import openssh

BUSY = 5
PATIENCE_SECONDS = 60
STEPS = [
    pytest.param("upload", "before", marks=pytest.mark.long),
    pytest.param("upload", "after", marks=pytest.mark.long),
    pytest.param("rename", "before", marks=pytest.mark.long),
    ("rename", "after"),
]


@pytest.fixture
def both(tmp_path: Path, ledger_url: str) -> Site:
    """Give an installation with a ledger of each kind."""
    return Site(tmp_path / "site", ledger_url)


@contextlib.contextmanager
def sleeper(site: Site, step: str, when: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Give a run that has fallen asleep at a step."""
    words = [str(site.configuration()), "out", step, when]
    command = [sys.executable, "-m", "tests.feeds.sleeper", *words]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.communicate()


def woken(process: "subprocess.Popen[bytes]") -> int:
    """Wake a run and give its exit code."""
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode


def when_the_lease_has_ended(site: Site) -> int:
    """Run the feed as soon as another run's lease has ended; give the exit code."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (code := site.run("out").code) == BUSY and time.monotonic() < end:
        time.sleep(0.2)
    return code


def sends(site: Site, folder: Path, lease_seconds: int) -> None:
    """Configure a feed that sends each plan in a file of its own."""
    site.tables["ledger"]["lease_seconds"] = lease_seconds
    site.endpoint("texas", url=f"file:{folder}")
    site.out("out", "twist", "texas", batch_size=1)


@pytest.mark.linux
def test_one_works_and_the_other_is_told(both: Site, plans: list[Data], tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    sends(both, inbox, lease_seconds=600)
    both.put(*plans[:3])
    with sleeper(both, "rename", "before") as first:
        second = both.command("run", "out")
        assert second.returncode == BUSY
        assert b"another run is under way" in second.stdout
        assert b"plans_sent" not in second.stdout
        assert woken(first) == 0
    assert arrived("twist", inbox) == refs(plans[:3])
    assert both.states("out")["delivered"] == dict.fromkeys(refs(plans[:3]), 1)


@pytest.mark.linux
@pytest.mark.parametrize(("step", "when"), STEPS)
def test_one_that_slept_past_its_lease_writes_nothing(
    both: Site, plans: list[Data], tmp_path: Path, step: str, when: str
) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    sends(both, inbox, lease_seconds=1)
    both.put(*plans[:3])
    with sleeper(both, step, when) as first:
        assert when_the_lease_has_ended(both) == 0
        assert arrived("twist", inbox) == refs(plans[:3])
        settled = both.states("out")
        assert woken(first) == BUSY
    assert both.states("out") == settled == {"delivered": dict.fromkeys(refs(plans[:3]), 1)}
    assert arrived("twist", inbox) == refs(plans[:3])
    both.assert_sound()
    assert both.run("out").code == 0
    assert arrived("twist", inbox) == refs(plans[:3])


@pytest.mark.linux
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_receiver_that_takes_at_once_gets_nothing_twice(
    site: Site, plans: list[Data], tmp_path: Path, when: str
) -> None:
    with openssh(tmp_path) as server:
        place = place_of(server)
        inbox, away = place.made("in"), place.made("away")
        sends(site, inbox, lease_seconds=1)
        site.endpoint("texas", **place.reached(inbox))
        site.put(*plans[:3])
        with Taker(inbox, away, PATTERNS["twist"]), sleeper(site, "rename", when) as first:
            assert when_the_lease_has_ended(site) in (0, 7)
            assert woken(first) == BUSY
            assert site.run("out").code in (0, 7)
        assert sorted(taken(away)) == sorted(refs(plans[:3]))
        assert not files_in(inbox)
    assert site.states("out").keys() <= {"delivered", "unknown"}


def taken(away: Path) -> list[tuple[str, int]]:
    """Give the plans of all files that were taken away."""
    contents = files_in(away).values()
    return [ref for content in contents for ref in found_in("twist", content)]
