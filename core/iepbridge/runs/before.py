"""The version before, as the other side has it: for significance, rules and updates."""

from collections.abc import Callable, Sequence

import structlog

from iepbridge.adapter import Adapter
from iepbridge.change import changes, is_significant
from iepbridge.codecs.json_text import parse_object
from iepbridge.codecs.jsonl import arrival_of_line
from iepbridge.iep_event import Completed
from iepbridge.ledger.entries import Entry
from iepbridge.plan import Plan

_log = structlog.get_logger(__name__)


class VersionBefore:
    """Gives the last version sent of the plan at hand; set anew for each plan.

    A version that was rejected was not taken by the other side, and does not count. Where the
    content of the last one is not kept, the last that is stands for it: what changed since it did
    not change less.
    """

    def __init__(self, adapter: Adapter, payload: Callable[[Entry], bytes | None]) -> None:
        self._adapter = adapter
        self._payload = payload
        self._previous: Plan | None = None

    def look_at(self, known: Sequence[Entry]) -> None:
        """Take what is known of the plan at hand."""
        self._previous = None
        for one in sent_before(known):
            if (line := self._payload(one)) is not None:
                self._previous = arrival_of_line(line, parse_object(line)).plan
                return
            _log.warning("version_before_not_kept", plan_id=one.plan_id, version=one.version)

    def __call__(self, _: str) -> Plan | None:
        """Give the last version sent, None before the first or where none is kept."""
        return self._previous

    def complete(self, plan: Plan) -> Completed:
        """Add what the system needs: for an update where there was a version before."""
        update, previous = self._adapter.update, self._previous
        if previous is None or update is None:
            return self._adapter.complete(plan)
        found = changes(previous, plan)
        return update(plan, previous, is_significant(found, self._adapter.significant, plan))


def last_sent(known: Sequence[Entry]) -> Entry | None:
    """Give what the other side has of a plan, None where it has nothing."""
    return next(iter(sent_before(known)), None)


def sent_before(known: Sequence[Entry]) -> list[Entry]:
    """Give what the other side got of a plan and has not rejected, newest first."""
    sent = (one for one in known if one.was_sent)
    return sorted(sent, key=lambda one: (one.version, one.id), reverse=True)
