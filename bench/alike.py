"""Whether both sides wrote the same: without that, their times say nothing."""

from collections.abc import Iterator
from typing import Any

import orjson
from bench.sides import Output, Workload, hand_in, hand_out, product_in, product_out
from lxml import etree

_NUMBERS = {"value", "minimumWage", "weeklyHours", "hourlyWage", "hours"}


class NotAlike(Exception):
    """The sides differ, so there is nothing to compare."""


def check(work: Workload) -> None:
    """Raise `NotAlike` where files, plans, losses or findings differ in what they mean."""
    ours, theirs = product_out(work.system, work.lines), hand_out(work.system, work.lines)
    _equal(work, "the file", infoset(ours.plans), infoset(theirs.plans))
    _equal_reports(work, ours, theirs)
    ours, theirs = product_in(work.system, work.file), hand_in(work.system, work.file)
    _equal(work, "the plans", _plans(ours.plans), _plans(theirs.plans))
    _equal_reports(work, ours, theirs)


def _equal(work: Workload, what: str, ours: Any, theirs: Any) -> None:
    if ours != theirs:
        raise NotAlike(f"{work.system}: {what} of the product and by hand differ")


def _equal_reports(work: Workload, ours: Output, theirs: Output) -> None:
    _equal(work, "the losses", sorted(_losses(ours)), sorted(_losses(theirs)))
    _equal(work, "the findings", ours.findings, theirs.findings)


def _losses(output: Output) -> Iterator[tuple[str, int, str, str]]:
    for line in output.losses.splitlines():
        loss = orjson.loads(line)
        yield loss["plan_id"], loss["version"], loss["path"], loss["kind"]


def _plans(lines: bytes) -> list[Any]:
    return [_present(orjson.loads(line)) for line in lines.splitlines()]


def _present(value: Any) -> Any:
    """Leave out nulls: a key with one says the same as no key."""
    if isinstance(value, dict):
        return {key: _present(inner) for key, inner in value.items() if inner is not None}
    return [_present(inner) for inner in value] if isinstance(value, list) else value


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
