"""Whether both sides wrote the same: without that, their times say nothing."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from bench.baseline import icc
from bench.sides import Workload, content, hand_in, hand_out, kept, product_in, product_out
from lxml import etree
from tests.oracles import check_cwds, check_icc, check_toolbox, check_twist
from tests.oracles.cwds_slicer import slice_file

_NUMBERS = {"value", "minimumWage", "weeklyHours", "hourlyWage", "hours"}


class NotAlike(Exception):
    """The sides differ, so there is nothing to compare."""


def check(work: Workload) -> None:
    """Raise `NotAlike` where files, plans, losses or findings differ in what they mean."""
    for way, source, sides, meaning in (
        ("out", work.lines, (product_out, hand_out), MEANINGS[work.system]),
        ("in", work.file, (product_in, hand_in), _plans),
    ):
        ours, theirs = kept(), kept()
        for side, outputs in zip(sides, (ours, theirs), strict=True):
            side(work.system, source, outputs)
        for what, meant in (("plans", meaning), ("losses", _losses), ("findings", _lines)):
            if meant(content(getattr(ours, what))) != meant(content(getattr(theirs, what))):
                raise NotAlike(f"{work.system} {way}: the {what} by the product and by hand differ")
    if complaints := CHECKS[work.system](work.file):
        raise NotAlike(f"{work.system}: the file breaks a rule of its document: {complaints[0]}")


def _losses(lines: bytes) -> list[tuple[str, int, str, str]]:
    """Give the losses without their notes, which are for people."""
    losses = [orjson.loads(line) for line in lines.splitlines()]
    return sorted((one["plan_id"], one["version"], one["path"], one["kind"]) for one in losses)


def _lines(lines: bytes) -> list[bytes]:
    return lines.splitlines()


def _plans(lines: bytes) -> list[Any]:
    return [_present(orjson.loads(line)) for line in lines.splitlines()]


def _present(value: Any) -> Any:
    """Leave out nulls: a key with one says the same as no key."""
    if isinstance(value, dict):
        return {key: _present(inner) for key, inner in value.items() if inner is not None}
    return [_present(inner) for inner in value] if isinstance(value, list) else value


def members(content: bytes) -> Any:
    """Give the rows of an ICC file; lists in JSON by their values."""
    rows = icc.members_of(content)
    return {name: [list(map(_cell, row)) for row in found] for name, found in rows.items()}


def _cell(text: str) -> Any:
    if not text.startswith("["):
        return text
    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return text


def infoset(content: bytes) -> Any:
    """Give a file without what means nothing: order of attributes, white space between elements."""
    return _infoset(etree.fromstring(content, etree.XMLParser(huge_tree=True)))


def _infoset(element: Any) -> tuple[Any, ...]:
    inside = [_infoset(child) for child in element]
    texts = [element.text, *(child.tail for child in element)]
    text = "".join(text or "" for text in texts)
    attributes = sorted((name, _number(name, value)) for name, value in element.items())
    return (element.tag, attributes, text.strip() if inside else text, inside)


def _number(name: str, value: str) -> str:
    """Give a number without zeros that say nothing."""
    if name in _NUMBERS and value.replace(".", "", 1).lstrip("-").isdigit() and "." in value:
        return value.rstrip("0").rstrip(".")
    return value


MEANINGS: Mapping[str, Callable[[bytes], Any]] = {
    "twist": infoset,
    "toolbox": infoset,
    "icc": members,
    "cwds": slice_file,
}
"""What a system's file means, to be compared."""

CHECKS: Mapping[str, Callable[[bytes], list[str]]] = {
    "twist": check_twist.check,
    "toolbox": check_toolbox.check,
    "icc": check_icc.check,
    "cwds": check_cwds.check,
}
"""What a system's document asks of a file; gives every complaint."""
