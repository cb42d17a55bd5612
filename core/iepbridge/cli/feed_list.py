"""The deed behind `iepbridge feeds`: how each feed stands, from its settings and the ledger."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from iepbridge.cli.feeding import configured, opened_ledger
from iepbridge.cli.rows import Row, is_plain, print_table, write_line, write_rows
from iepbridge.cli.telling import begin
from iepbridge.ledger.batches import Batch
from iepbridge.ledger.instants import instant, system_clock
from iepbridge.ledger.transaction import Ledger
from iepbridge.ledger.views import FeedState, feed_state
from iepbridge.schedule.slots import slots_of
from iepbridge.settings import FeedSettings

_HEADINGS: Final = ("feed", "last run", "next run", "plans")
_FIGURES: Final = {
    "sent": "sent",
    "accepted": "accepted",
    "warnings": "with warnings",
    "rejected": "rejected",
    "unanswered": "no answer",
    "held": "held",
    "waiting": "waiting",
    "unknown": "unknown",
}
_WAYS: Final = {"out": "to", "in": "from", "acks": "answers of"}


def perform(arguments: argparse.Namespace) -> int:
    """List every feed."""
    begin(arguments)
    plain = is_plain(arguments)
    settings = configured(arguments)
    with opened_ledger(settings, as_it_is=True) as ledger:
        rows = [_row(feed, ledger, system_clock()) for feed in settings.feeds.values()]
    if plain:
        write_rows(rows)
    else:
        _print(rows)
    return 0


def _row(feed: FeedSettings, ledger: Ledger, now: datetime) -> dict[str, Any]:
    with ledger.reading() as connection:
        state = feed_state(connection, feed.name, instant(now))
    row = {**_configured(feed), "next_run": _next_run(feed, now), **_stands(state)}
    return row if feed.direction == "out" else {**row, "unanswered": 0}  # no answer is due


def _configured(feed: FeedSettings) -> dict[str, Any]:
    return {
        "feed": feed.name,
        "direction": feed.direction,
        "system": feed.system,
        "endpoint": feed.endpoint,
        "enabled": feed.enabled,
        "schedule": feed.schedule,
        "timezone": feed.timezone,
    }


def _stands(state: FeedState) -> dict[str, Any]:
    return {
        "state": _state(state),
        "last_run": _last_run(state),
        "sent": state.sent,
        **state.answers,
        "unanswered": state.unanswered,
        "held": state.held,
        "waiting": state.states["waiting"],
        "unknown": state.states["unknown"],
        "unknown_batches": [_batch(one) for one in state.unknown_batches],
        "states": dict(state.states),
        "files": dict(state.files),
    }


def _state(state: FeedState) -> str:
    """Say in a word how the last run stands."""
    if state.last_run is None:
        return "never run"
    if state.last_run.ended_at is not None:
        return "ended"
    return "running" if state.is_running else "interrupted"


def _last_run(state: FeedState) -> Mapping[str, Any] | None:
    run = state.last_run
    if run is None:
        return None
    return {
        "run": run.id,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "exit_code": run.exit_code,
        "counts": None if run.counts is None else orjson.loads(run.counts),
    }


def _next_run(feed: FeedSettings, now: datetime) -> str | None:
    if feed.schedule is None or not feed.enabled:
        return None
    slot = next(slots_of(feed)(now), None)
    return None if slot is None else slot.at.astimezone(feed.zone).isoformat()


def _batch(batch: Batch) -> dict[str, Any]:
    return {"batch": batch.id, "file": batch.name, "plans": batch.plans}


def _print(rows: list[dict[str, Any]]) -> None:
    print_table(_HEADINGS, map(_cells, rows))
    for row in rows:
        for batch in row["unknown_batches"]:
            write_line(
                f"{row['feed']}: nobody knows whether {batch['file']} arrived. The next run looks"
                f" for it; ask its receiver, and `iepbridge resolve {batch['batch']}` settles it."
            )


def _cells(row: Row) -> list[str]:
    flow = f"{_WAYS[row['direction']]} {row['system']}, {row['endpoint']}"
    figures = _FIGURES | ({"sent": "read"} if row["direction"] == "in" else {})
    counted = [f"{row[name]:,} {words}" for name, words in figures.items() if row[name]]
    return [f"{row['feed']}\n{flow}", _told(row), _due(row), "\n".join(counted)]


def _told(row: Row) -> str:
    last = row["last_run"]
    if last is None:
        return str(row["state"])
    ended = f"exit code {last['exit_code']}" if row["state"] == "ended" else row["state"]
    return f"{_minute(last['started_at'])} UTC\n{ended}"


def _due(row: Row) -> str:
    if not row["enabled"]:
        return "disabled"
    due = row["next_run"]
    return "by hand" if due is None else f"{_minute(due)}\n{row['timezone']}"


def _minute(instant: str) -> str:
    return instant[:16].replace("T", " ")
