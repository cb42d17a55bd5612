"""Plans as a case manager would leave them: written, amended, put right, contradicting themselves.

Each content is another one: `number` makes it so.
"""

import copy
from functools import cache
from typing import Any

from tests.feeds.conftest import _sound_plans

from iepbridge.codecs.json_text import parse_object
from iepbridge.codecs.jsonl import plan_line
from iepbridge.runs.source import digest_of

Data = dict[str, Any]
Content = tuple[str, int, bytes]
"""A plan's id, its version, and the digest of what it says."""

PLANS = 6


@cache
def _base() -> list[Data]:
    return _sound_plans()[: 2 * PLANS]


def new(number: int) -> Data:
    """Give the first version of a plan that every system takes; each of twelve is another."""
    return copy.deepcopy(_base()[number])


def put_right(plan: Data, number: int) -> Data:
    """Give the same version with another remark in a case note; one that was bad is mended."""
    first, *others = plan["case_notes"]
    plan = {**plan, "goals": _goals(plan)}
    return {**plan, "case_notes": [{**first, "story": f"Put right, {number}."}, *others]}


def signed_too(plan: Data, number: int) -> Data:
    """Give the same version with a signature added."""
    signature = {"role": "guardian", "name": "Sam Example", "signed_on": plan["completed_on"]}
    own = [*plan["signatures"], {**signature, "plan_version": plan["version"]}]
    return put_right({**plan, "signatures": own}, number)


def amended(plan: Data, number: int, *, significant: bool) -> Data:
    """Give the next version, signed anew: its first goal, or a phone number, is another."""
    version = plan["version"] + 1
    own = [one for one in plan["signatures"] if one.get("plan_version") == plan["version"]]
    anew = [{**one, "plan_version": version} for one in own]
    changed = {**plan, "version": version, "signatures": [*plan["signatures"], *anew]}
    if not significant:
        phone = f"713555{number % 10_000:04}"
        return {**changed, "participant": {**plan["participant"], "phone": phone}}
    first, *others = _goals(plan)
    note = {
        "note_id": f"N-update-{version}-{number}",
        "about": "iep_update",
        "dated_on": plan["completed_on"],
        "story": "The goal was settled anew together.",
    }
    changed["goals"] = [{**first, "title": f"Steady work nearby, {number}"}, *others]
    return {**changed, "case_notes": [*plan["case_notes"], note]}


def bad(plan: Data) -> Data:
    """Give a content that policy holds: it has no goals."""
    return {**plan, "goals": []}


def _goals(plan: Data) -> list[Data]:
    """Give a plan's goals; those it began with, where they were taken away."""
    whole: list[Data] = plan["goals"]
    return whole or next(one["goals"] for one in _base() if one["plan_id"] == plan["plan_id"])


def content_of(plan: Data) -> Content:
    """Say what tells a content from every other."""
    line = plan_line(plan)
    return plan["plan_id"], plan["version"], digest_of(line, parse_object(line).data)
