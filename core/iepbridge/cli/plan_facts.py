"""What may be shown of a plan that is held: its id, version, dates and codes, and no person."""

from datetime import date
from typing import Any, Final, get_args

from iepbridge.codecs.json_text import NotJson, parse_object
from iepbridge.codecs.jsonl import plan_id_of, version_of
from iepbridge.plan import codes
from iepbridge.privacy import MASK

_CODES: Final = {"program": codes.Program, "status": codes.PlanStatus}
_DATES: Final = ("started_on", "completed_on", "closed_on")


def facts_of(line: bytes) -> dict[str, Any]:
    """Give what may be shown of a plan's line; what is not of its form may be anything."""
    try:
        data = parse_object(line).data
    except NotJson:
        return {}
    facts: dict[str, Any] = {"plan_id": plan_id_of(data), "version": version_of(data)}
    facts.update((name, _code(data.get(name), kind)) for name, kind in _CODES.items())
    facts.update((name, _date(data.get(name))) for name in _DATES)
    return facts


def _code(value: object, kind: Any) -> str | None:
    if value is None:
        return None
    return str(value) if value in get_args(kind) else MASK


def _date(value: object) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return MASK
