"""The lines of `iepbridge diff`: one for each change, and one that sums up each changed plan."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, TypeAlias

import orjson

from iepbridge.change import Change, Signer, Significance, must_sign
from iepbridge.change.files import Difference

Systems: TypeAlias = Mapping[str, Significance]
"""What is significant for each system that is spoken of, by name, in the order of the lines."""


class Lines:
    """Writes what differs as JSON Lines."""

    def __init__(self, stream: BinaryIO, systems: Systems) -> None:
        self._stream = stream
        self._systems = systems

    def add(self, one: Difference) -> None:
        """Write the lines of one plan."""
        for row in _rows(one, self._systems):
            self._stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def finish(self) -> None:
        """Do nothing: each line is complete by itself."""


def _rows(one: Difference, systems: Systems) -> Iterator[dict[str, Any]]:
    if not one.changes:
        yield {**_about(one), "kind": deed(one), "path": "", "significant_for": []}
        return
    for change in one.changes:
        marked = significant_for([change], one, systems)
        yield {
            **_about(one),
            "kind": change.kind,
            "path": change.path,
            "significant_for": marked,
        }
    yield {
        "plan_id": one.plan_id,
        "significant_for": significant_for(one.changes, one, systems),
        "must_sign": owed(one, systems),
    }


def _about(one: Difference) -> dict[str, Any]:
    return {
        "plan_id": one.plan_id,
        "old_version": one.old_version,
        "new_version": one.new_version,
    }


def deed(one: Difference) -> str:
    """Say what became of a plan: `added`, `removed` or `changed`."""
    if one.changes:
        return "changed"
    return "added" if one.old_version is None else "removed"


def significant_for(found: Iterable[Change], one: Difference, systems: Systems) -> list[str]:
    """Give the systems for which any of these changes of a plan is significant."""
    new = one.new
    if new is None:
        return []
    changes = tuple(found)
    return [
        name
        for name, significance in systems.items()
        if any(significance.counts(change, new) for change in changes)
    ]


def owed(one: Difference, systems: Systems) -> tuple[Signer, ...]:
    """Give who must still sign the new version of a plan."""
    if one.new is None:
        return ()
    return must_sign(one.new, significant=bool(significant_for(one.changes, one, systems)))
