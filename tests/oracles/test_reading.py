"""What the hand-written readers take, keep as unmapped, hold, and refuse whole."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bench.baseline import toolbox, twist
from bench.baseline.reading import FileRefused
from tests.oracles.way_back import value_at

from iepbridge.plan import PlanRefused, read_plan

HERE = Path(__file__).parent
SYSTEMS: dict[str, ModuleType] = {"twist": twist, "toolbox": toolbox}
FULL = {
    system: (HERE / f"full_{system}.xml").read_bytes().decode() for system in ("twist", "toolbox")
}
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XMLNS = f'xmlns:xsi="{XSI}"'
CATS = '<Cat/><Cat age="3"> Tom </Cat><Cat>x<Name>Kit</Name> y </Cat>'
FUNDS = """<FundDetail fund="97"><StartDate>soon</StartDate><StartDate/></FundDetail>
<FundDetail fund="901"><StartDate>2024-01-01</StartDate></FundDetail>"""
NOTE = '<CounselorNote ref="N1" part="1" parts="1">'
LONG = "x" * 4000


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def replaced(system: str, *changes: tuple[str, str]) -> str:
    text = FULL[system]
    for old, new in changes:
        assert old in text, f"no {old} in the file"
        text = text.replace(old, new, 1)
    return text


def first(system: str, content: str) -> tuple[dict[str, Any], set[tuple[str, str]], list[str]]:
    """Read a file; give its first plan's data, findings and unmapped keys."""
    data, findings, unmapped = SYSTEMS[system].read_file(content.encode())[0]
    assert len(unmapped) == len(set(unmapped))
    return data, {finding[:2] for finding in findings}, sorted(unmapped)


def recounted(content: str) -> str:
    """Mend a TWIST trailer after elements came or went."""
    for name in ("Customer", "InterimGoal", "Action", "ServiceTracking", "CounselorNote"):
        found = len(re.findall(f"<{name}[ />]", content))
        content = re.sub(f"<{name}Count>[0-9]+", f"<{name}Count>{found}", content)
    return content


# What means nothing


NOTHING: dict[str, Callable[[str], str]] = {
    "byte order mark": lambda text: "\N{BYTE ORDER MARK}" + text,
    "no declaration": lambda text: text.replace('<?xml version="1.0" encoding="UTF-8"?>\n', ""),
    "declaration": lambda text: text.replace('"UTF-8"?>', "'utf-8' standalone='yes' ?>"),
    "no white space": lambda text: re.sub(r">\s+<", "><", text),
    "other white space": lambda text: re.sub(r">\n *<", ">\r\n\t<", text),
    "comment and instruction": lambda text: re.sub("(<Person)", r"<!-- x --><?y z?>\1", text),
    "inside a text": lambda text: text.replace(">Enrol<", "><![CDATA[En]]>r<!-- x -->o<?y z?>l<"),
    "character reference": lambda text: text.replace(">Enrol<", ">&#69;nrol<"),
}


@pytest.mark.parametrize("change", NOTHING)
def test_what_means_nothing_changes_nothing(system: str, change: str) -> None:
    changed = NOTHING[change](FULL[system])
    assert changed != FULL[system]
    expected = SYSTEMS[system].read_file(FULL[system].encode())
    assert SYSTEMS[system].read_file(changed.encode()) == expected


def test_a_stream_gives_the_same(system: str) -> None:
    content = FULL[system].encode()
    expected = SYSTEMS[system].read_file(content)
    assert list(SYSTEMS[system].stream(io.BytesIO(content))) == expected


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_toolbox_reads_utf_16(encoding: str) -> None:
    expected = toolbox.read_file(FULL["toolbox"].encode())
    for declared in ("", "UTF-16"):
        text = FULL["toolbox"].replace('encoding="UTF-8"', f'encoding="{declared}"')
        text = text.replace(' encoding=""', "")
        assert toolbox.read_file(text.encode(encoding)) == expected


def test_toolbox_reads_any_prefix() -> None:
    text = FULL["toolbox"].replace("xmlns=", "xmlns:t=")
    text = re.sub(r"<(/?)([A-Z])", r"<\1t:\2", text)
    assert toolbox.read_file(text.encode()) == toolbox.read_file(FULL["toolbox"].encode())


def test_lists_of_other_names_may_mix() -> None:
    barrier = '    <Barrier ref="B2" code="OT"/>\n'
    text = replaced(
        "twist",
        (barrier, ""),
        ("    <Assessment instrument", barrier + "    <Assessment instrument"),
    )
    data, findings, _ = first("twist", text)
    assert [part["barrier_id"] for part in data["barriers"]] == ["B2", "B1"]
    assert findings == set()


def test_a_file_without_plans_is_legal() -> None:
    text = re.sub("(?s)  <Customer .*</Customer>", "", FULL["twist"])
    assert twist.read_file(recounted(text).encode()) == []
    text = re.sub("(?s)  <IEP .*</IEP>", "", FULL["toolbox"])
    assert toolbox.read_file(text.replace('count="2"', 'count="0"').encode()) == []


# What refuses the whole file

REFUSED_TWIST = {
    "not well-formed": ("</TwistIepFile>", ""),
    "white space before the declaration": ("<?xml", " <?xml"),
    "DTD": ("<TwistIepFile ", "<!DOCTYPE TwistIepFile><TwistIepFile "),
    "entity": ("<TwistIepFile ", '<!DOCTYPE TwistIepFile [<!ENTITY e "x">]><TwistIepFile '),
    "another declared encoding": ("UTF-8", "ISO-8859-1"),
    "UTF-16 declared": ("UTF-8", "UTF-16"),
    "XML 1.1": ('version="1.0"', 'version="1.1"'),
    "root": ("<TwistIepFile ", "<x><TwistIepFile "),
    "namespace": ("<TwistIepFile ", '<TwistIepFile xmlns="urn:x" '),
    "release": ("3.2", "3.1"),
    "no release": (' version="3.2"', ""),
    "no sender": ("    <Sender>SENDER1</Sender>\n", ""),
    "empty sender": ("<Sender>SENDER1<", "<Sender><"),
    "sender in white space": ("<Sender>SENDER1<", "<Sender> SENDER1<"),
    "sender twice": ("<Receiver>", "<Sender>SENDER1</Sender><Receiver>"),
    "sequence": ("<Sequence>000042", "<Sequence>42"),
    "created without offset": ("-06:00<", "<"),
    "created on no day": ("<Created>2024-12-31", "<Created>2024-12-32"),
    "FileId": ("TWIST_IEP_SENDER1", "TWIST_IEP_SENDER2"),
    "FileId of another day": ("SENDER1_20241231", "SENDER1_20250101"),
    "count": ("<ActionCount>2", "<ActionCount>3"),
    "count of letters": ("<ActionCount>2", "<ActionCount>two"),
    "no count": ("<ActionCount>2</ActionCount>", ""),
    "no trailer": ("<Trailer>", "<Trailing>"),
    "trailer twice": ("</Trailer>", "</Trailer><Trailer/>"),
    "a plan twice": ('planRef="P2"', 'planRef="PLAN_1-a"'),
    "too deep": ("<Person>", f"<Person>{'<a>' * 98}{'</a>' * 98}"),
}


@pytest.mark.parametrize("mutation", REFUSED_TWIST)
def test_twist_files_refused_whole(mutation: str) -> None:
    text = replaced("twist", REFUSED_TWIST[mutation]).replace("</Trailer>\n</T", "</Trailer></T")
    if mutation == "root":
        text += "</x>"
    if mutation == "no trailer":
        text = text.replace("</Trailer>", "</Trailing>")
    with pytest.raises(FileRefused):
        twist.read_file(text.encode())


def test_a_hundred_deep_is_fine() -> None:
    text = replaced("twist", ("<Person>", f"<Person>{'<a>' * 97}{'</a>' * 97}"))
    assert first("twist", text)[1] == set()


def test_header_and_trailer_have_their_places() -> None:
    header = re.search("(?s)  <Header>.*</Header>\n", FULL["twist"])
    trailer = re.search("(?s)  <Trailer>.*</Trailer>\n", FULL["twist"])
    assert header
    assert trailer
    for part, new in ((header[0], "</TwistIepFile>"), (trailer[0], "  <Customer ")):
        moved = FULL["twist"].replace(part, "").replace(new, part + new, 1)
        with pytest.raises(FileRefused):
            twist.read_file(moved.encode())


REFUSED_TOOLBOX = {
    "DTD": ("<IEPBatch ", "<!DOCTYPE IEPBatch><IEPBatch "),
    "another declared encoding": ("UTF-8", "ISO-8859-1"),
    "namespace": ("toolbox:iep:2", "toolbox:iep:1"),
    "release": ('release="2"', 'release="2.0"'),
    "no sender": (' sender="SENDER1"', ""),
    "empty receiver": ('receiver="TWC"', 'receiver=""'),
    "sequence": ('sequence="000042"', 'sequence="0000042"'),
    "created without offset": ("-06:00", ""),
    "count": ('count="2"', 'count="3"'),
    "no count": (' count="2"', ""),
    "count of letters": ('count="2"', 'count="two"'),
    "no planRef": (' planRef="P2"', ""),
    "empty planRef": ('planRef="P2"', 'planRef=""'),
    "no version": ('planRef="P2" version="1"', 'planRef="P2"'),
    "a plan twice": ('planRef="P2"', 'planRef="PLAN_1-a"'),
}


@pytest.mark.parametrize("mutation", REFUSED_TOOLBOX)
def test_toolbox_files_refused_whole(mutation: str) -> None:
    with pytest.raises(FileRefused):
        toolbox.read_file(replaced("toolbox", REFUSED_TOOLBOX[mutation]).encode())


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(FileRefused):
        twist.read_file(FULL["twist"].encode(encoding))
    text = FULL["toolbox"].replace("UTF-8", encoding)
    if encoding != "utf-16":
        with pytest.raises(FileRefused):
            toolbox.read_file(text.encode(encoding))


# What holds one plan

HELD_BY_TWIST = [
    ((' twistId="000104512"', ""), "FMT-ID participant.identifiers.twist"),
    (('twistId="000104512"', 'twistId="X"'), "FMT-ID participant.identifiers.twist"),
    ((' planRef="PLAN_1-a"', ""), "FMT-REQUIRED plan_id"),
    ((' planVersion="3"', ""), "FMT-REQUIRED version"),
    (('planVersion="3"', 'planVersion="three"'), "FMT-VALUE version"),
    (("      <LastName>Núñez</LastName>\n", ""), "FMT-REQUIRED participant.name.last"),
    (("<FirstName>Ana<", "<FirstName><"), "FMT-REQUIRED participant.name.first"),
    (("<BirthDate>1980-02-29</BirthDate>", ""), "FMT-REQUIRED participant.date_of_birth"),
    (("<BirthDate>1980-02-29", "<BirthDate>1981-02-29"), "FMT-VALUE participant.date_of_birth"),
    (("<BirthDate>1980-02-29", "<BirthDate> 1980-02-29"), "FMT-VALUE participant.date_of_birth"),
    (("<BirthDate>1980-02-29", "<BirthDate>19800229"), "FMT-VALUE participant.date_of_birth"),
    (("<Ssn>912345678", "<Ssn>91234567"), "FMT-VALUE participant.ssn"),
    (("<Sex>N", "<Sex>X"), "FMT-CODE participant.sex"),
    (("<Phone>7135550100", "<Phone>713"), "FMT-VALUE participant.phone"),
    (("<Education>14", "<Education>4"), "FMT-CODE participant.education_level"),
    (("<EmploymentStatus>N", "<EmploymentStatus>n"), "FMT-CODE participant.employment_status"),
    (("<Veteran>Y", "<Veteran>y"), "FMT-VALUE participant.veteran.is_veteran"),
    (("<Suffix>", "<Suffix>III</Suffix><Suffix>"), "FMT-VALUE participant.name.suffix"),
    (("<Suffix>", "<Suffix/><Suffix>"), "FMT-VALUE participant.name.suffix"),
    (("<Address>", "<Address/><Address>"), "FMT-VALUE Person/Address[2]"),
    (("<Person>", "<Person/><Person>"), None),
    (('instrument="TAB"', 'instrument="TABE"'), "FMT-CODE assessments[0].instrument"),
    ((' instrument="CSC"', ""), "FMT-REQUIRED assessments[1].instrument"),
    (("<Date>2023-12-05", "<Date>2023-12-5"), "FMT-VALUE assessments[0].taken_on"),
    (('value="-1.50"', 'value="1E2"'), "FMT-VALUE assessments[0].scores[0].value"),
    (('<Barrier ref="B2"', "<Barrier"), "FMT-REQUIRED barriers[1].barrier_id"),
    (('code="OT"', 'code="ot"'), "FMT-CODE barriers[1].category"),
    (("<Program>WA</Program>", ""), "FMT-REQUIRED program"),
    (("<Program>WA", "<Program>TANF"), "FMT-CODE program"),
    (("<Status>C", "<Status>X"), "FMT-CODE status"),
    (("<Started>2024-01-02", "<Started>soon"), "FMT-VALUE started_on"),
    (("<Board>", "<Board>1</Board><Board>"), "FMT-VALUE agency.board_code"),
    (("        <FirstName>Joe</FirstName>\n", ""), "FMT-REQUIRED case_manager.name.first"),
    (("<LastName>Núñez</LastName>\n        <F", "<F"), "FMT-REQUIRED case_manager.name.last"),
    (("<Staff>", "<Staff/><Staff>"), "FMT-VALUE ServicePlan/Staff[2]"),
    (("<OverallGoal ", '<OverallGoal ref="G0" kind="EM"/><OverallGoal '), None),
    (('ref="G3" kind="EM"', 'ref="G3"'), "FMT-REQUIRED goals[0].kind"),
    (('setDate="2024-01-02"', 'setDate="1/2/2024"'), "FMT-VALUE goals[0].set_on"),
    (('status="N"', 'status="X"'), "FMT-CODE goals[0].status"),
    (('code="31-1131.00"', 'code="31-1131.0"'), "FMT-VALUE goals[0].occupation.code"),
    (("<Occupation ", "<Occupation/><Occupation "), "FMT-VALUE goals[0].occupation.title"),
    (("C12", "C00"), "FMT-CODE goals[0].career_cluster"),
    (('title="TS"', ""), "FMT-REQUIRED goals[1].category"),
    (('title="TS"', 'title="ts"'), "FMT-CODE goals[1].category"),
    (('number="2" kind', 'number="3" kind'), "FMT-VALUE ServicePlan/InterimGoal[2]/@number"),
    (('number="1" kind', "kind"), "FMT-REQUIRED ServicePlan/InterimGoal/@number"),
    (("        <SetDate>2024-02-01</SetDate>\n", ""), "FMT-REQUIRED goals[2].set_on"),
    (
        ('ref="A2" number="2"', 'ref="A2" number="1"'),
        "FMT-VALUE ServicePlan/InterimGoal/Action[2]/@number",
    ),
    (("<Description>Attend</Description>", ""), "FMT-REQUIRED goals[1].actions[1].description"),
    (("<FollowUp>Y", "<FollowUp>J"), "FMT-VALUE goals[1].actions[0].follow_up"),
    (('role="ST"', 'role="XX"'), "FMT-CODE signatures[1].role"),
    (("<Name>Joe Núñez</Name>", ""), "FMT-REQUIRED signatures[1].name"),
    (("<PlanVersion>3", "<PlanVersion>v3"), "FMT-VALUE signatures[0].plan_version"),
    (('service="906"', 'service="907"'), "FMT-CODE services[1].category"),
    (('component="4" service="906"', 'service="906"'), "FMT-REQUIRED services[1].category"),
    (("<CompletionReason>20", "<CompletionReason>1"), "FMT-CODE services[0].outcome"),
    (('fund="901"', 'fund="WIOA"'), "FMT-CODE services[0].funding"),
    (('fund="901"', 'fund="906"'), "FMT-CODE services[0].funding"),
    (("<Date>2024-03-03</Date>", ""), "FMT-REQUIRED case_notes[0].dated_on"),
    (("<Subject>GENERAL", "<Subject>OTHER"), "FMT-CODE case_notes[1].about"),
    ((NOTE, NOTE.replace(' part="1"', "")), "FMT-REQUIRED CounselorNote/@part"),
    ((NOTE, NOTE.replace('part="1"', 'part="2"', 1)), None),
    ((NOTE, NOTE.replace('ts="1"', 'ts="x"')), "FMT-VALUE CounselorNote/@parts"),
    (('ref="N2" part="1"', 'ref="N1" part="1"'), None),
    (('ref="N3" part="1"', 'ref="N3" part="2"'), None),
    (('ref="N3" part="1" parts="2"', 'ref="N3" part="1" parts="3"'), None),
    (("<Title>Long</Title>", "<Title>Short</Title>"), "FMT-VALUE case_notes[2].title"),
    (('<Extra name="memo">', "<Extra>"), "FMT-REQUIRED Extra[2]/@name"),
    (('<Extra name="memo">', '<Extra name="Person/Pet">'), "FMT-VALUE extensions.twist.Person/Pet"),
    (("<Person>", "<Person><Pet>Rex</Pet>"), "FMT-VALUE extensions.twist.Person/Pet"),
]


@pytest.mark.parametrize(("change", "expected"), HELD_BY_TWIST)
def test_what_holds_a_plan_of_twist(change: tuple[str, str], expected: str | None) -> None:
    text = recounted(replaced("twist", change))
    decoded = twist.read_file(text.encode())
    findings = {" ".join(finding[:2]) for finding in decoded[0][1]}
    assert findings == {expected} if expected else findings
    assert decoded[1][1] == []


HELD_BY_TOOLBOX = [
    (('id="01234567"', 'id="1234567"'), "FMT-ID participant.identifiers.toolbox"),
    (('id="01234567" ', ""), "FMT-ID participant.identifiers.toolbox"),
    (('version="3"', 'version="0"'), "FMT-VALUE version"),
    (('version="3"', 'version="v"'), "FMT-VALUE version"),
    (('program="WIOA-A" ', ""), "FMT-REQUIRED program"),
    (('program="WIOA-A"', 'program="WIOA-ADULT"'), "FMT-CODE program"),
    (('status="CLOSED"', 'status="closed"'), "FMT-CODE status"),
    (('started="01/02/2024"', 'started="2024-01-02"'), "FMT-VALUE started_on"),
    (('started="01/02/2024"', 'started="1/2/2024"'), "FMT-VALUE started_on"),
    (('first="Ana" ', ""), "FMT-REQUIRED participant.name.first"),
    (('ssn="912-34-5678"', 'ssn="912345678"'), "FMT-VALUE participant.ssn"),
    (('zip="77001-0001"', 'zip="7700"'), "FMT-VALUE participant.address.zip"),
    (('state="TX" zip', 'state="T1" zip'), "FMT-VALUE participant.address.state"),
    ((' value="7"', ""), "FMT-REQUIRED participant.identifiers.icc"),
    ((' system="icc"', ""), "FMT-REQUIRED Personal/OtherId[2]/@system"),
    (('system="icc"', 'system="toolbox"'), "FMT-VALUE participant.identifiers.toolbox"),
    (('system="icc"', 'system="cwds"'), "FMT-VALUE participant.identifiers.cwds"),
    (("<Household ", "<Household/><Household "), "FMT-VALUE Personal/Household[2]"),
    ((' last="Diaz"', ""), "FMT-REQUIRED participant.former_names[0].name.last"),
    (("SINGLE-PARENT", "SINGLE_PARENT"), "FMT-CODE participant.household.type"),
    (('<Skill text="Spanish"/>', "<Skill/>"), "FMT-REQUIRED participant.skills[1]"),
    (('first="Joe" ', ""), "FMT-REQUIRED case_manager.name.first"),
    (('present="Yes"', 'present="yes"'), "FMT-VALUE development.participant_present"),
    (("<Credentials>", '<Credentials NA="Yes">'), "FMT-VALUE Credentials/@NA"),
    (("<Credentials>", '<Credentials NA="True">'), "FMT-VALUE Credentials/@NA"),
    (("<Credentials>", "<Credentials/><Credentials>"), None),
    (('<Veteran status="Yes"', '<Veteran NA="Yes" status="Yes"'), "FMT-VALUE Veteran/@NA"),
    (('<Veteran status="Yes"', "<Veteran"), "FMT-REQUIRED participant.veteran.is_veteran"),
    (('minimumWage="15.750"', 'minimumWage="+15"'), "FMT-VALUE desired_positions[0].minimum_wage"),
    (('volunteer="No"', 'volunteer="N"'), "FMT-VALUE work_history[0].volunteer"),
    (("LAID-OFF", "LAID OFF"), "FMT-CODE work_history[0].reason_for_leaving"),
    (('<Member first="Ana"', "<Member"), "FMT-REQUIRED family_members[0].name.first"),
    (("<GoalsAndBarriers>", "<GoalsAndBarriers><NoGoals/>"), "FMT-VALUE GoalsAndBarriers/NoGoals"),
    (('instrument="TABE"', 'instrument="TAB"'), "FMT-CODE assessments[0].instrument"),
    (('term="LONG-TERM" ', ""), "FMT-REQUIRED goals[4].term"),
    (('cluster="Finance"', 'cluster="FINANCE"'), "FMT-CODE goals[1].career_cluster"),
    (("<Outcome>", "<Outcome/><Outcome>"), "FMT-VALUE goals[0].outcome"),
    (("<Text>", "<Text>x</Text><Text>"), "FMT-VALUE goals[0].actions[0].description"),
    (('followUp="Yes"', 'followUp="1"'), "FMT-VALUE goals[0].actions[0].follow_up"),
    (('category="OTHER"', 'category="OT"'), "FMT-CODE barriers[1].category"),
    (('hours="30.5"', 'hours="30.5h"'), "FMT-VALUE participation_hours.required"),
    ((' date="03/20/2024"', ""), "FMT-REQUIRED case_notes[0].follow_up_on[0]"),
    (('deadline="03/10/2024"', 'deadline="x"'), "FMT-VALUE case_notes[0].next_steps[0].deadline"),
    ((' trigger="EXIT"', ""), "FMT-REQUIRED reviews[1].trigger"),
    (('version="3" release', 'version="0" release'), "FMT-VALUE signatures[0].plan_version"),
    ((' name="Personal/@source"', ""), "FMT-REQUIRED Extra/@name"),
    (("<Personal ", '<Personal source="SAR" '), "FMT-VALUE extensions.toolbox.Personal/@source"),
]


@pytest.mark.parametrize(("change", "expected"), HELD_BY_TOOLBOX)
def test_what_holds_a_plan_of_toolbox(change: tuple[str, str], expected: str | None) -> None:
    decoded = toolbox.read_file(replaced("toolbox", change).encode())
    findings = {" ".join(finding[:2]) for finding in decoded[0][1]}
    assert findings == {expected} if expected else findings
    assert decoded[1][1] == []


# What only the model refuses

MODEL = [
    ("twist", ('planVersion="3"', 'planVersion="0"'), {(1, "version")}),
    ("twist", ('planVersion="3"', f'planVersion="{"9" * 5000}"'), {(1, "version")}),
    ("twist", ("<Ssn>912345678", "<Ssn>000345678"), {(1, "participant.ssn")}),
    ("twist", ("<State>TX", "<State>tx"), {(1, "participant.address.state")}),
    ("twist", ("<Zip>77001-0001", "<Zip>770010"), {(1, "participant.address.zip")}),
    ("twist", ('planRef="PLAN_1-a"', 'planRef="PLAN 1"'), {(1, "plan_id")}),
    ("twist", ('<Barrier ref="B2"', '<Barrier ref="B1"'), {(2, "barriers[1].barrier_id")}),
    ("twist", ('barrierRef="B1"', 'barrierRef="B9"'), {(2, "goals[1].actions[0].barrier_id")}),
    ("twist", ("      <Closed>2024-12-31</Closed>\n", ""), {(5, "closed_on")}),
    ("toolbox", ('state="TX" zip', 'state="tx" zip'), {(1, "participant.address.state")}),
    ("toolbox", ('ssn="912-34-5678"', 'ssn="912-00-5678"'), {(1, "participant.ssn")}),
    ("toolbox", ('hours="30.5"', 'hours="-1"'), {(1, "participation_hours.required")}),
    ("toolbox", ('goal="G1"', 'goal="G9"'), {(2, "barriers[0].goal_id")}),
    ("toolbox", (' category="TRAINING-SERVICES"', ""), {(3, "goals[0].category")}),
]


@pytest.mark.parametrize(("system", "change", "expected"), MODEL)
def test_the_model_refuses_the_rest(
    system: str, change: tuple[str, str], expected: set[tuple[int, str]]
) -> None:
    data, findings, _ = first(system, replaced(system, change))
    assert findings == set()
    with pytest.raises(PlanRefused) as refused:
        read_plan(data)
    assert {(problem.number, problem.path) for problem in refused.value.problems} == expected


# What is null, and what is not known

TAKEN_FROM_TWIST: list[tuple[list[tuple[str, str]], list[str], str, Any]] = [
    # (changes, unmapped keys, path of the plan, its value)
    ([("<MiddleName>M.<", "<MiddleName><")], [], "participant.name.middle", None),
    ([("<MiddleName>M.<", "<MiddleName> M. <")], [], "participant.name.middle", " M. "),
    ([("<LastName>Núñez<", f"<LastName>{'N' * 99}<")], [], "participant.name.last", "N" * 99),
    ([("<Title>Nurse<", "<Title>Nurse<b/><")], [], "goals[0].title", "Nurse"),
    (
        [("<Title>Nurse<", "<Title>Nu<b>x</b>rse<")],
        ["ServicePlan/OverallGoal/Title/b"],
        "goals[0].title",
        "Nurse",
    ),
    (
        [("<Title>Nurse<", '<Title lang="en">Nurse<')],
        ["ServicePlan/OverallGoal/Title/@lang"],
        "goals[0].title",
        "Nurse",
    ),
    (
        [("<Person>", '<Person source="CAP" x="">a\n ')],
        ["Person/@source", "Person/text()"],
        "extensions.twist.Person/text()",
        "a",
    ),
    (
        [("<Barrier ref=\"B2\"", '<Barrier ref="B2" severity="3"')],
        ["Barrier[2]/@severity"],
        "extensions.twist.Barrier[2]/@severity",
        "3",
    ),
    (
        [("<ServicePlan>", f"{CATS}<ServicePlan>")],
        ["Cat[2]", "Cat[2]/@age", "Cat[3]/Name", "Cat[3]/text()"],
        "extensions.twist.Cat[2]",
        " Tom ",
    ),
    (
        [("<Person>", '<Person><p:a xmlns:p="urn:p" p:b="c">d</p:a>')],
        ["Person/{urn:p}a", "Person/{urn:p}a/@{urn:p}b"],
        "extensions.twist.Person/{urn:p}a",
        "d",
    ),
    (
        [("<Person>", f'<Person xmlns:xsi="{XSI}" xsi:nil="true">')],
        [f"Person/@{{{XSI}}}nil"],
        "participant.name.first",
        "Ana",
    ),
    (
        [("<Person>", "<Person><Barrier>x</Barrier>")],
        ["Person/Barrier"],
        "barriers[1].barrier_id",
        "B2",
    ),
    (
        [('<FundDetail fund="97"/>', FUNDS)],
        [
            "ServiceTracking[4]/FundDetail[2]/@fund",
            "ServiceTracking[4]/FundDetail[2]/StartDate",
        ],
        "services[3].funding",
        "WIOA",
    ),
    ([('<FundDetail fund="97"/>', "<FundDetail/>")], [], "services[3].funding", None),
    ([('<Score value="1', '<Score x="" value="1')], [], "assessments[0].scores[2]", {}),
    ([("<Text>end</Text>", "<Text/>")], [], "case_notes[2].story", LONG),
    ([("<Text>end</Text>", "")], [], "case_notes[2].story", LONG),
    ([("<Text>" + LONG, "<Text>a"), ("N3\" part=\"1", "N3\" part=\"9"),
      ("N3\" part=\"2", "N3\" part=\"1"), ("N3\" part=\"9", "N3\" part=\"2")],
     [], "case_notes[2].story", "enda"),
    ([(">Rex<", "><")], [], "extensions.twist.Person/Pet", None),
    ([(">Rex<", "> Rex <")], [], "extensions.twist.Person/Pet", " Rex "),
    (
        [('<Extra name="memo">', '<Extra name="memo" x="y"><z>q</z>')],
        ["Extra[2]/@x", "Extra[2]/z"],
        "extensions.twist.memo",
        "a\r\nb",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "unmapped", "path", "value"), TAKEN_FROM_TWIST)
def test_what_is_taken_from_twist(
    changes: list[tuple[str, str]], unmapped: list[str], path: str, value: Any
) -> None:
    data, findings, found = first("twist", replaced("twist", *changes))
    assert findings == set()
    assert found == unmapped
    assert value_at(data, path) == value
    assert set(found) <= set(data["extensions"]["twist"])
    read_plan(data)


TAKEN_FROM_TOOLBOX: list[tuple[list[tuple[str, str]], list[str], str, Any]] = [
    ([('suffix="Jr." ssn', 'suffix="" ssn')], [], "participant.name.suffix", None),
    ([("<Outcome>A licence<", "<Outcome> A\tlicence\n<")], [], "goals[0].outcome", " A\tlicence\n"),
    ([("<Outcome>A licence<", "<Outcome> <")], [], "goals[0].outcome", " "),
    ([("<Outcome>A licence<", "<Outcome><")], [], "goals[0].outcome", None),
    ([('title="CNA"', 'title="a&#13;&#10;&#9;b"')], [], "credentials[0].title", "a\r\n\tb"),
    ([('<Job employer="Self"/>', '<Job employer="Self"> </Job>')], [], "work_history[1].note", " "),
    (
        [('<Job employer="Self"/>', '<Job employer="Self">\n<Pet>x</Pet>\n</Job>')],
        ["WorkHistory/Job[2]/Pet"],
        "work_history[1].note",
        None,
    ),
    ([('<Goal ref="G5"', "<Goal")], [], "goals[4].goal_id", "tbx-goal-5"),
    ([('<Step ref="A2"', "<Step")], [], "goals[0].actions[1].action_id", "tbx-goal-1-step-2"),
    ([('<Barrier ref="B2"', "<Barrier"), ('barrier="B2"', "")], [],
     "barriers[1].barrier_id", "tbx-barrier-2"),
    ([('<Service ref="S4"', "<Service")], [], "services[3].service_id", "tbx-service-4"),
    ([('<Note ref="N2"', "<Note")], [], "case_notes[1].note_id", "tbx-note-2"),
    ([('<Activity ref="T2"', "<Activity")], [], "activities[1].activity_id", "tbx-activity-2"),
    ([("<Veteran ", '<Veteran NA="No"/><!-- '), ('"Honorable"/>', '"Honorable"/> -->')], [],
     "participant.veteran", {"is_veteran": False}),
    ([('<Veteran status="Yes"', '<Veteran status="No" NA="No"')], [],
     "participant.veteran.is_veteran", False),
    ([("<Credentials>", '<Credentials NA="No">')], [], "credentials[1].title", "GED"),
    (
        [("<Personal id", '<Personal mark="CAP" id'),
         ("<Address ", "<Pet/><Pet><Name>Rex</Name></Pet><Address ")],
        ["Personal/@mark", "Personal/Pet[2]/Name"],
        "extensions.toolbox.Personal/@mark",
        "CAP",
    ),
    (
        [('set="02/01/2024"/>', 'set="02/01/2024"> stray </Goal>')],
        ["GoalsAndBarriers/Goal[4]/text()"],
        "extensions.toolbox.GoalsAndBarriers/Goal[4]/text()",
        "stray",
    ),
    (
        [("<Credentials>", f'<Credentials xml:lang="e" {XMLNS} xsi:type="x"><xsi:a>b</xsi:a>')],
        [],
        "credentials[1].title",
        "GED",
    ),
    (
        [("<Credentials>", '<Credentials><a xmlns="">b</a><p:a xmlns:p="urn:p">c</p:a>')],
        ["Credentials/{urn:p}a", "Credentials/{}a"],
        "extensions.toolbox.Credentials/{}a",
        "b",
    ),
    (
        [("<Credentials>", "<Credentials><Pet>\n </Pet><Pet> x </Pet>")],
        ["Credentials/Pet[2]"],
        "extensions.toolbox.Credentials/Pet[2]",
        " x ",
    ),
    ([("<ActivityPlan>", '<ActivityPlan NA="Yes">')], ["ActivityPlan/@NA"],
     "activities[1].kind", "other"),
    ([("<Metric/>", "<Metric></Metric>")], [], "case_notes[0].metrics[3]", {}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "unmapped", "path", "value"), TAKEN_FROM_TOOLBOX)
def test_what_is_taken_from_toolbox(
    changes: list[tuple[str, str]], unmapped: list[str], path: str, value: Any
) -> None:
    data, findings, found = first("toolbox", replaced("toolbox", *changes))
    assert findings == set()
    assert found == unmapped
    assert value_at(data, path) == value
    assert set(found) <= set(data["extensions"]["toolbox"])
    read_plan(data)


def test_empty_sections_of_toolbox() -> None:
    """An empty section means NA; the two without a list of their own mean nothing."""
    text = re.sub(r'(<IEP planRef="P2".*?>).*</IEP>', r"\1PERSONAL SECTIONS</IEP>",
                  FULL["toolbox"], flags=re.DOTALL)  # fmt: skip
    personal = '<Personal id="00000001" first="A" last="B"/>'
    names = (
        "Credentials", "Veteran", "DesiredPositions", "WorkHistory", "FamilyMembers",
        "GoalsAndBarriers", "AdditionalComments", "ActivityPlan", "SignatureBlock",
    )  # fmt: skip
    text = text.replace("PERSONAL", personal)
    text = text.replace("SECTIONS", "".join(f"<{name}/>" for name in names))
    data, findings, unmapped = toolbox.read_file(text.encode())[1]
    assert (findings, unmapped) == ([], [])
    empty = ("credentials", "desired_positions", "work_history", "family_members", "activities",
             "signatures")  # fmt: skip
    assert all(data[name] == [] for name in empty)
    assert data["participant"]["veteran"] == {"is_veteran": False}
    assert not set(data) & {"goals", "barriers", "services", "assessments", "case_notes", "reviews"}
