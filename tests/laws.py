"""What a round trip must give back: the plan, with each line of the loss report carried out.

Shares no code with the mapping: paths are taken apart here, and values come from the notes.
"""

import copy
import datetime
import itertools
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.code_page import into_code_page

from iepbridge.finding import Loss

Data = dict[str, Any]

_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_FORMS = r"(?: Composed \(NFC\)\.)?(?: Characters took a plain form: [A-Z0-9+, a-z]+\.)?"
_COMES_BACK = re.compile(rf"[Cc]omes back as (.+?)\.({_FORMS})\Z", re.DOTALL)
_CONVERTED = re.compile(rf"(?= )({_FORMS})\Z")
_GONE = object()


def steps(path: str) -> list[str | int]:
    """Take a path apart: `goals[0].title` gives ["goals", 0, "title"]."""
    identifiers = "participant.identifiers."
    if path.startswith(identifiers):
        return ["participant", "identifiers", path.removeprefix(identifiers)]
    return [int(n) if n else name for n, name in _STEP.findall(path)]


def expected_back(data: Data, losses: Iterable[Loss]) -> Data:
    """Carry out a loss report on plan data: what is gone goes, what changes changes."""
    result = _plain(copy.deepcopy(data))
    for loss in losses:
        path = path_steps(data, loss.path)
        _set(result, path, _back(loss, result, path))
    swept: Data = _swept(result)
    return swept


def path_steps(data: Data, path: str) -> list[str | int]:
    """Take apart a path into this plan, whose keys of extensions may hold any character."""
    return _extension(data, path) or steps(path)


def _back(loss: Loss, data: Data, path: list[str | int]) -> object:
    """Give what comes back in place of what a line is about."""
    if loss.kind not in ("generalised", "defaulted"):
        return _GONE
    if match := _COMES_BACK.search(loss.note):
        return into_code_page(match[1]) if match[2] else match[1]
    assert _CONVERTED.match(f" {loss.note}"), loss
    value: Any = data
    for step in path:
        value = value[step]
    assert into_code_page(value) != value, loss.path
    return into_code_page(value)


def _extension(data: Data, path: str) -> list[str | int]:
    """Take the path of an extension apart: systems and keys may hold any character."""
    for system, entries in (data.get("extensions") or {}).items():
        for key in entries or {}:
            if path == f"extensions.{system}.{key}":
                return ["extensions", system, key]
    return []


def _set(target: Any, path: list[str | int], value: object) -> None:
    for step, following in itertools.pairwise(path):
        if isinstance(step, int):
            while len(target) <= step:
                target.append({})
        elif target.get(step) is None:
            target[step] = [] if isinstance(following, int) else {}
        target = target[step]
    last = path[-1]
    if isinstance(last, int) and last == len(target):
        target.append(value)
    else:
        target[last] = value


def _swept(value: Any) -> Any:
    """Remove what is gone, and every object and item that held only what is gone."""
    if isinstance(value, dict):
        kept = {key: _swept(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not _GONE} or _GONE
    if isinstance(value, list) and value:
        items = [inner if inner == {} else _swept(inner) for inner in value]
        return [inner for inner in items if inner is not _GONE] or _GONE
    return value


def _plain(value: Any) -> Any:
    """Give data in one form: no nulls, no `{}` fields, no inner `[]`, decimals by value."""
    if isinstance(value, dict):
        plain = {key: _plain(inner) for key, inner in value.items() if inner is not None}
        return {
            key: inner
            for key, inner in plain.items()
            if inner != {} and (inner != [] or _is_section(value))
        }
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return value.normalize() if value else Decimal(0)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value).normalize() if value else Decimal(0)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def _is_section(holder: Data) -> bool:
    return "plan_id" in holder


def plain(data: Data) -> Data:
    """Give plan data in one form, so that equal plans compare equal."""
    result: Data = _plain(data)
    return result
