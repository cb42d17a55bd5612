"""The product against a second, hand-written implementation of the interface documents.

Plans are written by both; files, whole and mutated in many ways, are read by both.
"""

import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bench.baseline import toolbox, twist
from bench.baseline.reading import FileRefused
from hypothesis import given, settings
from lxml import etree
from tests.laws import plain
from tests.oracles import check_toolbox, check_twist
from tests.plugins.test_laws import COMMON, ENVELOPE, fitted, read, write
from tests.strategies import plans

from iepbridge.errors import Unreadable
from iepbridge.plan import PlanRefused, plan_data, read_plan
from iepbridge.sample import sample_plans

Data = dict[str, Any]
BASELINES: dict[str, ModuleType] = {"twist": twist, "toolbox": toolbox}
SYSTEMS = sorted(BASELINES)
CHECKS = {"twist": check_twist.check, "toolbox": check_toolbox.check}
FULL = Path(__file__).parents[1] / "oracles"


def infoset(content: bytes) -> Any:
    """Give a file without what means nothing: order of attributes, white space between elements."""
    return _infoset(etree.fromstring(content))


def _infoset(element: Any) -> tuple[Any, ...]:
    inside = [_infoset(child) for child in element]
    texts = [element.text, *(child.tail for child in element)]
    text = "".join(text or "" for text in texts)
    attributes = sorted((name, _number(element, name, value)) for name, value in element.items())
    return (element.tag, attributes, text.strip() if inside else text, inside)


def _differing(ours: Any, theirs: Any) -> list[tuple[Any, Any]]:
    """Give the first elements that differ, each without what stands in it."""
    if ours[:3] != theirs[:3] or len(ours[3]) != len(theirs[3]):
        return [(ours[:3], theirs[:3])]
    pairs = zip(ours[3], theirs[3], strict=True)
    return [found for one, other in pairs for found in _differing(one, other)]


_NUMBERS = {"value", "minimumWage", "weeklyHours", "hourlyWage", "hours"}


def _number(element: Any, name: str, value: str) -> str:
    """Give a number without zeros that say nothing: the value counts, not its spelling."""
    if name in _NUMBERS and not element.tag.endswith("Metric") and "." in value:
        value = value.rstrip("0").rstrip(".")
    return "0" if value == "-0" else value


@pytest.mark.parametrize("system", SYSTEMS)
@settings(**COMMON, max_examples=120)
@given(data=plans())
def test_both_write_and_lose_the_same(system: str, data: Data) -> None:
    for one in (data, fitted(system, data)):
        content, (written,) = write(system, one)
        findings, losses = BASELINES[system].encode(read_plan(one), [])
        assert {(f.rule, f.path) for f in written.findings} == {f[:2] for f in findings}
        assert sorted((loss.path, loss.kind) for loss in written.losses) == sorted(losses)
        if not findings:
            other = BASELINES[system].write_file([read_plan(one)], ENVELOPE)
            assert _differing(infoset(content), infoset(other)) == []
            assert [line for line in CHECKS[system](content) if "leads nowhere" not in line] == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_sampled_plans_pass_the_schema_and_the_checks(system: str) -> None:
    datas = list(sample_plans(300, 11))
    content, written = write(system, *datas)
    assert sum(not one.findings for one in written) > 200
    assert CHECKS[system](content) == []


def _full(system: str) -> str:
    return (FULL / f"full_{system}.xml").read_text("utf-8")


def _product(system: str, content: bytes) -> Any:
    try:
        (arrival, *_) = read(system, content)
    except Unreadable:
        return "refused"
    findings = {(finding.rule, finding.path) for finding in arrival.findings}
    unmapped = {loss.path.removeprefix(f"extensions.{system}.") for loss in arrival.losses}
    return plain(plan_data(arrival.plan)) if arrival.plan else None, findings, unmapped


def _baseline(system: str, content: bytes) -> Any:
    try:
        data, found, unmapped = BASELINES[system].read_file(content)[0]
    except FileRefused:
        return "refused"
    findings = {finding[:2] for finding in found}
    if not findings:
        try:
            return plain(plan_data(read_plan(data))), findings, set(unmapped)
        except PlanRefused as refused:
            findings = {(f"MODEL-{one.number}", one.path) for one in refused.problems}
    return None, findings, set()


# What a careless sender, a bad day or an attacker may do to one place of a file.
VALUES = ["", " ", "x", "0", "-1", "2024-02-30", "13/01/2024", "02/30/2024", "Y", "maybe", "²", "é"]
VALUES += ["1e3", "15.", "+1", "007", "x" * 300, "NO", "000-12-3456", "\u00a0", "12345678", "A B"]


def _mutations(system: str, seed: int) -> bytes:
    draw = random.Random(seed)
    root = etree.fromstring(_full(system).encode())
    (_, plan, *_) = list(root) if system == "twist" else [None, *root]
    element = draw.choice(list(plan.iter(etree.Element)))
    _mutate(draw, element, plan)
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return _recounted(content) if system == "twist" else content


def _mutate(draw: random.Random, element: Any, plan: Any) -> None:
    parent = element.getparent()
    act = draw.randrange(8)
    if act == 0 and element.attrib:
        element.set(draw.choice(list(element.attrib)), draw.choice(VALUES))
    elif act == 1 and element.attrib:
        del element.attrib[draw.choice(list(element.attrib))]
    elif act == 2 and not len(element):
        element.text = draw.choice(VALUES)
    elif act == 3 and element is not plan:
        parent.remove(element)
    elif act == 4 and element is not plan:
        copy = etree.fromstring(etree.tostring(element, with_tail=False))
        parent.insert(draw.randrange(len(parent) + 1), copy)
    elif act == 5:
        element.set(draw.choice(["odd", "{urn:odd}name", "source"]), draw.choice(VALUES))
    elif act == 6:
        odd = etree.SubElement(element, draw.choice(["Odd", "{urn:odd}Odd", "Title"]))
        # Whether an unknown element of white space alone is empty, the documents leave open.
        odd.text = draw.choice([one for one in VALUES if one != " "])
        odd.tail = draw.choice([None, "stray", "\n"])
    elif element is not plan:
        element.text = draw.choice(["stray", element.text])


def _recounted(content: bytes) -> bytes:
    root = etree.fromstring(content)
    trailer = root[-1]
    places = {
        "InterimGoalCount": "Customer/ServicePlan/InterimGoal",
        "ActionCount": "Customer/ServicePlan/InterimGoal/Action",
        "ServiceTrackingCount": "Customer/ServiceTracking",
        "CounselorNoteCount": "Customer/CounselorNote",
    }
    for name, place in places.items():
        trailer.find(name).text = str(len(root.findall(place)))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


@pytest.mark.parametrize("system", SYSTEMS)
def test_both_read_mutated_files_alike(system: str) -> None:
    differing = []
    for seed in range(1500):
        content = _mutations(system, seed)
        ours, theirs = _product(system, content), _baseline(system, content)
        if ours != theirs and not _settled(ours, theirs):
            differing.append((seed, _brief(ours), _brief(theirs)))
    assert differing == []


def _settled(ours: Any, theirs: Any) -> bool:
    """Say whether a difference is one of those that the documents leave open."""
    if "refused" in (ours, theirs) or ours[0] is not None or theirs[0] is not None:
        return False
    # Beside a format finding the product also tells what the model refuses, and of two format
    # findings at one path it tells the first.
    formats = {path for rule, path in ours[1] if rule.startswith("FMT")}
    return formats == {path for rule, path in theirs[1] if rule.startswith("FMT")} and bool(formats)


def _brief(result: Any) -> Any:
    return result if result == "refused" else (result[0] is not None, *result[1:])


def test_an_empty_file_is_legal_and_differs_from_no_file() -> None:
    for system in SYSTEMS:
        content, _ = write(system)
        assert read(system, content) == []
        with pytest.raises(Unreadable):
            read(system, b"")
