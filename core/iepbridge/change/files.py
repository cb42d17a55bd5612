"""Two files of plans compared: what became of each plan, with one file's plans in little memory.

old --Arrival--> PlanStore
new --Arrival--> take its version before --> changes --> Difference
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from iepbridge.change.change import Change
from iepbridge.change.compare import changes
from iepbridge.codecs.jsonl import plan_line
from iepbridge.exchange import Arrival
from iepbridge.plan import Plan
from iepbridge.plan_store import PlanStore


class Difference(NamedTuple):
    """What became of one plan; a version is None where its file has no such plan.

    `changes` is empty, then, and else never. `new` is the plan in its new version.
    """

    plan_id: str
    old_version: int | None
    new_version: int | None
    changes: tuple[Change, ...] = ()
    new: Plan | None = None


def differences(old: Iterable[Arrival], new: Iterable[Arrival]) -> Iterator[Difference]:
    """Yield what differs, in the order of the new plans, then of the old ones that are gone.

    A plan that either side holds back is not compared: nobody knows what became of it.
    """
    with PlanStore() as store:
        for arrival in old:
            _keep(store, arrival)
        for arrival in new:
            yield from _difference(store, arrival)
        for plan_id, version in store.left():
            yield Difference(plan_id, version, None)


def _keep(store: PlanStore, arrival: Arrival) -> None:
    if arrival.data is not None:
        store.add(arrival.data)
    elif arrival.plan_id is not None:
        store.hold(arrival.plan_id)


def _difference(store: PlanStore, arrival: Arrival) -> Iterator[Difference]:
    before = store.take(arrival.plan_id) if arrival.plan_id is not None else None
    if arrival.plan is None or arrival.data is None:
        return
    new = arrival.plan
    if before is None:
        yield Difference(new.plan_id, None, new.version, (), new)
    elif before.line is not None and before.line != plan_line(arrival.data):
        found = changes(before.plan(), new)
        if found:
            yield Difference(new.plan_id, before.version, new.version, tuple(found), new)
