"""The version before, as the other side has it: for significance, rules and updates."""

from collections.abc import Callable, Sequence

from iepbridge.adapter import Adapter
from iepbridge.change import changes, is_significant
from iepbridge.codecs.json_text import parse_object
from iepbridge.codecs.jsonl import arrival_of_line
from iepbridge.iep_event import Completed
from iepbridge.ledger.entries import Entry
from iepbridge.plan import Plan


class VersionBefore:
    """Gives the last version sent of the plan at hand; set anew for each plan.

    A version that was rejected was not taken by the other side, and does not count.
    """

    def __init__(self, adapter: Adapter, payload: Callable[[Entry], bytes | None]) -> None:
        self._adapter = adapter
        self._payload = payload
        self._previous: Plan | None = None

    def look_at(self, known: Sequence[Entry]) -> None:
        """Take what is known of the plan at hand."""
        sent = [one for one in known if one.was_sent]
        last = max(sent, key=lambda one: (one.version, one.id), default=None)
        line = None if last is None else self._payload(last)
        self._previous = None if line is None else arrival_of_line(line, parse_object(line)).plan

    def __call__(self, _: str) -> Plan | None:
        """Give the last version sent, None before the first or where it was purged."""
        return self._previous

    def complete(self, plan: Plan) -> Completed:
        """Add what the system needs: for an update where there was a version before."""
        update, previous = self._adapter.update, self._previous
        if previous is None or update is None:
            return self._adapter.complete(plan)
        found = changes(previous, plan)
        return update(plan, previous, is_significant(found, self._adapter.significant, plan))
