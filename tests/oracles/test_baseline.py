"""The hand-written translation against the samples, the schemas, and rule 6 on many plans."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bench.baseline import toolbox, twist
from lxml import etree
from tests.oracles import check_toolbox, check_twist
from tests.oracles.plans import chance_plan, file_plans, full_plan
from tests.oracles.way_back import leaves, settled, steps_of, value_at, without

from iepbridge.exchange import Envelope
from iepbridge.plan import Plan, read_plan

HERE = Path(__file__).parent
ENVELOPE = Envelope("SENDER1", "TWC", 42, "2024-12-31T23:30:00-06:00")
SAMPLE = Envelope("SAMPLE", "STATE", 1, "2026-01-05T02:00:00-06:00")
FILES = {
    "twist": "TWIST_IEP_SAMPLE_20260105_000001.xml",
    "toolbox": "TBX_IEP_SAMPLE_20260105_000001.xml",
}
SYSTEMS: dict[str, ModuleType] = {"twist": twist, "toolbox": toolbox}
CHECKS = {"twist": check_twist.check, "toolbox": check_toolbox.check}
SEEDS = range(100)
Lines = Callable[[str, str], list[dict[str, Any]]]


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def infoset(element: Any) -> tuple[Any, ...]:
    """Give an element without what the samples' README lets differ."""
    inside = [infoset(child) for child in element]
    texts = [element.text, *(child.tail for child in element)]
    text = "".join(text or "" for text in texts)
    return (element.tag, sorted(element.items()), text.strip() if inside else text, inside)


# The samples


def test_the_sample_plans_make_the_sample_file(
    system: str, samples: Path, sample_lines: Lines
) -> None:
    plans = [read_plan(line) for line in sample_lines(system, "plans")]
    content = SYSTEMS[system].write_file(plans, SAMPLE)
    expected = (samples / system / FILES[system]).read_bytes()
    assert infoset(etree.fromstring(content)) == infoset(etree.fromstring(expected))


def test_the_sample_plans_lose_what_the_sample_says(system: str, sample_lines: Lines) -> None:
    expected = [
        (line["plan_id"], line["version"], line["path"], line["kind"])
        for line in sample_lines(system, "loss")
    ]
    found = []
    for line in sample_lines(system, "plans"):
        findings, losses = SYSTEMS[system].encode(read_plan(line), [])
        assert findings == []
        found += [(line["plan_id"], line["version"], *loss) for loss in losses]
    assert sorted(found) == sorted(expected)


def test_the_sample_file_gives_the_plans_that_come_back(
    system: str, samples: Path, sample_lines: Lines
) -> None:
    content = (samples / system / FILES[system]).read_bytes()
    found = SYSTEMS[system].read_file(content)
    assert [(findings, unmapped) for _, findings, unmapped in found] == [([], []), ([], [])]
    expected = [settled(read_plan(line)) for line in sample_lines(system, "back")]
    assert [settled(read_plan(data)) for data, _, _ in found] == expected


# Many plans


def test_the_full_plans_make_the_full_file(system: str) -> None:
    content = SYSTEMS[system].write_file(file_plans(), ENVELOPE)
    expected = (HERE / f"full_{system}.xml").read_bytes()
    assert infoset(etree.fromstring(content)) == infoset(etree.fromstring(expected))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_written_satisfies_the_schema(system: str, seed: int) -> None:
    plans = [chance_plan(seed), chance_plan(seed + 100_000)]
    plans[1] = plans[1].model_copy(update={"plan_id": "OTHER"})
    assert CHECKS[system](SYSTEMS[system].write_file(plans, ENVELOPE)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_back_is_what_went_but_for_the_loss_lines(system: str, seed: int) -> None:
    plan = chance_plan(seed)
    losses, content = _written(system, plan)
    if not content:
        return
    (data, findings, unmapped), *more = SYSTEMS[system].read_file(content)
    assert (findings, unmapped, more) == ([], [], [])
    back = settled(read_plan(data))
    assert back == _expected(system, plan, losses, back)


def _written(system: str, plan: Plan) -> tuple[list[tuple[str, str]], bytes]:
    findings, losses = SYSTEMS[system].encode(plan, [])
    assert len(losses) == len(set(losses))
    if findings:
        assert losses == []
        return [], b""
    return losses, SYSTEMS[system].write_file([plan], ENVELOPE)


def _expected(
    system: str, plan: Plan, losses: list[tuple[str, str]], back: dict[str, Any]
) -> dict[str, Any]:
    """Work out what comes back, from the plan and its loss lines (rule 6)."""
    went = settled(plan)
    places = dict(leaves(went))
    gone = [path for path, kind in losses if kind in {"dropped", "flattened"}]
    assert not set(gone) - set(places), "a line for what is no leaf"
    expected = without(went, gone)
    for path, kind in losses:
        if kind == "flattened":
            note = path.split(".")[0]
            story = value_at(back, f"{note}.story")
            assert str(places[path]) in story
            assert story.startswith(value_at(went, f"{note}.story") or "")
            _put(expected, f"{note}.story", story)
        elif kind == "generalised":
            assert value_at(went, path) not in {None, value_at(back, path)}
            _put(expected, path, value_at(back, path))
        elif kind == "defaulted":
            assert value_at(back, path) is not None
            _put(expected, path, value_at(back, path))
    if system == "twist" and expected.get("goals"):
        expected["goals"].sort(key=lambda goal: goal["term"] != "overall")
    return expected


def _put(data: Any, path: str, value: Any) -> None:
    """Set a leaf, making the objects and the list item that it needs."""
    *inner, last = steps_of(path)
    for place, step in enumerate(inner):
        if isinstance(step, int):
            if step == len(data):
                data.append({})
            data = data[step]
        else:
            following = (*inner, last)[place + 1]
            data = data.setdefault(step, [] if isinstance(following, int) else {})
    data[last] = value


def test_joined_codes_come_back_as_the_document_says() -> None:
    data = full_plan()
    for service, category in zip(
        data["services"],
        ("internship", "supportive_housing", "supportive_work_expense", "iep_development"),
        strict=True,
    ):
        service["category"] = category
    data["services"][3]["started_on"] = "2024-01-02"
    losses, content = _written("twist", read_plan(data))
    back = twist.read_file(content)[0][0]
    categories = [service["category"] for service in back["services"]]
    assert categories == ["work_experience", *["supportive_other"] * 2, "iep_development"]
    assert [path for path, kind in losses if kind == "generalised"] == [
        "services[0].category",
        "services[1].category",
        "services[1].funding",
        "services[2].category",
    ]


# The IEP event (rule 8)


def _event(**changes: Any) -> tuple[set[tuple[str, str]], list[dict[str, Any]]]:
    data = full_plan()
    data.update(changes)
    data["goals"] = data["barriers"] = None
    losses, content = _written("twist", read_plan(data))
    services = twist.read_file(content)[0][0].get("services", [])
    return {line for line in losses if line[0].startswith("services")}, services


def test_an_event_is_derived_as_last_service() -> None:
    services = [{"service_id": "S1", "category": "other"}]
    lines, found = _event(services=services)
    fields = "service_id category funding started_on provider ended_on outcome"
    assert lines == {(f"services[1].{field}", "defaulted") for field in fields.split()}
    event = {key: str(value) for key, value in found[1].items()}
    assert event == {
        "service_id": "IEP-3",
        "category": "iep_development",
        "funding": "WIOA",
        "provider": "JobWorks",
        "started_on": "2024-01-02",
        "ended_on": "2024-02-29",
        "outcome": "successful",
    }


def test_a_taken_id_is_avoided() -> None:
    services = [{"service_id": name, "category": "other"} for name in ("IEP-3", "IEP-3-2")]
    assert _event(services=services)[1][2]["service_id"] == "IEP-3-3"


def test_an_event_of_a_plan_that_is_not_completed() -> None:
    lines, found = _event(services=[], completed_on=None, case_manager=None, agency=None)
    fields = ("service_id", "category", "funding", "started_on")
    assert lines == {(f"services[0].{field}", "defaulted") for field in fields}
    assert sorted(found[0]) == sorted(fields)


def test_the_agencys_provider_stands_in_for_the_employer() -> None:
    found = _event(services=[], case_manager=None)[1]
    assert found[0]["provider"] == "Goodwill"


@pytest.mark.parametrize(
    ("started", "derived"),
    [
        ("2024-01-01", True),
        ("2024-01-02", False),
        ("2024-02-29", False),
        ("2024-03-01", True),
        (None, True),
    ],
)
def test_only_an_event_in_time_counts(started: str | None, derived: bool) -> None:
    service = {"service_id": "S1", "category": "iep_development", "started_on": started}
    assert len(_event(services=[service])[1]) == 1 + derived


def test_no_start_no_event() -> None:
    lines, found = _event(services=[], started_on=None)
    assert (lines, found) == ({("services", "dropped")}, [])


# What holds a plan on writing


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        *inner, last = steps_of(path)
        for step in inner:
            data = data[step]  # type: ignore[index]
        data[last] = value  # type: ignore[index]

    return change


def long(size: int) -> str:
    return "x" * size


HELD_BY_TWIST = [
    ("program", "tanf_cap", "FMT-CODE", ""),
    ("program", "tanf_mwa", "FMT-CODE", ""),
    ("participant.identifiers.twist", None, "FMT-ID", ""),
    ("participant.identifiers.twist", "0123456789", "FMT-ID", ""),
    ("participant.identifiers.twist", "12A", "FMT-ID", ""),
    ("participant.identifiers.twist", "١٢", "FMT-ID", ""),
    ("participant.date_of_birth", None, "FMT-REQUIRED", ""),
    ("goals[0].set_on", None, "FMT-REQUIRED", ""),
    ("goals[0].actions[1].description", None, "FMT-REQUIRED", ""),
    ("goals[0].actions[1].responsible", None, "FMT-REQUIRED", ""),
    ("signatures[1].name", None, "FMT-REQUIRED", ""),
    ("signatures[1].signed_on", None, "FMT-REQUIRED", ""),
    ("case_notes[1].dated_on", None, "FMT-REQUIRED", ""),
    *(
        (path, long(limit + 1), "FMT-LENGTH", f"{limit + 1} > {limit}")
        for path, limit in (
            ("participant.name.first", 35),
            ("participant.name.middle", 35),
            ("participant.name.last", 35),
            ("participant.name.suffix", 5),
            ("participant.email", 100),
            ("participant.address.line1", 60),
            ("participant.address.line2", 60),
            ("participant.address.city", 40),
            ("participant.address.county", 40),
            ("assessments[0].name", 60),
            ("assessments[0].scores[0].scale", 40),
            ("assessments[0].scores[0].level", 20),
            ("barriers[0].description", 500),
            ("agency.board_code", 10),
            ("agency.office_code", 10),
            ("case_manager.staff_id", 12),
            ("case_manager.name.first", 35),
            ("case_manager.name.last", 35),
            ("goals[2].title", 120),
            ("goals[2].occupation.title", 120),
            ("goals[0].title", 120),
            ("goals[0].outcome", 500),
            ("goals[0].measure", 500),
            ("goals[0].actions[0].description", 500),
            ("goals[0].actions[0].responsible_name", 60),
            ("signatures[0].name", 70),
            ("services[1].title", 120),
            ("services[1].provider", 80),
            ("case_notes[0].author", 70),
            ("case_notes[0].title", 80),
            ("extensions.twist.memo", 1_000_000),
        )
    ),
]
NAMES_IN_TOOLBOX = (
    "participant.name.first",
    "participant.name.middle",
    "participant.name.last",
    "participant.name.suffix",
    "participant.former_names[1].name.first",
    "participant.former_names[1].name.middle",
    "participant.former_names[1].name.last",
    "participant.former_names[1].name.suffix",
    "case_manager.name.first",
    "case_manager.name.middle",
    "case_manager.name.last",
    "case_manager.name.suffix",
    "family_members[0].name.first",
    "family_members[0].name.middle",
    "family_members[0].name.last",
    "family_members[0].name.suffix",
)
TEXTS_IN_TOOLBOX = (
    "participant.email",
    "participant.identifiers.icc",
    "participant.address.line1",
    "participant.address.line2",
    "participant.address.city",
    "participant.address.county",
    "participant.skills[1]",
    "agency.board",
    "agency.board_code",
    "agency.office_code",
    "agency.provider",
    "case_manager.staff_id",
    "case_manager.employer",
    "case_manager.email",
    "eligibility.exit_reason",
    "development.telephone_reason",
    "credentials[0].title",
    "credentials[0].issuer",
    "participant.veteran.branch",
    "participant.veteran.discharge",
    "desired_positions[0].title",
    "desired_positions[0].occupation.title",
    "work_history[0].employer",
    "work_history[0].title",
    "work_history[0].occupation.title",
    "assessments[0].name",
    "assessments[0].scores[0].scale",
    "assessments[0].scores[0].level",
    "goals[0].title",
    "goals[0].occupation.title",
    "goals[0].actions[0].responsible_name",
    "services[0].title",
    "services[0].provider",
    "services[0].funding",
    "case_notes[0].title",
    "case_notes[0].author",
    "case_notes[0].metrics[0].label",
    "case_notes[0].metrics[0].value",
    "case_notes[0].metrics[0].unit",
    "activities[0].title",
    "signatures[0].name",
)
LONG_TEXTS_IN_TOOLBOX = (
    "work_history[0].note",
    "goals[0].outcome",
    "goals[0].measure",
    "goals[0].actions[0].description",
    "goals[0].actions[0].measure",
    "barriers[0].description",
    "barriers[0].plan",
    "services[0].justification",
    "comments",
    "case_notes[0].story",
    "case_notes[0].next_steps[0].goal",
    "case_notes[0].next_steps[0].process",
    "reviews[0].progress",
    "extensions.toolbox.Personal/@source",
)
HELD_BY_TOOLBOX = [
    ("participant.identifiers.toolbox", None, "FMT-ID", ""),
    ("participant.identifiers.toolbox", "1234567", "FMT-ID", ""),
    ("participant.identifiers.toolbox", "123456789", "FMT-ID", ""),
    *((path, long(41), "FMT-LENGTH", "41 > 40") for path in NAMES_IN_TOOLBOX),
    *((path, long(201), "FMT-LENGTH", "201 > 200") for path in TEXTS_IN_TOOLBOX),
    *((path, long(1_000_001), "FMT-LENGTH", "1000001 > 1000000") for path in LONG_TEXTS_IN_TOOLBOX),
]


@pytest.mark.parametrize(
    ("system", "path", "value", "rule", "detail"),
    [
        *(("twist", *case) for case in HELD_BY_TWIST),
        *(("toolbox", *case) for case in HELD_BY_TOOLBOX),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_what_the_format_cannot_take_holds_the_plan(
    system: str, path: str, value: Any, rule: str, detail: str
) -> None:
    data = full_plan()
    _set(path, value)(data)
    out: list[str] = []
    findings, losses = SYSTEMS[system].encode(read_plan(data), out)
    assert findings == [(rule, path, detail)]
    assert (losses, out) == ([], [])
    if rule == "FMT-LENGTH":
        _set(path, value[:-1])(data)
        assert SYSTEMS[system].encode(read_plan(data), out)[0] == []


def test_a_dropped_text_has_no_limit() -> None:
    data = full_plan()
    data["goals"][1]["title"] = data["services"][0]["justification"] = long(5000)
    assert twist.encode(read_plan(data), [])[0] == []


def test_all_findings_of_a_plan_are_given() -> None:
    data = full_plan()
    data["program"], data["participant"]["date_of_birth"] = "tanf_cap", None
    findings, _ = twist.encode(read_plan(data), [])
    assert {finding[:2] for finding in findings} == {
        ("FMT-CODE", "program"),
        ("FMT-REQUIRED", "participant.date_of_birth"),
    }


@pytest.mark.parametrize("size", [3999, 4000, 4001, 8000, 8001])
def test_a_long_story_continues(size: int) -> None:
    data = full_plan()
    story = "".join(chr(ord("a") + place % 26) for place in range(size - 1)) + "&"
    data["case_notes"] = [
        {"note_id": "N1", "about": "other", "dated_on": "2024-03-03", "story": story}
    ]
    _, content = _written("twist", read_plan(data))
    texts = [note.findtext("Text", "") for note in etree.fromstring(content).iter("CounselorNote")]
    assert [len(text) for text in texts[:-1]] == [4000] * ((size - 1) // 4000)
    assert "".join(texts) == story
    assert check_twist.check(content) == []
    assert twist.read_file(content)[0][0]["case_notes"][0]["story"] == story
