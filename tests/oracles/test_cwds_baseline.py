"""CWDS by hand against its samples, the slicer, the check, and rule 6 on many plans."""

import copy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bench.baseline import cwds
from bench.baseline.cwds_write import converted, cut
from bench.baseline.reading import FileRefused
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.laws import expected_back, plain
from tests.oracles import check_cwds
from tests.oracles.cwds_files import cwds_plan, mended, put, records_of, refiled, with_field
from tests.oracles.cwds_slicer import agrees, slice_file
from tests.oracles.plans import chance_plan
from tests.strategies import MARKUP, PLAIN, plans

from iepbridge.exchange import Envelope
from iepbridge.finding import Loss
from iepbridge.plan import PlanRefused, plan_data, read_plan
from iepbridge.sample import sample_plans

Data = dict[str, Any]
Lines = Callable[[str, str], list[Data]]
SAMPLE = Envelope("SAMPLE", "STATE", 1, "2026-01-05T02:00:00-06:00")
SAMPLE_FILE = "CWDSIEP.SAMPLE.20260105.000001.dat"
# What the code page, escapes and cuts stumble over, long enough to need many `80` records.
FRAGMENTS = (
    *PLAIN, *MARKUP, "  ", "\t", "\n", "\r\n", "\u00a0", "é", "e\u0301", "Ńowak", "“q”", "€20",
    "\x7f", "ﬁ", "\N{FULLWIDTH REVERSE SOLIDUS}", "\u2003", "x" * 197, "y" * 75, " " * 75,
    " " * 198, " " * 400, "\\" * 100, "\n" * 75, "ab " * 60,
)  # fmt: skip
COMMON: Data = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),
}


def written(data: Data) -> bytes:
    """Write one plan that must fit."""
    plan = read_plan(data)
    assert cwds.encode(plan, [])[0] == []
    return cwds.write_file([plan], SAMPLE)


def read_one(content: bytes) -> tuple[Data, list[tuple[str, str]], list[str]]:
    """Read a file's one plan; findings without what they state."""
    ((data, findings, unmapped),) = cwds.read_file(content)
    assert len({path for _, path, _ in findings}) == len(findings)
    return data, [finding[:2] for finding in findings], unmapped


# The samples


def test_the_sample_plans_make_the_sample_file(samples: Path, sample_lines: Lines) -> None:
    found = [read_plan(line) for line in sample_lines("cwds", "plans")]
    assert cwds.write_file(found, SAMPLE) == (samples / "cwds" / SAMPLE_FILE).read_bytes()


def test_the_sample_plans_lose_what_the_sample_says(sample_lines: Lines) -> None:
    lost = []
    for line in sample_lines("cwds", "plans"):
        findings, losses = cwds.encode(read_plan(line), [])
        assert findings == []
        lost += [(line["plan_id"], *loss) for loss in losses]
    expected = [(one["plan_id"], one["path"], one["kind"]) for one in sample_lines("cwds", "loss")]
    assert sorted(lost) == sorted(expected)


def test_the_sample_file_gives_the_plans_that_come_back(samples: Path, sample_lines: Lines) -> None:
    content = (samples / "cwds" / SAMPLE_FILE).read_bytes()
    found = cwds.read_file(content)
    assert [one[1:] for one in found] == [([], []), ([], [])]
    expected = [plain(line) for line in sample_lines("cwds", "back")]
    assert [plain(plan_data(read_plan(data))) for data, _, _ in found] == expected
    pairs = zip(sample_lines("cwds", "back"), slice_file(content), strict=True)
    assert [agrees(line, slices) for line, slices in pairs] == [[], []]
    assert check_cwds.check(samples / "cwds" / SAMPLE_FILE) == []


# Many plans


def way_back(data: Data) -> None:
    """Write, check, slice, read again, and compare with the plan less its losses."""
    for _ in range(5):
        plan = read_plan(data)
        values: Data = {}
        findings, losses = cwds.encode(plan, [], None, values)
        if not findings:
            break
        assert losses == []
        data = mended(plan_data(plan), findings)
    assert findings == []
    assert len(losses) == len(set(losses))
    content = cwds.write_file([plan], SAMPLE)
    assert check_cwds.check(content) == []
    came, faults, unmapped = read_one(content)
    assert (faults, unmapped) == ([], [])
    back = plain(plan_data(read_plan(came, characters_checked=True, tidied=True)))
    assert agrees(back, slice_file(content)[0]) == []
    expected = copy.deepcopy(plan_data(plan))
    assert set(values) == {path for path, kind in losses if kind != "dropped"}
    for path, value in values.items():
        put(expected, path, value)
    gone = [Loss(None, None, path, "dropped", "") for path, kind in losses if kind == "dropped"]
    assert back == expected_back(expected, gone)


@settings(**COMMON, max_examples=60)
@given(data=plans(fragments=FRAGMENTS))
def test_what_comes_back_is_the_plan_less_its_losses(data: Data) -> None:
    way_back(data)


@pytest.mark.parametrize("seed", range(40))
def test_so_it_is_for_plans_that_chance_made(seed: int) -> None:
    way_back(plan_data(chance_plan(seed)))


def test_sampled_plans_make_a_file_that_is_as_it_should_be() -> None:
    sampled = [read_plan(data) for data in sample_plans(60, 11)]
    content = cwds.write_file(sampled, SAMPLE)
    assert check_cwds.check(content) == []
    pairs = list(zip(cwds.read_file(content), slice_file(content), strict=True))
    assert len(pairs) > 45
    assert [agrees(plan_data(read_plan(data)), slices) for (data, _, _), slices in pairs] == [
        [] for _ in pairs
    ]


def test_the_full_plan_fills_every_place() -> None:
    (slices,) = slice_file(written(cwds_plan()))
    blank = [name for kind in ("10", "11") for name, text in slices[kind].items() if not text]
    assert blank == ["NothingToRecord"]
    for kind in ("20", "40", "30", "50", "60", "70"):
        assert [name for name, text in slices[kind][0].items() if not text] == []


# Into the code page, and cut


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mañana €20 “q”", "mañana €20 “q”"),
        ("e\u0301", "é"),
        ("Ńowak", "Nowak"),
        ("ﬁn", "fin"),
        ("\N{FULLWIDTH REVERSE SOLIDUS}n", "\\n"),
        ("\u2003x", " x"),
        ("\x7f\u00a0", "\x7f\u00a0"),
        ("x\u0302", None),
        ("漢", None),
        ("\x81", None),
        ("\x85", None),
        ("\u2028", None),
    ],
)
def test_a_text_comes_into_the_code_page(text: str, expected: str | None) -> None:
    assert converted(text) == expected


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        ("x" * 40, 40, ["x" * 40]),
        ("x" * 41, 40, ["x" * 40, "x"]),
        ("x" * 39 + "\\\\y", 40, ["x" * 39, "\\\\y"]),
        ("\\\\" * 21, 40, ["\\\\" * 20, "\\\\"]),
        ("x" * 38 + "  y", 40, ["x" * 38, "  y"]),
        ("x" + " " * 300 + "y", 40, ["x", " " * 198 + "\\e", " " * 102 + "y"]),
        ("x" * 200 + "\\e", 0, ["x" * 200, "\\e"]),
        (" " * 198 + "\\e", 0, [" " * 198 + "\\e"]),
        (" " * 199 + "\\e", 0, [" " * 198 + "\\e", " \\e"]),
        (" " * 199 + "x\\e", 0, [" " * 199 + "x", "\\e"]),
        (" " * 199 + "\\nx", 0, [" " * 198 + "\\e", " \\nx"]),
    ],
)
def test_a_text_is_cut(text: str, first: int, expected: list[str]) -> None:
    assert cut(text, first) == expected


@settings(**COMMON, max_examples=200)
@given(
    pieces=st.lists(st.sampled_from((" ", "x", "\\\\", "\\n", " " * 190, "y" * 90)), min_size=1),
    first=st.sampled_from((0, 40, 150)),
)
def test_pieces_fit_and_make_the_text_again(pieces: list[str], first: int) -> None:
    text = "x" + "".join(pieces) + "\\e"
    found = cut(text, first)
    assert all(len(piece) <= 200 for piece in found)
    assert len(found[0]) <= (first or 200)
    closed = [piece for piece in found[:-1] if not piece.removesuffix("\\e").strip(" ")]
    assert set(closed) <= {" " * 198 + "\\e"}
    assert not any(piece.endswith(" ") for piece in found[:-1])
    joined = "".join(" " * 198 if piece in closed else piece for piece in found[:-1])
    assert joined + found[-1] == text


# What holds a plan on writing

HELD = [
    ("participant.identifiers.cwds", None, "FMT-ID", ""),
    ("participant.identifiers.cwds", "12345678901", "FMT-ID", ""),
    ("version", 10_000, "FMT-LENGTH", "5 > 4"),
    ("signatures[0].plan_version", 12_345, "FMT-LENGTH", "5 > 4"),
    ("participant.date_of_birth", None, "FMT-REQUIRED", ""),
    ("assessments[0].scores[0].scale", None, "FMT-REQUIRED", ""),
    ("goals[1].title", None, "FMT-REQUIRED", ""),
    ("goals[0].actions[0].description", None, "FMT-REQUIRED", ""),
    ("case_notes[0].dated_on", None, "FMT-REQUIRED", ""),
    ("case_notes[0].metrics[0].label", None, "FMT-REQUIRED", ""),
    ("case_notes[0].next_steps[0].goal", None, "FMT-REQUIRED", ""),
    ("signatures[0].signed_on", None, "FMT-REQUIRED", ""),
    ("signatures[0].name", None, "FMT-REQUIRED", ""),
    ("reviews[0].reviewed_on", None, "FMT-REQUIRED", ""),
    ("assessments[0].scores[0].value", Decimal("0.001"), "FMT-LENGTH", "10 > 9"),
    ("assessments[0].scores[0].value", Decimal(-1), "FMT-LENGTH", "10 > 9"),
    ("assessments[0].scores[0].value", Decimal(10_000_000), "FMT-LENGTH", "10 > 9"),
    ("goals[0].title", "漢", "FMT-CHARSET", ""),
    ("participant.email", "x\u0302@y", "FMT-CHARSET", ""),
    ("extensions.cwds.memo", "\u200b", "FMT-CHARSET", ""),
    ("extensions.cwds.Ń", "x", "FMT-CHARSET", ""),
    ("extensions.cwds.e\u0301", "x", "FMT-CHARSET", ""),
    *(
        (path, text, "FMT-LENGTH", f"{limit + 1} > {limit}")
        for path, limit in (
            ("participant.name.last", 35),
            ("participant.name.first", 25),
            ("participant.name.middle", 25),
            ("participant.name.suffix", 5),
            ("participant.address.city", 30),
            ("participant.address.county", 30),
            ("agency.board_code", 5),
            ("agency.office_code", 6),
            ("agency.provider", 60),
            ("case_manager.staff_id", 10),
            ("case_manager.name.last", 35),
            ("case_manager.name.first", 35),
            ("assessments[0].name", 60),
            ("assessments[0].scores[0].scale", 40),
            ("assessments[0].scores[0].level", 20),
            ("extensions.cwds." + "k" * 61, 60),
        )
        for text in ("x" * (limit + 1), " " * limit + "x", "x" * (limit - 1) + "\n")
        if "kk" not in path or text.startswith("xx")
    ),
]


@pytest.mark.parametrize(("path", "value", "rule", "detail"), HELD)
def test_what_the_format_cannot_take_holds_the_plan(
    path: str, value: Any, rule: str, detail: str
) -> None:
    data = cwds_plan()
    data["version"] = 12_345 if "plan_version" in path else data["version"]
    put(data, path, value)
    out: list[bytes] = []
    totals = [5, 1, 7]
    findings, losses = cwds.encode(read_plan(data), out, totals)
    expected = [(rule, path, detail)]
    if "plan_version" in path:
        expected.insert(0, ("FMT-LENGTH", "version", detail))
    assert (findings, losses, out, totals) == (expected, [], [], [5, 1, 7])


def test_lists_have_as_many_entries_as_their_numbers_count() -> None:
    data = cwds_plan()
    data["reviews"] = [{"trigger": "exit", "reviewed_on": "2024-01-02"}] * 999
    data["assessments"][0]["scores"] = [{"scale": "x"}] * 99
    data["goals"][4]["actions"] = [{"action_id": f"Z{at}", "description": "x"} for at in range(999)]
    assert cwds.encode(read_plan(data), [])[0] == []
    data["reviews"] *= 2
    data["assessments"][0]["scores"] *= 2
    data["goals"][4]["actions"].append({"action_id": "Y", "description": "x"})
    assert cwds.encode(read_plan(data), [])[0] == [
        ("FMT-LENGTH", "assessments[0].scores", "198 > 99"),
        ("FMT-LENGTH", "goals[4].actions", "1000 > 999"),
        ("FMT-LENGTH", "reviews", "1998 > 999"),
    ]


@pytest.mark.parametrize(("size", "held"), [(999 * 200, False), (999 * 200 + 1, True)])
def test_a_text_has_999_parts(size: int, held: bool) -> None:
    data = cwds_plan()
    data["comments"] = "x" * size
    findings, _ = cwds.encode(read_plan(data), [])
    assert findings == ([("FMT-LENGTH", "comments", "1000 > 999")] if held else [])


def test_a_plan_that_the_files_counters_cannot_take_is_held() -> None:
    plan = read_plan(cwds_plan())
    totals = [0, 0, 0]
    cwds.encode(plan, [], totals)
    room = 9_999_999 - totals[0]
    assert cwds.encode(plan, [], [room, 0, 0])[0] == []
    assert cwds.encode(plan, [], [room + 1, 0, 0])[0] == [("FMT-LENGTH", "", "10000000 > 9999999")]
    assert cwds.encode(plan, [], [0, 9_999_999, 0])[0] != []


def test_record_numbers_begin_again_at_000000() -> None:
    out: list[bytes] = []
    cwds.encode(read_plan(cwds_plan()), out, [999_997, 1, 1])
    text = b"".join(out).decode("cp1252")
    heads = [text[at : at + 8] for at in range(0, len(text), 302)]
    assert [head[2:] for head in heads[:3]] == ["999999", "000000", "000001"]
    assert text[302:].startswith("80000000")
    assert text[302 + 44 : 302 + 50] == "999999"


# The IEP event


def _event(**changes: Any) -> tuple[Data, Data]:
    data = cwds_plan() | {"services": [], **changes}
    data["goals"] = data["barriers"] = None
    values: Data = {}
    plan = read_plan(data)
    assert cwds.encode(plan, [], None, values)[0] == []
    (service,) = read_one(cwds.write_file([plan], SAMPLE))[0]["services"]
    lost = {path.split(".")[1]: value for path, value in values.items() if "services" in path}
    return service, lost


def _reviewed(*days: str | None) -> list[Data]:
    kinds = ("careerscope", "torq", "tabe", "onet", "careerscope", "other")
    return [
        {"instrument": kind, **({"reviewed_on": day} if day else {})}
        for kind, day in zip(kinds, days, strict=False)
    ]


@pytest.mark.parametrize(
    ("days", "started"),
    [
        (("2024-01-05", "2024-01-06", "2024-01-09", "2024-01-07"), "2024-01-09"),
        (("2024-02-01", "2024-01-06", "2024-01-09", "2024-01-07", "2024-01-03"), "2024-01-09"),
        (("2024-01-05", "2024-01-06", "2024-01-09", None), "2024-01-02"),
        (("2024-01-05", "2024-01-06", "2024-03-01", "2024-01-07"), "2024-01-02"),
        (("2023-01-05", "2023-01-06", "2023-03-01", "2023-01-07"), "2024-01-02"),
        (("2024-01-02", "2024-01-02", "2024-02-29", "2024-01-02", None, "2024-03-01"),
         "2024-02-29"),
    ],
)  # fmt: skip
def test_the_event_starts_once_all_four_are_reviewed(
    days: tuple[str | None, ...], started: str
) -> None:
    service, lost = _event(assessments=_reviewed(*days))
    found = {key: str(value) for key, value in service.items()}
    assert found == {
        "service_id": "IEP-3",
        "category": "iep_development",
        "started_on": started,
        "ended_on": "2024-02-29",
        "outcome": "successful",
        "provider": "JobWorks",
    }
    assert {key: str(value) for key, value in lost.items()} == found


def test_a_plan_that_is_not_completed_has_an_open_event() -> None:
    days = ("2024-01-05", "2024-01-06", "2025-03-01", "2024-01-07")
    service, _ = _event(
        assessments=_reviewed(*days), completed_on=None, agency=None, case_manager=None
    )
    assert set(service) == {"service_id", "category", "started_on"}
    assert str(service["started_on"]) == "2025-03-01"


def test_an_empty_section_is_named_but_where_an_event_stands() -> None:
    names = "assessments goals barriers services case_notes signatures reviews"
    data = cwds_plan() | {name: [] for name in names.split()}
    (slices,) = slice_file(written(data))
    assert slices["10"]["NothingToRecord"] == names.replace(" services", "")
    data["started_on"] = None
    (slices,) = slice_file(written(data))
    assert slices["10"]["NothingToRecord"] == names
    back, _, _ = read_one(written(data))
    assert all(back[name] == [] for name in names.split())


# What a reader finds in one plan

KINDS = ("10", "11", "15", "16", "20", "25", "26", "40", "30", "50", "51", "52", "53", "60", "70")


# Steps on which no other record hangs: the only one of its goal, and one without a 26.
STEPS = {("25", "GoalRef"): 2, ("25", "StepRef"): 1}


def spoiled(kind: str, name: str, text: str, number: int = 0) -> bytes:
    """Give a file of the full plan with another text in a field."""
    records = records_of(written(cwds_plan()))
    places = [at for at, record in enumerate(records) if record[:2] == kind]
    at = places[number]
    records[at] = with_field(records[at], name, text)
    return refiled(records)


def number_of(kind: str, number: int = 0) -> str:
    """Give the number of a record of the full plan's file."""
    records = records_of(written(cwds_plan()))
    return [record[2:8] for record in records if record[:2] == kind][number]


@pytest.mark.parametrize(
    ("kind", "name", "text", "rule", "path"),
    [
        ("10", "Version", "", "FMT-REQUIRED", "version"),
        ("10", "Version", "1x", "FMT-VALUE", "version"),
        ("10", "ParticipantId", "", "FMT-ID", "participant.identifiers.cwds"),
        ("10", "Program", "ZZ", "FMT-CODE", "program"),
        ("10", "Status", "", "FMT-REQUIRED", "status"),
        ("10", "Started", "20240230", "FMT-VALUE", "started_on"),
        ("10", "Started", "2024", "FMT-VALUE", "started_on"),
        ("10", "StaffLast", "", "FMT-REQUIRED", "case_manager.name.last"),
        ("10", "StaffFirst", "", "FMT-REQUIRED", "case_manager.name.first"),
        ("11", "Last", "a\\qb", "FMT-VALUE", "participant.name.last"),
        ("11", "Last", "a\\", "FMT-VALUE", "participant.name.last"),
        ("11", "Last", "a\x01b", "FMT-VALUE", "participant.name.last"),
        ("11", "Birth", "00000000", "FMT-REQUIRED", "participant.date_of_birth"),
        ("11", "Veteran", "y", "FMT-VALUE", "participant.veteran.is_veteran"),
        ("11", "Education", "10", "FMT-CODE", "participant.education_level"),
        ("11", "Sex", "\x02", "FMT-VALUE", "participant.sex"),
        ("15", "Seq", "002", "FMT-VALUE", "#/Seq"),
        ("15", "Seq", "", "FMT-REQUIRED", "#/Seq"),
        ("15", "Scores", "03", "FMT-VALUE", "#/Scores"),
        ("16", "Value", "      1.5", "FMT-VALUE", "assessments[0].scores[0].value"),
        ("20", "Cluster", "17", "FMT-CODE", "goals[0].career_cluster"),
        ("20", "Cluster", "x", "FMT-CODE", "goals[0].career_cluster"),
        ("20", "Title", "", "FMT-REQUIRED", "goals[0].title"),
        ("25", "GoalRef", "G9", "FMT-VALUE", "#/GoalRef"),
        ("25", "StepRef", "", "FMT-REQUIRED", "goals[0].actions[1].action_id"),
        ("26", "StepRef", "A9", "FMT-VALUE", "#/StepRef"),
        ("26", "StepRef", "", "FMT-REQUIRED", "#/StepRef"),
        ("30", "Referral", "X", "FMT-VALUE", "services[0].referral"),
        ("30", "ServiceCode", "WIS99", "FMT-CODE", "services[0].category"),
        ("40", "Category", "1", "FMT-CODE", "barriers[0].category"),
        ("51", "NoteRef", "N2", "FMT-VALUE", "#/NoteRef"),
        ("52", "Goal", "", "FMT-REQUIRED", "case_notes[0].next_steps[0].goal"),
        ("53", "Date", "00000000", "FMT-REQUIRED", "case_notes[0].follow_up_on[0]"),
        ("60", "Version", "000x", "FMT-VALUE", "signatures[0].plan_version"),
        ("70", "Trigger", "", "FMT-REQUIRED", "reviews[0].trigger"),
        ("80", "OwnerRecord", "000001", "FMT-VALUE", "#/OwnerRecord"),
        ("80", "OwnerRecord", "", "FMT-REQUIRED", "#/OwnerRecord"),
        ("80", "Part", "002", "FMT-VALUE", "#/Part"),
        ("80", "Field", "", "FMT-REQUIRED", "#/Field"),
        ("80", "Text", "", "FMT-REQUIRED", "#/Text"),
        ("80", "Text", "a\x01", "FMT-VALUE", "comments"),
        ("80", "Text", "a\\b", "FMT-VALUE", "comments"),
        ("90", "Name", "", "FMT-REQUIRED", "#/Name"),
        ("90", "Name", "memo", "FMT-VALUE", "extensions.cwds.memo"),
        ("90", "Value", "\x03", "FMT-VALUE", "extensions.cwds.20/290"),
        ("20", "299", "\x03", "FMT-VALUE", "#/299"),
    ],
)
def test_what_holds_a_plan_on_reading(
    kind: str, name: str, text: str, rule: str, path: str
) -> None:
    at = STEPS.get((kind, name), 0)
    _, findings, _ = read_one(spoiled(kind, name, text, at))
    assert findings == [(rule, path.replace("#", number_of(kind, at)))]


def test_other_numbers_and_references_are_the_models() -> None:
    for kind, name, text in (
        ("10", "Version", "0000"), ("26", "BarrierRef", "B9"), ("40", "GoalRef", "G9"),
        ("11", "Ssn", "x"), ("11", "Zip", "1"), ("20", "OccCode", "1"), ("60", "Version", "0004"),
    ):  # fmt: skip
        data, findings, _ = read_one(spoiled(kind, name, text))
        assert findings == []
        with pytest.raises(PlanRefused):
            read_plan(data)


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("10", "Started", ""),
        ("20", "Cluster", ""),
        ("20", "Cluster", "00"),
        ("60", "Version", ""),
        ("60", "Version", "0000"),
        ("16", "Value", ""),
    ],
)
def test_blanks_and_zeros_are_null(kind: str, name: str, text: str) -> None:
    data, findings, _ = read_one(spoiled(kind, name, text))
    assert findings == []
    read_plan(data, characters_checked=True, tidied=True)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "10"])
def test_a_record_in_another_place_holds_the_plan(kind: str) -> None:
    records = records_of(written(cwds_plan()))
    own = next(at for at, record in enumerate(records) if record[:2] == kind)
    moved = records.pop(own)
    end = next(at for at, record in enumerate(records) if record[:2] == "90")
    place = 2 if kind in {"15", "16"} else end
    content = refiled([*records[:place], moved, *records[place:]])
    if kind == "15":
        content = refiled([*records, moved])
    _, findings, _ = read_one(content)
    assert "FMT-VALUE" in {rule for rule, _ in findings}


def test_a_plan_without_a_person_lacks_what_is_required_of_one() -> None:
    records = [one for one in records_of(written(cwds_plan())) if one[:2] != "11"]
    kept = [one for one in records if one[50:70].rstrip() not in {"Line2", "Email"}]
    fields = ("name.last", "name.first", "date_of_birth")
    _, findings, _ = read_one(refiled(kept))
    assert findings == [("FMT-REQUIRED", f"participant.{field}") for field in fields]


@pytest.mark.parametrize(
    ("names", "rule"), [("goals", "FMT-VALUE"), ("activities", "FMT-CODE"), ("x  y", "FMT-CODE")]
)
def test_nothing_to_record_is_held_to_its_names(names: str, rule: str) -> None:
    records = records_of(written(cwds_plan()))
    at = next(at for at, record in enumerate(records) if record[:2] == "80")
    head = with_field(with_field(records[at], "Field", "NothingToRecord"), "Part", "001")
    records.insert(at, with_field(head, "Text", names))
    _, findings, _ = read_one(refiled(records))
    assert findings == [(rule, "000002/NothingToRecord")]


def test_texts_that_the_document_does_not_know_are_kept() -> None:
    records = records_of(written(cwds_plan()))
    del records[-2:]
    goal = [at for at, record in enumerate(records) if record[:2] == "20"][1]
    text = next(record for record in records if record[:2] == "80")
    wage = with_field(with_field(text, "OwnerRecord", records[goal][2:8]), "Field", "Wage")
    records[goal] = with_field(records[goal], "290", "  odd \\q")
    records.insert(goal + 1, with_field(wage, "Text", " 15\\n"))
    odd = f"55999990{records[0][8:44]}"
    records += [
        f"{odd}  a\\qb  ".ljust(300),
        with_field(with_field(with_field(text, "OwnerRecord", "999990"), "Field", "Field"),
                   "Text", "x"),
        odd.ljust(300),
    ]  # fmt: skip
    data, findings, unmapped = read_one(refiled(records))
    assert findings == []
    assert data["extensions"]["cwds"] == {
        "20[2]/292": "odd \\q",
        "20[2]/Wage": " 15\n",
        "55": "a\\qb",
        "55/Field": "x",
    }
    assert unmapped == list(data["extensions"]["cwds"])


# The whole file


def _ref(text: str) -> Callable[[list[str]], list[str]]:
    return lambda records: [records[0], with_field(records[1], "9", text), *records[2:]]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_ref("OTHER".ljust(36)), id="another PlanRef"),
        pytest.param(_ref(" " * 36), id="a blank PlanRef"),
        pytest.param(lambda records: records[1:], id="no 10"),
        pytest.param(lambda records: ["00" + records[0][2:], *records], id="a 00 inside"),
        pytest.param(lambda records: [*records, "99" + records[0][2:]], id="a 99 inside"),
        pytest.param(lambda records: [*records, *records], id="a plan twice"),
    ],
)
def test_records_that_refuse_the_file(spoil: Callable[[list[str]], list[str]]) -> None:
    with pytest.raises(FileRefused):
        cwds.read_file(refiled(spoil(records_of(written(cwds_plan())))))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, b"01"), (2, b"000002"), (8, b"X"), (44, b"S-"), (44, b"        "), (52, b"\xe9"),
        (60, b"20260230"), (68, b"246000"), (74, b"000000"), (80, b"0701"), (84, b"9999999"),
        (91, b"X"), (91, b" "), (300, b"\n\r"), (304, b"000009"), (400, b"\x81"), (150, b"\x9d"),
        (-303, b"98"), (-301, b"000001"), (-259, b"9999999"), (-252, b"0000002"), (-231, b"7"),
        (-1, b" "), (-1, b"\x1a\r\n"),
    ],
)  # fmt: skip
def test_bytes_that_refuse_the_file(at: int, text: bytes) -> None:
    content = bytearray(written(cwds_plan()))
    at = at if at >= 0 else len(content) + at
    content[at : at + len(text)] = text
    with pytest.raises(FileRefused):
        cwds.read_file(bytes(content))


@pytest.mark.parametrize("at", [92, 299, -40])
def test_what_stands_behind_header_and_trailer_is_skipped(at: int) -> None:
    content = bytearray(written(cwds_plan()))
    content[at] = 1
    assert read_one(bytes(content))[1:] == ([], [])


@pytest.mark.parametrize("content", [b"", b"\x1a", b"x" * 605])
def test_what_is_no_file(content: bytes) -> None:
    with pytest.raises(FileRefused):
        cwds.read_file(content)


def test_a_file_without_plans_is_legal() -> None:
    content = cwds.write_file([], SAMPLE)
    assert cwds.read_file(content) == []
    assert check_cwds.check(content) == []


def test_a_10_without_planref_begins_a_plan_that_is_held() -> None:
    records = records_of(written(cwds_plan()))
    blank = [with_field(record, "9", " " * 36) for record in records]
    first, second, whole = cwds.read_file(refiled([*blank, *blank, *records]))
    assert first[1] == second[1] == [("FMT-REQUIRED", "plan_id", "")]
    assert whole[1] == []


# The check


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("10", "Started", "20240230"), ("10", "Status", "Z"), ("11", "Last", ""),
        ("11", "Last", " x"), ("11", "Last", "x\\e"), ("11", "290", "x"), ("15", "Seq", "007"),
        ("15", "Scores", "09"), ("16", "Value", "     1575"), ("20", "Cluster", "17"),
        ("25", "GoalRef", "G9"), ("26", "BarrierRef", "B9"), ("30", "ServiceRef", "S2"),
        ("40", "GoalRef", "G9"), ("51", "NoteRef", "N2"), ("60", "Role", " "),
        ("70", "Changed", "n"), ("80", "Part", "002"), ("80", "Field", "Nope"),
        ("80", "Text", "x\\"), ("80", "Text", "x\\e"),
        ("80", "OwnerRecord", "000009"), ("30", "Started", "20200101"),
    ],
)  # fmt: skip
def test_the_check_sees_what_is_wrong(kind: str, name: str, text: str) -> None:
    assert check_cwds.check(refiled(records_of(written(cwds_plan())))) == []
    assert check_cwds.check(spoiled(kind, name, text)) != []


@pytest.mark.parametrize(
    "parts",
    [["x" * 199, "y"], ["x" * 199 + " ", "y"], ["x" * 199 + "\\", "ny"],
     [" " * 197 + "\\e", "  x\\e"], ["x" * 200 + "y"], [" x"], ["x\\e"], ["x", ""]],
)  # fmt: skip
def test_the_check_sees_a_text_that_is_cut_elsewhere(parts: list[str]) -> None:
    records = records_of(written(cwds_plan()))
    at = next(at for at, record in enumerate(records) if record[:2] == "80")
    head = records.pop(at)
    lines = [with_field(head[:273].ljust(300), "Text", part)[:300] for part in parts]
    lines = [with_field(line, "Part", f"{n:03}") for n, line in enumerate(lines, 1)]
    assert check_cwds.check(refiled([*records[:at], *lines, *records[at:]])) != []
