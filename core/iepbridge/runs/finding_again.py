"""Contents that a restored ledger has lost, and that the source still holds."""

from collections.abc import Collection, Mapping, Sequence

from iepbridge.codecs.jsonl import arrival_of_line
from iepbridge.ledger.entering import Passing, pack
from iepbridge.ledger.entries import Entry
from iepbridge.runs.person import numbers_of
from iepbridge.runs.source import Found, SourceIndex


def found_again(
    index: SourceIndex,
    groups: Sequence[Sequence[Found]],
    known: Mapping[str, Sequence[Entry]],
    lost: Collection[int],
) -> list[Passing]:
    """Give what the source has of entries whose ids are `lost`, with the plans' people."""
    wanted = {_key(one): one for own in known.values() for one in own if one.id in lost}
    found = (one for group in groups for one in group)
    return [_passing(index, one, wanted[_key(one)]) for one in found if _key(one) in wanted]


def _key(one: Entry | Found) -> tuple[str, int, bytes]:
    return one.plan_id, one.version, one.digest


def _passing(index: SourceIndex, found: Found, entry: Entry) -> Passing:
    line, parsed = index.line(found)
    plan = arrival_of_line(line, parsed).plan
    numbers = () if plan is None else numbers_of(plan)
    return Passing(*_key(entry), entry.state, pack(line), entry, numbers=numbers)
