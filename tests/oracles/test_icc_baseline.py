"""ICC by hand against the samples, the checks, and rule 6 on many plans."""

import copy
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bench.baseline import icc
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from tests.laws import expected_back, plain
from tests.oracles.check_icc import check
from tests.oracles.icc_texts import full_icc_plan, full_icc_plans, unpacked
from tests.oracles.way_back import settled, steps_of
from tests.strategies import plans

from iepbridge.exchange import Envelope
from iepbridge.finding import Loss
from iepbridge.plan import Plan, plan_data, read_plan
from iepbridge.sample import sample_plans

Data = dict[str, Any]
Lines = Callable[[str, str], list[Data]]
ENVELOPE = Envelope("SENDER1", "DWD", 42, "2024-12-31T23:30:00-06:00")
SAMPLE = Envelope("SAMPLE", "STATE", 1, "2026-01-05T02:00:00-06:00")
FILE = "ICC_IEP_SAMPLE_20260105_000001.zip"
# Shrinking a whole plan takes minutes; the seed is fixed, so a failure is found again anyway.
COMMON: Data = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),
}


# The samples


def test_the_sample_plans_make_the_sample_file(samples: Path, sample_lines: Lines) -> None:
    content = icc.write_file([read_plan(line) for line in sample_lines("icc", "plans")], SAMPLE)
    expected = (samples / "icc" / FILE).read_bytes()
    assert unpacked(content) == unpacked(expected)
    assert list(unpacked(content)) == list(unpacked(expected))
    assert check(samples / "icc" / FILE) == []


def test_the_sample_plans_lose_what_the_sample_says(sample_lines: Lines) -> None:
    expected = [
        (line["plan_id"], line["version"], line["path"], line["kind"])
        for line in sample_lines("icc", "loss")
    ]
    found = []
    for line in sample_lines("icc", "plans"):
        findings, losses = icc.encode(read_plan(line), [])
        assert findings == []
        found += [(line["plan_id"], line["version"], *loss) for loss in losses]
    assert sorted(found) == sorted(expected)


def test_the_sample_file_gives_the_plans_that_come_back(samples: Path, sample_lines: Lines) -> None:
    found = icc.read_file((samples / "icc" / FILE).read_bytes())
    assert [(findings, unmapped) for _, findings, unmapped in found] == [([], []), ([], [])]
    expected = [settled(read_plan(line)) for line in sample_lines("icc", "back")]
    assert [settled(read_plan(data)) for data, _, _ in found] == expected


# Many plans


def back(plan: Plan, content: bytes) -> Data:
    """Read a file of one plan that is as it was written."""
    ((data, findings, unmapped),) = icc.read_file(content)
    assert (findings, unmapped) == ([], [])
    return plain(plan_data(read_plan(data, tidied=True)))


def expected(plan: Plan, losses: list[tuple[str, str]], values: dict[str, str]) -> Data:
    """Carry out the loss lines; the notes' line feeds are taken for another character."""
    lines = [
        Loss(None, None, path, kind, f"Comes back as {_marked(values.get(path, ''))}.")
        for path, kind in losses
    ]
    unmarked = json.dumps(expected_back(plan_data(plan), lines), default=_tagged)
    return json.loads(unmarked.replace("\\ue000", "\\n"), object_hook=_untagged)


def _marked(text: str) -> str:
    return text.replace("\n", "\ue000")


def _tagged(number: object) -> Data:
    assert isinstance(number, Decimal)
    return {"exactly": str(number)}


def _untagged(part: Data) -> Any:
    return Decimal(part["exactly"]) if list(part) == ["exactly"] else part


def fitted(data: Data) -> Data:
    """Mend what ICC refuses, finding by finding."""
    for _ in range(4):
        findings, _ = icc.encode(read_plan(data), [])
        data = copy.deepcopy(data)
        for rule, path, detail in findings:
            _mend(data, rule, path, detail)
    return data


_VALUES = {
    "participant.identifiers.icc": "1046626",
    "participant.date_of_birth": "1990-02-28",
    "program": "other",
    "dated_on": "0001-01-01",
    "signed_on": "0001-01-01",
    "started_on": "0001-01-01",
}


def _mend(data: Data, rule: str, path: str, detail: str) -> None:
    *steps, last = steps_of("agency.provider" if path.endswith(".provider") else path)
    holder: Any = data
    for step in steps:
        if isinstance(step, str) and holder.get(step) is None:
            holder[step] = {}
        holder = holder[step]
    if rule == "FMT-LENGTH":
        holder[last] = holder[last][: int(detail.split(" > ")[1])]
    else:
        holder[last] = _VALUES.get(path) or _VALUES.get(str(last), "x")


@settings(**COMMON, max_examples=120)
@given(data=plans(sized=True))
def test_what_comes_back_is_the_plan_but_for_the_loss_report(data: Data) -> None:
    plan = read_plan(fitted(data))
    values: dict[str, str] = {}
    findings, losses = icc.encode(plan, [], None, values)
    event("held" if findings else "written")
    if findings:
        return
    assert len(losses) == len(set(losses))
    assert set(values) == {path for path, kind in losses if kind != "dropped"}
    content = icc.write_file([plan], ENVELOPE)
    assert check(content) == []
    assert back(plan, content) == expected(plan, losses, values)


@settings(**COMMON, max_examples=60)
@given(data=plans())
def test_texts_of_any_length_are_held_or_come_back(data: Data) -> None:
    plan = read_plan(data)
    values: dict[str, str] = {}
    findings, losses = icc.encode(plan, [], None, values)
    if findings:
        assert losses == []
        assert icc.read_file(icc.write_file([plan], ENVELOPE)) == []
    else:
        content = icc.write_file([plan], ENVELOPE)
        assert back(plan, content) == expected(plan, losses, values)


@settings(**COMMON, max_examples=25)
@given(datas=st.lists(plans(sized=True), max_size=3, unique_by=lambda data: data["plan_id"]))
def test_a_file_carries_its_plans_in_their_order(datas: list[Data]) -> None:
    fit = [plan for plan in (read_plan(fitted(one)) for one in datas) if _is_taken(plan)]
    content = icc.write_file(fit, ENVELOPE)
    assert check(content) == []
    assert content == icc.write_file(fit, ENVELOPE)
    ids = [data["plan_id"] for data, _, _ in icc.read_file(content)]
    assert ids == [plan.plan_id for plan in fit]


def _is_taken(plan: Plan) -> bool:
    return not icc.encode(plan, [])[0]


def test_sampled_plans_come_back() -> None:
    sampled = [read_plan(data) for data in sample_plans(300, 11)]
    taken = [plan for plan in sampled if _is_taken(plan)]
    assert len(taken) > 200
    content = icc.write_file(taken, ENVELOPE)
    assert check(content) == []
    for plan, (data, findings, unmapped) in zip(taken, icc.read_file(content), strict=True):
        values: dict[str, str] = {}
        _, losses = icc.encode(plan, [], None, values)
        assert (findings, unmapped) == ([], [])
        assert plain(plan_data(read_plan(data))) == expected(plan, losses, values)


def test_the_totals_are_the_rows_of_each_member() -> None:
    totals = [0] * 11
    out: list[Any] = []
    for plan in full_icc_plans():
        icc.encode(plan, out, totals)
    assert totals == [2, 2, 5, 4, 2, 2, 2, 2, 2, 2, 2]
    assert icc.packed(out, totals, ENVELOPE) == icc.write_file(full_icc_plans(), ENVELOPE)


def test_a_file_without_plans() -> None:
    content = icc.write_file([], ENVELOPE)
    assert check(content) == []
    assert icc.read_file(content) == []


def test_a_file_bears_the_created_time(tmp_path: Path) -> None:
    for created, year in (("1970-01-01T00:00:00Z", 1980), ("2024-12-31T23:30:00-06:00", 2024)):
        path = tmp_path / str(year)
        path.write_bytes(icc.write_file([], Envelope("S", "R", 1, created)))
        with zipfile.ZipFile(path) as archive:
            assert {member.date_time[0] for member in archive.infolist()} == {year}


# What stands in the rows


def rows_of(data: Data) -> dict[str, str]:
    out: list[Any] = []
    findings, _ = icc.encode(read_plan(data), out)
    assert findings == []
    return unpacked(icc.write_file([read_plan(data)], ENVELOPE))


def test_sort_counts_actions_over_all_goals_and_services_over_both_members() -> None:
    texts = rows_of(full_icc_plan())
    cells = {
        member: [line.split("|") for line in texts[member].split("\r\n")[1:-1]]
        for member in ("OBJECTIVE", "SERVICE", "ACTIVITY")
    }
    assert [(row[1], row[3]) for row in cells["OBJECTIVE"]] == [
        ("G1", "1"), ("G1", "2"), ("G2", "3"), ("G3", "4"),
    ]  # fmt: skip
    assert [(row[1], row[2]) for row in cells["SERVICE"]] == [("S2", "2"), ("S3", "3")]
    assert [(row[3], row[4]) for row in cells["ACTIVITY"]] == [("S1", "1"), ("S4", "4")]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        (" spaces ", " spaces "),
        ("a|b", '"a|b"'),
        ('say "so"', '"say ""so"""'),
        ("a\rb", '"a\rb"'),
        ("a\nb", '"a\nb"'),
        ("tab\tand\u2028more", "tab\tand\u2028more"),
    ],
)
def test_cells_are_quoted_where_they_must(text: str, cell: str) -> None:
    data = full_icc_plan()
    data["comments"] = text
    assert f"|{cell}|\r\n" in rows_of(data)["PLAN"]


@pytest.mark.parametrize(
    ("number", "text"),
    [("15.750", "15.75"), ("1E+3", "1000"), ("0.00", "0"), ("-0.0", "0"), ("1E-6", "0.000001")],
)
def test_numbers_in_json_are_plain(number: str, text: str) -> None:
    data = full_icc_plan()
    data["assessments"] = [{"instrument": "onet", "scores": [{"value": Decimal(number)}]}]
    assert f'"[{{""value"":{text}}}]"' in rows_of(data)["ASSESSMENT"]


def test_json_is_unescaped() -> None:
    data = full_icc_plan()
    data["assessments"] = [{"instrument": "onet", "scores": [{"scale": 'é/"\\\n\u2028\x7f'}]}]
    assert r'{""scale"":""é/\""' in rows_of(data)["ASSESSMENT"]
    assert '\\\\\\n\u2028\x7f""}' in rows_of(data)["ASSESSMENT"]


# The IEP event (rule 8, and what ICC says of it)


def events(**changes: Any) -> tuple[dict[str, str], list[Data]]:
    data = full_icc_plan()
    data.update(changes, goals=None, barriers=None)
    plan = read_plan(data)
    values: dict[str, str] = {}
    findings, losses = icc.encode(plan, [], None, values)
    assert findings == []
    services = back(plan, icc.write_file([plan], ENVELOPE)).get("services", [])
    lines = {path for path, kind in losses if path.startswith("services") and kind == "defaulted"}
    return {path: value for path, value in values.items() if path in lines}, services


def test_an_event_is_entered_and_exited_on_completion() -> None:
    values, services = events(services=[{"service_id": "S1", "category": "other"}])
    made = {
        "service_id": "IEP-3",
        "category": "iep_development",
        "provider": "JobWorks",
        "started_on": "2024-02-29",
        "ended_on": "2024-02-29",
        "outcome": "successful",
    }
    assert services[1] == made
    assert values == {f"services[1].{name}": value for name, value in made.items()}


@pytest.mark.parametrize("missing", ["started_on", "completed_on"])
def test_a_plan_that_is_not_begun_or_completed_gets_none(missing: str) -> None:
    assert events(services=[], **{missing: None}) == ({}, [])


def test_a_taken_id_is_avoided() -> None:
    services = [{"service_id": name, "category": "other"} for name in ("IEP-3", "IEP-3-2")]
    assert events(services=services)[1][2]["service_id"] == "IEP-3-3"


@pytest.mark.parametrize(
    ("started", "derived"),
    [("2024-01-01", 1), ("2024-01-02", 0), ("2024-02-29", 0), ("2024-03-01", 1)],
)
def test_only_an_event_in_time_counts(started: str, derived: int) -> None:
    service = {
        "service_id": "S1", "category": "iep_development", "started_on": started, "provider": "P",
    }  # fmt: skip
    assert len(events(services=[service])[1]) == 1 + derived


def test_an_activity_without_provider_takes_the_employer_or_the_agency() -> None:
    service = {"service_id": "S1", "category": "iep_development", "started_on": "2024-01-03"}
    assert events(services=[service])[0] == {"services[0].provider": "JobWorks"}
    values, _ = events(services=[service], case_manager=None)
    assert values == {"services[0].provider": "Goodwill"}


@pytest.mark.parametrize("services", [None, [{"service_id": "S1", "category": "other"}]])
def test_an_event_that_nobody_provides_holds_the_plan(services: Any) -> None:
    data = full_icc_plan()
    data.update(services=services, case_manager=None, agency=None)
    data.update(goals=None, barriers=None)
    findings, _ = icc.encode(read_plan(data), [])
    assert findings == [("FMT-REQUIRED", f"services[{len(services or ())}].provider", "")]


# What holds a plan on writing

SIZES = {
    "agency.board_code": 5, "agency.board": 60, "agency.office_code": 10, "agency.provider": 80,
    "case_manager.staff_id": 12, "case_manager.name.last": 40, "case_manager.name.first": 40,
    "case_manager.employer": 80, "case_manager.email": 100, "eligibility.exit_reason": 200,
    "comments": 2000, "participant.name.last": 40, "participant.name.first": 40,
    "participant.name.middle": 40, "participant.name.suffix": 10, "participant.email": 100,
    "participant.address.line1": 60, "participant.address.line2": 60,
    "participant.address.city": 40, "participant.address.county": 40, "goals[1].title": 200,
    "goals[1].occupation.title": 150, "goals[1].outcome": 1000, "goals[1].measure": 1000,
    "goals[0].actions[1].description": 1000, "goals[0].actions[0].responsible_name": 80,
    "goals[2].actions[0].measure": 500, "barriers[0].description": 1000, "barriers[0].plan": 1000,
    "services[1].title": 120, "services[1].provider": 80, "services[1].justification": 1000,
    "services[1].funding": 40, "services[0].title": 120, "services[0].provider": 80,
    "services[0].justification": 1000, "services[0].funding": 40, "assessments[0].name": 60,
    "case_notes[0].title": 120, "case_notes[0].author": 80, "case_notes[0].story": 8000,
    "signatures[0].name": 80, "extensions.icc.y": 2000,
}  # fmt: skip
HELD = {
    "program": ("tanf_cap", "FMT-CODE"),
    "participant.date_of_birth": (None, "FMT-REQUIRED"),
    "goals[2].title": (None, "FMT-REQUIRED"),
    "goals[0].actions[1].description": (None, "FMT-REQUIRED"),
    "services[3].started_on": (None, "FMT-REQUIRED"),
    "case_notes[1].dated_on": (None, "FMT-REQUIRED"),
    "signatures[1].name": (None, "FMT-REQUIRED"),
    "signatures[1].signed_on": (None, "FMT-REQUIRED"),
}


def put(data: Data, path: str, value: Any) -> Data:
    *steps, last = steps_of(path)
    holder: Any = data
    for step in steps:
        holder = holder[step]
    holder[last] = value
    return data


def held(data: Data) -> list[tuple[str, str, str]]:
    out: list[Any] = []
    findings, losses = icc.encode(read_plan(data), out)
    assert not findings or (losses, out) == ([], [])
    return findings


@pytest.mark.parametrize("path", SIZES)
def test_a_text_over_its_size_holds_the_plan(path: str) -> None:
    most = SIZES[path]
    assert held(put(full_icc_plan(), path, "\U0001f600" * most)) == []
    found = held(put(full_icc_plan(), path, "x" * (most + 1)))
    assert ("FMT-LENGTH", path, f"{most + 1} > {most}") in found
    # An activity without provider takes the employer, which is as long there.
    assert {one[1] for one in found} <= {path, "services[3].provider"}


@pytest.mark.parametrize(
    ("section", "field", "most", "items", "each"),
    [
        ("assessments", "scores", 2000, lambda text: [{"scale": text}], '[{"scale":""}]'),
        ("case_notes", "metrics", 2000, lambda text: [{"value": text}], '[{"value":""}]'),
        ("case_notes", "next_steps", 4000, lambda text: [{"goal": text}], '[{"goal":""}]'),
    ],
)
def test_a_json_cell_over_its_size_holds_the_plan(
    section: str, field: str, most: int, items: Any, each: str
) -> None:
    data = full_icc_plan()
    data[section][0][field] = items("é" * (most - len(each)))
    assert held(data) == []
    data[section][0][field] = items("é" * (most - len(each) - 2) + '"')
    assert held(data) == []
    data[section][0][field] = items("é" * (most - len(each)) + '"')
    path = f"{section}[0].{field}"
    assert held(data) == [("FMT-LENGTH", path, f"{most + 2} > {most}")]


def test_too_many_follow_ups_hold_the_plan() -> None:
    data = full_icc_plan()
    data["case_notes"][0]["follow_up_on"] = ["2024-03-20"] * 38
    assert held(data) == []
    data["case_notes"][0]["follow_up_on"] *= 2
    assert held(data)[0][:2] == ("FMT-LENGTH", "case_notes[0].follow_up_on")


@pytest.mark.parametrize("path", HELD)
def test_what_icc_cannot_take_holds_the_plan(path: str) -> None:
    value, rule = HELD[path]
    assert held(put(full_icc_plan(), path, value)) == [(rule, path, "")]


@pytest.mark.parametrize("value", [None, "", "1234567890123", "12A", "١٢"])
def test_a_state_id_must_be_digits(value: str | None) -> None:
    data = full_icc_plan()
    data["participant"]["identifiers"] = {"icc": value} if value else {}
    assert held(data) == [("FMT-ID", "participant.identifiers.icc", "")]


def test_a_long_name_of_an_extra_is_told_once() -> None:
    data = full_icc_plan()
    data["extensions"]["icc"] = {"n" * 61: "v" * 2001, "m" * 60: "v"}
    assert held(data) == [("FMT-LENGTH", f"extensions.icc.{'n' * 61}", "61 > 60")]
