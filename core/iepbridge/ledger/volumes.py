"""How much the runs of a feed did, and which contents of plans are known: what volumes need."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from iepbridge.ledger.schema import plan_versions, runs

_STOPPED: Final = 8
"""The exit code of a run that the guard stopped."""

IN_PART: Final = "source_files_refused"
"""What a run has counted that could not read its source whole."""

_CONTENTS: Final = select(
    plan_versions.c.plan_id, plan_versions.c.version, plan_versions.c.digest
).where(
    plan_versions.c.feed == bindparam("feed"),
    plan_versions.c.plan_id.in_(bindparam("plan_ids", expanding=True)),
)


class KnownContent(NamedTuple):
    """A content that entered a feed: its plan, its version, and the SHA-256 of what it says."""

    plan_id: str
    version: int
    digest: bytes


def known_contents(
    connection: Connection, feed: str, plan_ids: Sequence[str]
) -> list[KnownContent]:
    """Give the contents of some plans that have entered a feed; the unique key alone is read."""
    rows = connection.execute(_CONTENTS, {"feed": feed, "plan_ids": plan_ids})
    return [KnownContent._make(row) for row in rows]


def counts_of_runs(
    connection: Connection, feed: str, most: int, *having: str
) -> list[Mapping[str, int]]:
    """Give what the last runs have counted that ended by themselves, latest first.

    Those that the guard stopped, and those that have not counted all of `having`, are passed over.
    """
    own = _ended(feed).order_by(runs.c.id.desc()).limit(most)
    for what in having:
        own = own.where(_counted(what))
    return [orjson.loads(counts) for counts in connection.scalars(own)]


def plans_found_before(connection: Connection, feed: str, most: int) -> list[int]:
    """Give the plans that the last runs found which could read their source whole, latest first."""
    own = _ended(feed).where(~_counted(IN_PART), _counted("plans_found"))
    found = connection.scalars(own.order_by(runs.c.id.desc()).limit(most))
    return [int(orjson.loads(counts)["plans_found"]) for counts in found]


def _ended(feed: str) -> Select[Any]:
    return select(runs.c.counts).where(runs.c.feed == feed, runs.c.exit_code != _STOPPED)


def _counted(what: str) -> ColumnElement[bool]:
    return runs.c.counts.contains(f'"{what}"', autoescape=True)
