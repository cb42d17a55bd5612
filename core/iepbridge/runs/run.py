"""Runs of feeds: each under its lease, one after the other, a failure of one stopping none."""

import os
from collections.abc import Iterator, Sequence
from typing import Final

import structlog

from iepbridge.adapter import Adapter
from iepbridge.errors import IepbridgeError, Misuse
from iepbridge.ledger.run_log import begin_run, end_run
from iepbridge.ledger.transaction import Guard
from iepbridge.mapping.files import digest_of, find_files
from iepbridge.output import Unwritable
from iepbridge.runs.answering import run_acks
from iepbridge.runs.destination import destination
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.inbound import run_in
from iepbridge.runs.leasing import holder, leased
from iepbridge.runs.occasion import BY_HAND, Occasion
from iepbridge.runs.outbound import run_out
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import FeedSettings

_log = structlog.get_logger(__name__)

FAULT: Final = 70
"""What a run that ended by a fault of the program is written down with."""


def run_feeds(workplace: Workplace, names: Sequence[str]) -> Iterator[Outcome]:
    """Run feeds one after the other, and tell what each did."""
    for name in names:
        yield run_feed(workplace, name)


def run_feed(workplace: Workplace, name: str) -> Outcome:
    """Run one feed once; what stops it is its outcome, not an exception."""
    feed = feed_of(workplace, name)
    with structlog.contextvars.bound_contextvars(feed=name):
        try:
            return run_once(workplace, feed)
        except IepbridgeError as error:
            _log.error("run_stopped", exit_code=error.exit_code, reason=str(error))
            return Outcome(name, error.exit_code, {}, (str(error),))


def feed_of(workplace: Workplace, name: str) -> FeedSettings:
    """Give a feed by its name; raise `Misuse` where there is none."""
    found = workplace.settings.feeds.get(name)
    if found is None:
        known = ", ".join(workplace.settings.feeds) or "none"
        raise Misuse(f"No feed {name!r} is configured. Configured: {known}.")
    return found


def run_once(workplace: Workplace, feed: FeedSettings, occasion: Occasion = BY_HAND) -> Outcome:
    """Run a feed for an occasion; raise what kept the run from beginning, or from being told."""
    with leased(workplace, feed) as lease:
        used = _used(workplace, workplace.registry.adapter(feed.system))
        with workplace.ledger.writing(lease) as tx:
            run_id = begin_run(tx, feed.name, feed.direction, holder(), used)
            occasion.begun(tx, run_id)
        run = run_of(workplace, feed, lease, run_id)
        with structlog.contextvars.bound_contextvars(run=run_id):
            return _carried_out(run, occasion)


def run_of(workplace: Workplace, feed: FeedSettings, lease: Guard, run_id: int) -> FeedRun:
    """Put together what one run of a feed works with."""
    adapter = workplace.registry.adapter(feed.system)
    endpoint = workplace.settings.endpoints[feed.endpoint]
    target = endpoint
    if feed.destination is not None:
        target = destination(feed.name, feed.destination)
    return FeedRun(workplace, feed, adapter, endpoint, target, lease, run_id)


def _carried_out(run: FeedRun, occasion: Occasion) -> Outcome:
    """Carry out a run and write down how it ended; one that a signal ends stays interrupted."""
    code: int | None = None
    _log.info("run_begun", direction=run.feed.direction, system=run.adapter.name)
    try:
        _DIRECTIONS[run.feed.direction](run)
        code = run.outcome().code
    except (IepbridgeError, OSError) as error:
        run.problem(_ours(error))
        code = run.outcome().code
    except Exception:
        code = FAULT
        raise
    finally:
        if code is not None:
            with run.writing() as tx:
                end_run(tx, run.feed.name, run.id, code, run.counts)
                occasion.ended(tx, run.id)
    _log.info("run_ended", exit_code=code, **run.counts)
    return run.outcome()


def _ours(error: IepbridgeError | OSError) -> IepbridgeError:
    """Give the error of ours for what the system refused; endpoints tell their own."""
    if isinstance(error, IepbridgeError):
        return error
    what = os.strerror(error.errno) if error.errno else "it did not say why"
    return Unwritable(
        f"This machine refused what the run needed for its temporary files: {what}. The folder for"
        " them (TMPDIR) may be full. What was done until then is in the ledger; make room and run"
        " again."
    )


def _used(workplace: Workplace, adapter: Adapter) -> dict[str, str]:
    """Give the versions and digests of what a run uses."""
    files = find_files(adapter.name, adapter.mappings, workplace.settings.overlays)
    return {
        "adapter": f"{adapter.distribution} {adapter.version}",
        "release": adapter.release,
        "mapping": digest_of(files.values()),
    }


_DIRECTIONS: Final = {"out": run_out, "in": run_in, "acks": run_acks}
