"""Figures over all feeds at once, for those who watch: runs, plans, what is held or unknown."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Connection, Row, func, select

from iepbridge.ledger.schema import UNKNOWN, batches, held, plan_versions, runs, slots

_DONE: Final = (0, 1)
"""The exit codes of a run that did its work, whether or not something is held."""


class Figures(NamedTuple):
    """Rows by feed; `successes` have `at`, `plans` have `oldest`, the others `number`."""

    runs: Sequence[Row[Any]]
    successes: Sequence[Row[Any]]
    plans: Sequence[Row[Any]]
    answers: Sequence[Row[Any]]
    held: Sequence[Row[Any]]
    unknown_batches: Sequence[Row[Any]]
    slots: Sequence[Row[Any]]


def figures(connection: Connection) -> Figures:
    """Count; this reads the whole table of plan versions, so it is not to be asked often."""
    number = func.count().label("number")
    oldest = func.min(plan_versions.c.entered_at).label("oldest")
    by_feed = {
        "runs": _by(runs.c.feed, runs.c.exit_code, number).where(runs.c.exit_code.is_not(None)),
        "successes": _by(runs.c.feed, func.max(runs.c.ended_at).label("at")).where(
            runs.c.exit_code.in_(_DONE)
        ),
        "plans": _by(plan_versions.c.feed, plan_versions.c.state, number, oldest),
        "answers": _by(plan_versions.c.feed, plan_versions.c.answer, number).where(
            plan_versions.c.answer.is_not(None)
        ),
        "held": _by(held.c.feed, number).where(held.c.ended_at.is_(None)),
        "unknown_batches": _by(batches.c.feed, number).where(batches.c.state == UNKNOWN),
        "slots": _by(slots.c.feed, slots.c.state, number),
    }
    return Figures(**{name: connection.execute(own).all() for name, own in by_feed.items()})


def _by(*columns: Any) -> Any:
    """Select columns, and count by those that are no counts themselves."""
    return select(*columns).group_by(*(one for one in columns if isinstance(one, Column)))
