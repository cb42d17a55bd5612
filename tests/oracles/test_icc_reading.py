"""What the hand-written ICC reader takes, keeps as unmapped, holds, and refuses whole."""

import io
import zipfile
from typing import Any

import pytest
from bench.baseline import icc
from bench.baseline.reading import FileRefused
from tests.oracles.icc_mutations import mutated
from tests.oracles.icc_texts import (
    MARK,
    OTHER_FILES,
    changed,
    full_icc_plan,
    full_icc_plans,
    packed,
    unpacked,
    zipped,
)
from tests.oracles.way_back import settled, value_at

from iepbridge.exchange import Envelope
from iepbridge.plan import PlanRefused, read_plan

Data = dict[str, Any]
Change = tuple[str, str, str]
ENVELOPE = Envelope("SENDER1", "DWD", 42, "2024-12-31T23:30:00-06:00")
FULL = icc.write_file(full_icc_plans(), ENVELOPE)


def first(*changes: Change) -> tuple[Data, set[tuple[str, str]], list[str]]:
    """Read the changed file; give its first plan's data, findings and unmapped keys."""
    data, findings, unmapped = icc.read_file(changed(FULL, *changes))[0]
    assert len(findings) == len({finding[:2] for finding in findings})
    assert all(finding[2] == "" for finding in findings)
    return data, {finding[:2] for finding in findings}, sorted(unmapped)


def modelled(data: Data) -> set[tuple[str, str]]:
    with pytest.raises(PlanRefused) as caught:
        read_plan(data, tidied=True)
    return {(f"MODEL-{one.number}", one.path) for one in caught.value.problems}


# What means nothing

MEANS_NOTHING: dict[str, list[Change]] = {
    "quotes": [("BARRIER", "No car", '"No car"'), ("BARRIER", "OTHER|", 'OTHER|""')],
    "a quoted header": [("BARRIER", "PlanRef|", '"PlanRef"|')],
    "a quoted manifest": [("MANIFEST", "BATCH|000042|", '"BATCH"|"000042"|""')],
    "space in JSON": [("CASENOTE", '[""2024-03-20"",', '[ ""2024-03-20"" , ')],
    "empty lists in JSON": [("CASENOTE", "|OTHER||||||", "|OTHER||||[]|[]|[]")],
    "null in JSON": [("ASSESSMENT", ",{}]", ',{""level"":null}]')],
    "an exponent": [("ASSESSMENT", '""value"":-1.5', '""value"":-15e-1')],
    "escapes in JSON": [("ASSESSMENT", '""NRS 4""', '""NRS\\u00204""')],
    "keys in another order": [
        ("ASSESSMENT", '""scale"":""Reading"",', ""),
        ("ASSESSMENT", '""value"":-1.5,', '""value"":-1.5,""scale"":""Reading"",'),
    ],
    "rows in another order": [
        ("GOAL", "PLAN_1-a|G5|5|EDU|LNG||A degree||||||||||\n", ""),
        ("GOAL", "PLAN_1-a|G1|1", "PLAN_1-a|G5|5|EDU|LNG||A degree||||||||||\nPLAN_1-a|G1|1"),
    ],
    "objectives in another order": [
        ("OBJECTIVE", "PLAN_1-a|G1|A2|2|Attend|CUST||||||||\n", ""),
        ("OBJECTIVE", "A4|4|Search|||||||||\n",
         "A4|4|Search|||||||||\nPLAN_1-a|G1|A2|2|Attend|CUST||||||||\n"),
    ],
    "no office in ACTIVITY": [("ACTIVITY", "JobWorks|0412|S1", "JobWorks||")],
    "an extra without value": [("EXTRA", "|y|z\n", "|y|z\nPLAN_1-a|y|\nPLAN_1-a|x|\n")],
}  # fmt: skip


@pytest.mark.parametrize("case", MEANS_NOTHING)
def test_what_means_nothing(case: str) -> None:
    data, findings, unmapped = first(*MEANS_NOTHING[case])
    assert (findings, unmapped) == (set(), [])
    assert settled(read_plan(data, tidied=True)) == settled(read_plan(first()[0]))


def test_a_count_is_a_number() -> None:
    text = changed(FULL, ("MANIFEST", "GOAL.txt|5", "GOAL.txt|005"), stated=True)
    assert len(icc.read_file(text)) == 2


def test_texts_over_their_size_are_taken() -> None:
    data, findings, _ = first(
        ("BARRIER", "No car", "x" * 2000), ("CASENOTE", "The story.", "x" * 9000)
    )
    assert findings == set()
    assert len(data["case_notes"][0]["story"]) == 9000


@pytest.mark.parametrize("text", ["a|b", 'say "so"', "a\r\nb", "a\nb", "a\rb", '"', "\r\n", '|"\r'])
def test_quoted_cells_give_their_text(text: str) -> None:
    cell = '"' + text.replace('"', '""') + '"'
    texts = unpacked(FULL)
    texts["BARRIER"] = texts["BARRIER"].replace("No car", cell)
    data, findings, _ = icc.read_file(packed(texts))[0]
    assert findings == []
    assert data["barriers"][0]["description"] == text


def test_the_joined_codes_come_back_as_the_document_says() -> None:
    data, _, _ = first(("PERSON", "|5|2|Y|", "|5|1|Y|"))
    assert data["participant"]["employment_status"] == "employed"
    assert data["services"][1]["category"] == "work_experience"


def test_sections_without_rows_are_null_but_where_nothing_is_to_record() -> None:
    full, empty = (data for data, _, _ in icc.read_file(FULL))
    sections = ("goals", "barriers", "services", "assessments", "case_notes", "signatures")
    assert [empty[section] for section in sections] == [[]] * 6
    bare = changed(FULL, ("PLAN", "goals barriers services assessments case_notes signatures", ""))
    assert not set(sections) & set(icc.read_file(bare)[1][0])
    assert set(sections) <= set(full)


# What is unmapped

OTHERS = [
    ("PERSON", "PLAN_1-a|7|", "PLAN_1-a|8|", "PERSON[1]/StateId", "8"),
    ("ACTIVITY", "PLAN_1-a|3|7|S4", "PLAN_1-a|2|7|S4", "ACTIVITY[2]/PlanVersion", "2"),
    ("ACTIVITY", "PLAN_1-a|3|7|S1", "PLAN_1-a|x|7|S1", "ACTIVITY[1]/PlanVersion", "x"),
    ("ACTIVITY", "PLAN_1-a|3|7|S1", "PLAN_1-a|03|7|S1", "ACTIVITY[1]/PlanVersion", "03"),
    ("ACTIVITY", "PLAN_1-a|3|7|S1", "PLAN_1-a|3|07|S1", "ACTIVITY[1]/StateId", "07"),
    ("ACTIVITY", "Goodwill|0412|", "Goodwill|0413|", "ACTIVITY[1]/OfficeCode", "0413"),
    ("ACTIVITY", "JobWorks|0412|S1|", "JobWorks|0412|S2|", "ACTIVITY[2]/StaffId", "S2"),
]


@pytest.mark.parametrize(("member", "old", "new", "key", "text"), OTHERS)
def test_a_repeated_column_that_differs_is_unmapped(
    member: str, old: str, new: str, key: str, text: str
) -> None:
    data, findings, unmapped = first((member, old, new))
    assert (findings, unmapped) == (set(), [key])
    assert data["extensions"]["icc"] == {key: text, "Deep/Path": "x", "y": "z"}
    plan = read_plan(data, tidied=True)
    again, findings, unmapped = icc.read_file(icc.write_file([plan], ENVELOPE))[0]
    assert (findings, unmapped) == ([], [])
    assert settled(read_plan(again)) == settled(plan)


def test_a_key_that_is_taken_holds_the_plan() -> None:
    changes = [("ACTIVITY", "Goodwill|0412|S1", "Goodwill|0412|S2")]
    changes += [("EXTRA", "|y|z", "|ACTIVITY[1]/StaffId|S3")]
    path = "extensions.icc.ACTIVITY[1]/StaffId"
    assert first(*changes)[1] == {("FMT-VALUE", path)}


def test_an_extra_twice_holds_the_plan() -> None:
    assert first(("EXTRA", "|Deep/Path|", "|y|"))[1] == {("FMT-VALUE", "extensions.icc.y")}


# What holds one plan

HELD: dict[str, tuple[Change, set[tuple[str, str]]]] = {
    "no state id": (("PLAN", "|3|7|A", "|3||A"), {("FMT-ID", "participant.identifiers.icc")}),
    "letters in it": (("PLAN", "|3|7|A", "|3|x|A"), {("FMT-ID", "participant.identifiers.icc")}),
    "no version": (("PLAN", "-a|3|7|A", "-a||7|A"), {("FMT-REQUIRED", "version")}),
    "version 0": (("PLAN", "-a|3|7|A", "-a|0|7|A"), {("FMT-VALUE", "version")}),
    "version 03": (("PLAN", "-a|3|7|A", "-a|03|7|A"), {("FMT-VALUE", "version")}),
    "version +3": (("PLAN", "-a|3|7|A", "-a|+3|7|A"), {("FMT-VALUE", "version")}),
    "version ³": (("PLAN", "-a|3|7|A", "-a|³|7|A"), {("FMT-VALUE", "version")}),
    "no program": (("PLAN", "|7|A|", "|7||"), {("FMT-REQUIRED", "program")}),
    "program": (("PLAN", "|7|A|", "|7|a|"), {("FMT-CODE", "program")}),
    "status": (("PLAN", "|A|CLOSED|", "|A|Closed|"), {("FMT-CODE", "status")}),
    "no such day": (("PLAN", "01/02/2024", "02/30/2024"), {("FMT-VALUE", "started_on")}),
    "an ISO date": (("PLAN", "01/02/2024", "2024-01-02"), {("FMT-VALUE", "started_on")}),
    "a short date": (("PLAN", "01/02/2024", "1/2/2024"), {("FMT-VALUE", "started_on")}),
    "space before": (("PLAN", "01/02/2024", " 01/02/2024"), {("FMT-VALUE", "started_on")}),
    "mode": (("PLAN", "|T|28", "|P|28"), {("FMT-CODE", "development.mode")}),
    "no first name of staff": (
        ("PLAN", "|Núñez|Joe|", "|Núñez||"),
        {("FMT-REQUIRED", "case_manager.name.first")},
    ),
    "no last name of staff": (
        ("PLAN", "|Núñez|Joe|", "||Joe|"),
        {("FMT-REQUIRED", "case_manager.name.last")},
    ),
    "nothing to record: unknown": (
        ("PLAN", 'line"|', 'line"|reviews'),
        {("FMT-CODE", "PLAN[1]/NothingToRecord")},
    ),
    "nothing to record: a space": (
        ("PLAN", 'line"|', 'line"| '),
        {("FMT-CODE", "PLAN[1]/NothingToRecord")},
    ),
    "nothing to record: rows": (
        ("PLAN", 'line"|', 'line"|services'),
        {("FMT-VALUE", "PLAN[1]/NothingToRecord")},
    ),
    "no state id in PERSON": (
        ("PERSON", "PLAN_1-a|7|", "PLAN_1-a||"),
        {("FMT-REQUIRED", "PERSON[1]/StateId")},
    ),
    "no birth date": (
        ("PERSON", "02/29/1980", ""),
        {("FMT-REQUIRED", "participant.date_of_birth")},
    ),
    "no name": (
        ("PERSON", "|Núñez|Ana|", "|||"),
        {("FMT-REQUIRED", f"participant.name.{name}") for name in ("first", "last")},
    ),
    "sex": (("PERSON", "|9|7135", "|N|7135"), {("FMT-CODE", "participant.sex")}),
    "veteran": (
        ("PERSON", "|2|Y|", "|2|y|"),
        {("FMT-VALUE", "participant.veteran.is_veteran")},
    ),
    "household": (("PERSON", "|SP|", "|S|"), {("FMT-CODE", "participant.household.type")}),
    "sort with a gap": (("GOAL", "G5|5|", "G5|6|"), {("FMT-VALUE", "GOAL[5]/Sort")}),
    "sort twice": (("GOAL", "G5|5|", "G5|1|"), {("FMT-VALUE", "GOAL[5]/Sort")}),
    "sort 05": (("GOAL", "G5|5|", "G5|05|"), {("FMT-VALUE", "GOAL[5]/Sort")}),
    "no sort": (("GOAL", "G5|5|", "G5||"), {("FMT-REQUIRED", "GOAL[5]/Sort")}),
    "a sort of many digits": (
        ("GOAL", "G5|5|", f"G5|{'9' * 9999}|"),
        {("FMT-VALUE", "GOAL[5]/Sort")},
    ),
    "sort per goal": (("OBJECTIVE", "A3|3|", "A3|1|"), {("FMT-VALUE", "OBJECTIVE[3]/Sort")}),
    "sort per member": (("ACTIVITY", "S4|4|", "S4|2|"), {("FMT-VALUE", "ACTIVITY[2]/Sort")}),
    "no goal's kind": (("GOAL", "|EDU|INT|", "||INT|"), {("FMT-REQUIRED", "goals[0].kind")}),
    "no title": (("GOAL", "A degree", ""), {("FMT-REQUIRED", "goals[4].title")}),
    "no ref": (("GOAL", "-a|G5|", "-a||"), {("FMT-REQUIRED", "goals[4].goal_id")}),
    "cluster": (("GOAL", "Health Science", "Health"), {("FMT-CODE", "goals[0].career_cluster")}),
    "objective of no goal": (
        ("OBJECTIVE", "|G3|A4|", "|G9|A4|"),
        {("FMT-VALUE", "OBJECTIVE[4]/GoalRef")},
    ),
    "objective without goal": (
        ("OBJECTIVE", "|G3|A4|4|Search|", "||A4|4||"),
        {("FMT-REQUIRED", "OBJECTIVE[4]/GoalRef"), ("FMT-REQUIRED", "OBJECTIVE[4]/Description")},
    ),
    "no description": (
        ("OBJECTIVE", "Attend", ""),
        {("FMT-REQUIRED", "goals[0].actions[1].description")},
    ),
    "responsible": (
        ("OBJECTIVE", "|CUST|", "|CL|"),
        {("FMT-CODE", "goals[0].actions[1].responsible")},
    ),
    "barrier's code": (("BARRIER", "|OTHER|", "|other|"), {("FMT-CODE", "barriers[1].category")}),
    "205 in SERVICE": (("SERVICE", "|219|", "|205|"), {("FMT-VALUE", "services[1].category")}),
    "219 in ACTIVITY": (
        ("ACTIVITY", "|4|205|", "|4|219|"),
        {("FMT-VALUE", "services[3].category")},
    ),
    "unknown in SERVICE": (("SERVICE", "|219|", "|f01|"), {("FMT-CODE", "services[1].category")}),
    "unknown in ACTIVITY": (
        ("ACTIVITY", "|4|205|", "|4|0205|"),
        {("FMT-CODE", "services[3].category")},
    ),
    "no code in ACTIVITY": (
        ("ACTIVITY", "|4|205|", "|4||"),
        {("FMT-REQUIRED", "services[3].category")},
    ),
    "no provider": (("ACTIVITY", "JobWorks", ""), {("FMT-REQUIRED", "services[3].provider")}),
    "no begin": (
        ("ACTIVITY", "05/06/2024|05", "|05"),
        {("FMT-REQUIRED", "services[3].started_on")},
    ),
    "no version in ACTIVITY": (
        ("ACTIVITY", "-a|3|7|S4", "-a||7|S4"),
        {("FMT-REQUIRED", "ACTIVITY[2]/PlanVersion")},
    ),
    "no state id in ACTIVITY": (
        ("ACTIVITY", "-a|3|7|S4", "-a|3||S4"),
        {("FMT-REQUIRED", "ACTIVITY[2]/StateId")},
    ),
    "a boolean": (
        ("ACTIVITY", "|N|Required", "|no|Required"),
        {("FMT-VALUE", "services[0].referral")},
    ),
    "instrument": (("ASSESSMENT", "|TABE|", "|Tabe|"), {("FMT-CODE", "assessments[0].instrument")}),
    "no contact date": (
        ("CASENOTE", "|03/04/2024|", "||"),
        {("FMT-REQUIRED", "case_notes[1].dated_on")},
    ),
    "signature's version": (
        ("SIGNATURE", "|T|3|", "|T|03|"),
        {("FMT-VALUE", "signatures[0].plan_version")},
    ),
    "no signer": (("SIGNATURE", "Joe Núñez", ""), {("FMT-REQUIRED", "signatures[1].name")}),
    "an extra without name": (("EXTRA", "|y|z", "||z"), {("FMT-REQUIRED", "EXTRA[2]/Name")}),
}


@pytest.mark.parametrize("case", HELD)
def test_what_is_not_of_its_form_holds_the_plan(case: str) -> None:
    change, expected = HELD[case]
    assert first(change)[1] == expected
    (_, findings, _) = icc.read_file(changed(FULL, change))[1]
    assert findings == [], "the other plan goes on"


JSON = [
    "[", "{}", "null", "1", '"x"', "[null]", "[1]", '["x"]', "[[]]", '[{"other":"x"}]', "[NaN]",
    '[{"scale":1}]', '[{"scale":true}]', '[{"value":"1"}]', '[{"value":true}]', '[{"value":NaN}]',
    '[{"value":Infinity}]', '[{"value":01}]', '[{"value":1.}]', '[{"scale":"a","scale":"a"}]',
    '[{"scale":["a"]}]', "[{}] x", "[" * 100_000, '[{"value":1e99999999999999999999}]', "[{},]",
    '[{"scale":"a\nb"}]', "\ufeff[]", "\u00b2",
]  # fmt: skip


@pytest.mark.parametrize("cell", JSON, ids=lambda cell: cell[:20])
def test_json_of_another_form_holds_the_plan(cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    texts = unpacked(FULL)
    texts["ASSESSMENT"] = texts["ASSESSMENT"].replace("CAREERSCOPE||||", f"CAREERSCOPE||||{quoted}")
    (_, findings, _) = icc.read_file(packed(texts))[0]
    assert findings == [("FMT-VALUE", "assessments[1].scores", "")]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('""2024-03-20""', "20240320", "follow_up_on"),
        ('""2024-03-20""', "null", "follow_up_on"),
        ("2024-03-20", "03/20/2024", "follow_up_on"),
        ("2024-03-20", "2024-02-30", "follow_up_on"),
        ("2024-03-10", "2024-3-10", "next_steps"),
        ('""deadline""', '""due""', "next_steps"),
        ('""unit""', '""units""', "metrics"),
        ('""12.50""', "12.50", "metrics"),
    ],
)
def test_other_json_of_notes_holds_the_plan(old: str, new: str, field: str) -> None:
    path = f"case_notes[0].{field}"
    assert first(("CASENOTE", old, new))[1] == {("FMT-VALUE", path)}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("PLAN", "-a|3|7", "-a|1234567890|7"), ("MODEL-1", "version")),
        (("PERSON", "912345678", "000123456"), ("MODEL-1", "participant.ssn")),
        (("PERSON", "912345678", "912-34-5678"), ("MODEL-1", "participant.ssn")),
        (("PERSON", "7135550100", "713"), ("MODEL-1", "participant.phone")),
        (("PERSON", "|TX|", "|Tx|"), ("MODEL-1", "participant.address.state")),
        (("PERSON", "77001-0001", "7700"), ("MODEL-1", "participant.address.zip")),
        (("GOAL", "31-1131.00", "31-11"), ("MODEL-1", "goals[0].occupation.code")),
        (("GOAL", "|INT|TRN|", "|INT||"), ("MODEL-3", "goals[0].category")),
        (("GOAL", "|G5|5", "|G4|5"), ("MODEL-2", "goals[4].goal_id")),
        (("OBJECTIVE", "|B1|S2", "|B9|S2"), ("MODEL-2", "goals[0].actions[0].barrier_id")),
        (("BARRIER", "|G1\n", "|G9\n"), ("MODEL-2", "barriers[0].goal_id")),
        (("BARRIER", "|B2|2", "|B 2|2"), ("MODEL-1", "barriers[1].barrier_id")),
        (("BARRIER", "No car", "No\0car"), ("MODEL-6", "barriers[0].description")),
        (("SIGNATURE", "|T|3|", "|T|4|"), ("MODEL-5", "signatures[0].plan_version")),
        (("ASSESSMENT", "-1.5", "1e12"), ("MODEL-1", "assessments[0].scores[0].value")),
        (("ASSESSMENT", '""NRS 4""', '""""'), ("MODEL-1", "assessments[0].scores[0].level")),
    ],
)
def test_what_only_the_model_refuses(change: Change, problem: tuple[str, str]) -> None:
    data, findings, _ = first(change)
    assert findings == set()
    assert problem in modelled(data)


def test_decimals_in_json_are_exact() -> None:
    data, _, _ = first(("ASSESSMENT", "-1.5", "0.100000"))
    assert [str(score["value"]) for score in data["assessments"][0]["scores"][:2]] == [
        "0.100000",
        "123456789012.123456",
    ]


def test_all_findings_of_a_plan_are_given() -> None:
    changes = [HELD[case][0] for case in ("no title", "responsible", "sort twice", "sex")]
    assert {path for _, path in first(*changes)[1]} == {
        "goals[4].title", "goals[0].actions[1].responsible", "GOAL[5]/Sort", "participant.sex",
    }  # fmt: skip


# PERSON

P2 = "P2|12|B|A||||01/01/2000||||||||||||N||\n"


def test_a_person_twice_holds_the_plan() -> None:
    (_, findings, _) = icc.read_file(changed(FULL, ("PERSON", P2, P2 * 3)))[1]
    assert findings == [("FMT-VALUE", "PERSON[2]", ""), ("FMT-VALUE", "PERSON[3]", "")]


def test_no_person_holds_the_plan() -> None:
    (_, findings, _) = icc.read_file(changed(FULL, ("PERSON", P2, "")))[1]
    assert {finding[:2] for finding in findings} == {
        ("FMT-REQUIRED", f"participant.{field}")
        for field in ("name.last", "name.first", "date_of_birth")
    }


def test_a_plan_without_ref_is_held() -> None:
    row = "|1|12|X|DRAFT||||||||||||||||||||goals\n"
    content = changed(FULL, ("PLAN", "PLAN_1-a|", row + row + "PLAN_1-a|"))
    held, again, full, _ = icc.read_file(content)
    assert held == again
    assert held[1] == [("FMT-REQUIRED", "plan_id", "")]
    assert "plan_id" not in held[0]
    assert full == icc.read_file(FULL)[0]


# What refuses the whole file

REFUSED: dict[str, Change] = {
    "another header": ("BARRIER", "|Category|", "|Kind|"),
    "a cell more": ("BARRIER", "OTHER||||||\n", "OTHER|||||||\n"),
    "a cell less": ("BARRIER", "OTHER||||||\n", "OTHER|||||\n"),
    "a blank row": ("BARRIER", "OTHER||||||\n", "OTHER||||||\n\n"),
    "no header": ("EXTRA", "PlanRef|Name|Value\n", ""),
    "no last line end": ("EXTRA", "|y|z\n", "|y|z"),
    "a row ends in LF": ("BARRIER", "OTHER||||||\n", "OTHER||||||␊"),
    "a bare CR": ("BARRIER", "No car", "No\rcar"),
    "a bare quote": ("BARRIER", "No car", 'No "car"'),
    "a bare quote at the end": ("BARRIER", "No car", 'No car"'),
    "a quoted cell goes on": ("BARRIER", "No car", '"No" car'),
    "a space before quotes": ("BARRIER", "No car", ' "No car"'),
    "quotes left open": ("EXTRA", "|y|z", '|y|"z'),
    "a plan twice": ("PLAN", "P2|1|12", "PLAN_1-a|1|12"),
    "rows of no plan": ("EXTRA", "PLAN_1-a|y", "P3|y"),
    "rows without plan": ("EXTRA", "PLAN_1-a|y", "|y"),
    "rows apart": ("EXTRA", "PLAN_1-a|y", "P2|m|n\nPLAN_1-a|y"),
    "plans in another order": ("EXTRA", "PLAN_1-a|Deep", "P2|m|n\nPLAN_1-a|Deep"),
    "no sequence": ("MANIFEST", "BATCH|000042", "BATCH|"),
    "sequence zero": ("MANIFEST", "BATCH|000042", "BATCH|000000"),
    "sender's characters": ("MANIFEST", "SENDER|SENDER1", "SENDER|SEN-1"),
    "created on no day": ("MANIFEST", "2024-12-31", "2024-13-31"),
    "a third cell": ("MANIFEST", "BATCH|000042|", "BATCH|000042|1"),
    "another order": ("MANIFEST", "BATCH|000042|\nSENDER|SENDER1|\n",
                      "SENDER|SENDER1|\nBATCH|000042|\n"),
    "a row more": ("MANIFEST", "-06:00|\n", "-06:00|\nNOTE|x|\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_refuses_the_file(case: str) -> None:
    with pytest.raises(FileRefused):
        icc.read_file(changed(FULL, REFUSED[case]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("GOAL.txt|5", "GOAL.txt|4"),
        ("GOAL.txt|5", "GOAL.txt|5.0"),
        ("GOAL.txt|5", "Goal.txt|5"),
        ("EXTRA.txt|2", "EXTRA.txt|3"),
        ("PLAN.txt|2", "PLAN.txt|3"),
        ("Member|Rows", "Member|Lines"),
    ],
)
def test_a_manifest_that_is_wrong_refuses_the_file(old: str, new: str) -> None:
    with pytest.raises(FileRefused):
        icc.read_file(changed(FULL, ("MANIFEST", old, new), stated=True))


def test_upper_case_hashes_refuse_the_file() -> None:
    texts = unpacked(FULL)
    lines = texts["MANIFEST"].split("\r\n")
    lines[1] = lines[1][:-64] + lines[1][-64:].upper()
    with pytest.raises(FileRefused):
        icc.read_file(packed(texts | {"MANIFEST": "\r\n".join(lines)}, stated=True))


@pytest.mark.parametrize("case", OTHER_FILES)
def test_another_file_is_refused(case: str) -> None:
    with pytest.raises(FileRefused):
        icc.read_file(OTHER_FILES[case](FULL))


def test_not_utf_8_refuses_the_file() -> None:
    texts = unpacked(FULL)
    members = {f"{name}.txt": (MARK + text).encode() for name, text in texts.items()}
    members["BARRIER.txt"] = members["BARRIER.txt"].replace(b"No car", b"No c\xe4r")
    with pytest.raises(FileRefused):
        icc.read_file(zipped(members))


@pytest.mark.parametrize("place", range(0, len(FULL), 41))
def test_a_file_cut_anywhere_is_refused(place: int) -> None:
    with pytest.raises(FileRefused):
        icc.read_file(FULL[:place])


def test_a_byte_flipped_anywhere_is_refused_or_means_nothing() -> None:
    expected = icc.read_file(FULL)
    for place in range(0, len(FULL), 7):
        content = FULL[:place] + bytes([FULL[place] ^ 0x10]) + FULL[place + 1 :]
        try:
            assert icc.read_file(content) == expected
        except FileRefused:
            continue


def test_a_member_that_unpacks_too_far_is_refused() -> None:
    bomb = packed({**unpacked(FULL), "EXTRA": "x" * (16 << 20)}, stated=True)
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        assert archive.getinfo("EXTRA.txt").file_size > 16 << 20
    with pytest.raises(FileRefused, match="250:1"):
        icc.read_file(bomb)


def test_a_cell_of_many_lines_takes_no_longer_than_its_size() -> None:
    texts = unpacked(FULL)
    lines = "line\r\n" * 400_000
    texts["BARRIER"] = texts["BARRIER"].replace("No car", f'"{lines}"')
    data, _, _ = icc.read_file(packed(texts, stated=False))[0]
    assert value_at(data, "barriers[0].description") == lines


def test_reading_gives_what_was_written_but_for_what_icc_lacks() -> None:
    data = icc.read_file(FULL)[0][0]
    plan = full_icc_plan()
    for path in ("goals", "barriers", "case_notes", "comments", "eligibility"):
        back = settled(read_plan(data))[path]
        assert back == settled(read_plan(plan))[path]


def test_a_mutated_file_ends_in_plans_findings_or_a_refusal() -> None:
    ends = {"refused": 0, "held": 0, "refused by the model": 0, "read": 0}
    for seed in range(600):
        try:
            data, findings, _ = icc.read_file(mutated(FULL, seed))[0]
        except FileRefused:
            ends["refused"] += 1
            continue
        try:
            ends["held" if findings or not read_plan(data) else "read"] += 1
        except PlanRefused:
            ends["refused by the model"] += 1
    assert all(count > 20 for count in ends.values()), ends
