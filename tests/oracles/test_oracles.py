"""The checks accept what the documents allow, and refuse a small mutation of each kind.

`full_twist.xml` and `full_toolbox.xml` hold every element and attribute of the documents; they
were read line by line against them.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.oracles import check_toolbox, check_twist

HERE = Path(__file__).parent
LONG = "x" * 4000
XSI = "http://www.w3.org/2001/XMLSchema-instance"
FIRST = '<InterimGoal ref="G0" number="1" kind="ED" title="TS"><SetDate>2024-01-03</SetDate>'
EVERYWHERE = {"root", "sequence zero", "no Person"}

TWIST = {
    # the file
    "not well-formed": ("</TwistIepFile>", ""),
    "root": ("TwistIepFile", "TwistFile"),
    "namespace": ("<TwistIepFile ", '<TwistIepFile xmlns="urn:x" '),
    "release": ('version="3.2"', 'version="3.1"'),
    "no release": (' version="3.2"', ""),
    "XML 1.1": ('<?xml version="1.0"', '<?xml version="1.1"'),
    "DOCTYPE": ("<TwistIepFile ", "<!DOCTYPE TwistIepFile><TwistIepFile "),
    "entity": ("<TwistIepFile ", '<!DOCTYPE TwistIepFile [<!ENTITY e "x">]><TwistIepFile '),
    "comment": ("<Header>", "<!-- x --><Header>"),
    "processing instruction": ("<Header>", "<?x y?><Header>"),
    "CDATA": ("<Suffix>Jr.</Suffix>", "<Suffix><![CDATA[Jr.]]></Suffix>"),
    "xsi attribute": (
        "<TwistIepFile ",
        f'<TwistIepFile xmlns:xsi="{XSI}" xsi:schemaLocation="a b" ',
    ),
    # the envelope
    "sender too long": ("<Sender>SENDER1", "<Sender>SENDER123"),
    "sender's characters": ("<Sender>SENDER1", "<Sender>SEN-1"),
    "receiver missing": ("    <Receiver>TWC</Receiver>\n", ""),
    "receiver empty": ("<Receiver>TWC<", "<Receiver><"),
    "FileId of another sender": ("TWIST_IEP_SENDER1", "TWIST_IEP_SENDER2"),
    "FileId of another day": ("SENDER1_20241231", "SENDER1_20250101"),
    "FileId of another sequence": ("SENDER1_20241231_000042", "SENDER1_20241231_000043"),
    "sequence of five digits": ("<Sequence>000042", "<Sequence>00042"),
    "sequence zero": ("000042", "000000"),
    "created without offset": ("T23:30:00-06:00<", "T23:30:00<"),
    "created on no day": ("<Created>2024-12-31", "<Created>2024-13-31"),
    "created at no time": ("T23:30:00-", "T24:30:00-"),
    "header after a customer": ("  <Header>", '  <Customer planRef="X"/><Header>'),
    "header twice": ("  </Header>", "  </Header><Header/>"),
    # the trailer
    "CustomerCount": ("<CustomerCount>2", "<CustomerCount>3"),
    "InterimGoalCount": ("<InterimGoalCount>2", "<InterimGoalCount>3"),
    "ActionCount": ("<ActionCount>2", "<ActionCount>4"),
    "ServiceTrackingCount": ("<ServiceTrackingCount>5", "<ServiceTrackingCount>4"),
    "CounselorNoteCount": ("<CounselorNoteCount>4", "<CounselorNoteCount>3"),
    "count with a zero before": ("<CustomerCount>2", "<CustomerCount>02"),
    "count missing": ("    <ActionCount>2</ActionCount>\n", ""),
    # customers
    "no twistId": (' twistId="000104512"', ""),
    "twistId too long": ('twistId="000104512"', 'twistId="0001045123"'),
    "twistId with letters": ('twistId="000104512"', 'twistId="A00104512"'),
    "planRef too long": ('planRef="PLAN_1-a"', f'planRef="{"P" * 37}"'),
    "planRef's characters": ('planRef="PLAN_1-a"', 'planRef="PLAN 1"'),
    "planRef empty": ('planRef="PLAN_1-a"', 'planRef=""'),
    "a plan twice": ('planRef="P2"', 'planRef="PLAN_1-a"'),
    "planVersion zero": ('planVersion="3"', 'planVersion="0"'),
    "unknown attribute": ('planVersion="3"', 'planVersion="3" x="y"'),
    "unknown element": ("<Person>", "<Pet/><Person>"),
    "stray text": ("<Person>", "<Person>x"),
    "no Person": ("Person", "Pet"),
    "Person twice": ("</Person>\n    <Assessment", "</Person><Person/>\n    <Assessment"),
    "LastName after FirstName": (
        "<LastName>Núñez</LastName>\n      <FirstName>Ana</FirstName>",
        "<FirstName>Ana</FirstName><LastName>Núñez</LastName>",
    ),
    "name too long": ("<LastName>B<", f"<LastName>{'B' * 36}<"),
    "suffix too long": ("<Suffix>Jr.", "<Suffix>Junior"),
    "empty element": ("<MiddleName>M.<", "<MiddleName><"),
    "hyphens in an SSN": ("912345678", "912-34-5678"),
    "no birth date": ("      <BirthDate>2000-01-01</BirthDate>\n", ""),
    "an American date": ("2000-01-01", "01/01/2000"),
    "a date in white space": ("<BirthDate>2000", "<BirthDate> 2000"),
    "no such month": ("<BirthDate>2000-01", "<BirthDate>2000-13"),
    "no such day": ("<BirthDate>2000-01-01", "<BirthDate>2001-02-29"),
    "sex": ("<Sex>N", "<Sex>X"),
    "phone": ("7135550100", "713-555-0100"),
    "email too long": ("ana@example.net", "a" * 101),
    "line too long": ("1 Main St", "1" * 61),
    "empty address": (
        "<Veteran>N",
        "<Address>\n</Address><Veteran>N",
    ),
    "state": ("<State>TX", "<State>Tx"),
    "zip": ("77001-0001", "77001-001"),
    "education": ("<Education>14", "<Education>09"),
    "education without its zero": ("<Education>14", "<Education>8"),
    "employment": ("<EmploymentStatus>N", "<EmploymentStatus>Z"),
    "veteran": ("<Veteran>Y", "<Veteran>Yes"),
    # assessments and barriers
    "instrument": ('instrument="TAB"', 'instrument="tabe"'),
    "no instrument": ('<Assessment instrument="CSC"/>', "<Assessment/>"),
    "assessment's name too long": ("TABE 11/12", "T" * 61),
    "score with an exponent": ('value="-1.50"', 'value="-1.5E1"'),
    "score with a comma": ('value="-1.50"', 'value="-1,50"'),
    "score with a plus": ('value="-1.50"', 'value="+1.50"'),
    "empty attribute": ('level="NRS 4"', 'level=""'),
    "scale too long": ('scale="Reading"', f'scale="{"R" * 41}"'),
    "level too long": ('level="NRS 4"', f'level="{"R" * 21}"'),
    "barrier's code": ('code="TR"', 'code="XX"'),
    "barrier twice": ('<Barrier ref="B2"', '<Barrier ref="B1"'),
    "description too long": ("No car", "x" * 501),
    # the service plan
    "program of another state": ("<Program>WA", "<Program>CAP"),
    "status": ("<Status>D", "<Status>X"),
    "no status": ("      <Status>D</Status>\n", ""),
    "board too long": ("<Board>28", "<Board>12345678901"),
    "staff id too long": ("<Id>S1", "<Id>1234567890123"),
    "staff with one name": ("        <FirstName>Joe</FirstName>\n", ""),
    "empty staff": ("<Started>2024-05-05</Started>", "<Started>2024-05-05</Started><Staff/>"),
    "second overall goal": ("</OverallGoal>", '</OverallGoal><OverallGoal ref="G9" kind="EM"/>'),
    "goal's kind": ('kind="EM" setDate', 'kind="XX" setDate'),
    "goal's set date": ('setDate="2024-01-02"', 'setDate="2023-02-29"'),
    "goal's status": ('status="N"', 'status="A"'),
    "goal's title too long": ("<Title>Nurse", f"<Title>{'x' * 121}"),
    "occupation's code": ('code="31-1131.00"', 'code="31-1131.0"'),
    "empty occupation": ('<Occupation code="31-1131.00">Nursing Assistants<', "<Occupation><"),
    "cluster": ("C12", "C17"),
    "interim goal before the overall": (
        '<OverallGoal ref="G3"',
        f'{FIRST}</InterimGoal><OverallGoal ref="G3"',
    ),
    "interim goal's title": ('title="TS"', 'title="XX"'),
    "interim goal without set date": ("        <SetDate>2024-02-01</SetDate>\n", ""),
    "goal numbers with a gap": ('number="2" kind', 'number="3" kind'),
    "goal numbers from zero": ('number="1" kind', 'number="0" kind'),
    "goal twice": ('<InterimGoal ref="G4"', '<InterimGoal ref="G3"'),
    "action numbers with a gap": ('ref="A2" number="2"', 'ref="A2" number="1"'),
    "action twice": ('<Action ref="A2"', '<Action ref="A1"'),
    "barrierRef": ('barrierRef="B1"', 'barrierRef="B9"'),
    "serviceRef": ('serviceRef="S2"', 'serviceRef="B1"'),
    "action without description": ("          <Description>Attend</Description>\n", ""),
    "action without responsibility": ("          <Responsibility>CL</Responsibility>\n", ""),
    "responsibility": ("<Responsibility>CL", "<Responsibility>XX"),
    "follow-up": ("<FollowUp>Y", "<FollowUp>true"),
    "signature's role": ('role="GU"', 'role="XX"'),
    "signature without name": ("        <Name>Joe Núñez</Name>\n", ""),
    "signature's method": ("<Method>T", "<Method>X"),
    "signature's version": ("<PlanVersion>3", "<PlanVersion>0"),
    # services
    "service twice": ('<ServiceTracking ref="S4"', '<ServiceTracking ref="S3"'),
    "no such service": ('component="4" service="906"', 'component="4" service="901"'),
    "no such code": ('component="4" service="906"', 'component="4" service="0906"'),
    "completion reason": ("<CompletionReason>20", "<CompletionReason>22"),
    "fund": ('fund="901"', 'fund="WIOA"'),
    "service 68 without fund": ('      <FundDetail fund="97"/>\n', ""),
    "FundDetail's start": (
        '<FundDetail fund="901">\n        <StartDate>2024-01-02',
        '<FundDetail fund="901">\n        <StartDate>2024-01-03',
    ),
    "FundDetail without start": ("        <StartDate>2024-03-02</StartDate>\n", ""),
    "FundDetail's end": ("        <EndDate>2024-01-04</EndDate>\n", ""),
    "FundDetail with an end too many": (
        '<FundDetail fund="999"/>',
        '<FundDetail fund="999"><EndDate>2024-01-04</EndDate></FundDetail>',
    ),
    "two FundDetails": (
        '<FundDetail fund="97"/>',
        '<FundDetail fund="97"/><FundDetail fund="901"/>',
    ),
    "event outside the plan's time": (
        "<Started>2024-05-05</Started>",
        "<Started>2024-05-05</Started><Completed>2024-05-04</Completed>",
    ),
    "event without start": ("      <StartDate>2024-05-05</StartDate>\n", ""),
    "plan that started without event": (
        'component="2" service="68">\n      <StartDate>2024-05',
        'component="2" service="901">\n      <StartDate>2024-05',
    ),
    # notes
    "note without date": ("      <Date>2024-03-04</Date>\n", ""),
    "subject": ("<Subject>GENERAL", "<Subject>OTHER"),
    "author too long": ("<Author>J. Doe<", f"<Author>{'x' * 71}<"),
    "note twice": ('ref="N2" part="1"', 'ref="N1" part="1"'),
    "part missing": ('ref="N3" part="2" parts="2"', 'ref="N3" part="3" parts="3"'),
    "last part missing": ('ref="N1" part="1" parts="1"', 'ref="N1" part="1" parts="2"'),
    "parts that disagree": ('ref="N3" part="2" parts="2"', 'ref="N3" part="2" parts="3"'),
    "part of another note": ('ref="N3" part="2"', 'ref="N9" part="2"'),
    "short part": (LONG, LONG[1:]),
    "long part": (LONG, LONG + "x"),
    "fields that differ": (
        "<Title>Long</Title>\n      <Text>end",
        "<Title>Other</Title>\n      <Text>end",
    ),
    "last part empty": ("      <Text>end</Text>\n", ""),
    # extras
    "extra without name": ('<Extra name="memo">', "<Extra>"),
    "extra twice": ('<Extra name="memo">', '<Extra name="Person/Pet">'),
    "extra without text": (">Rex<", "><"),
    "extra too long": (">Rex<", f">{'x' * 1_000_001}<"),
}  # fmt: skip

TOOLBOX = {
    # the file
    "not well-formed": ("</IEPBatch>", ""),
    "root": ("IEPBatch", "Batch"),
    "no namespace": (' xmlns="urn:iepbridge:toolbox:iep:2"', ""),
    "namespace of another release": ("toolbox:iep:2", "toolbox:iep:3"),
    "prefix": (
        '<IEPBatch xmlns="urn',
        '<IEPBatch xmlns:t="urn:iepbridge:toolbox:iep:2" xmlns="urn',
    ),
    "release": ('release="2"', 'release="3"'),
    "DOCTYPE": ("<IEPBatch ", "<!DOCTYPE IEPBatch><IEPBatch "),
    "comment": ("<Credentials>", "<!-- x --><Credentials>"),
    "xml:lang": ('<IEP planRef="P2"', '<IEP xml:lang="en" planRef="P2"'),
    # the envelope
    "sender": ('sender="SENDER1"', 'sender="SENDER123"'),
    "receiver missing": (' receiver="TWC"', ""),
    "sequence": ('sequence="000042"', 'sequence="42"'),
    "sequence zero": ('sequence="000042"', 'sequence="000000"'),
    "created without offset": ("T23:30:00-06:00", "T23:30:00"),
    "created on no day": ("2024-12-31T", "2024-11-31T"),
    "count": ('count="2"', 'count="1"'),
    # plans
    "a plan twice": ('planRef="P2"', 'planRef="PLAN_1-a"'),
    "no planRef": (' planRef="P2"', ""),
    "no version": ('planRef="P2" version="1"', 'planRef="P2"'),
    "version zero": ('planRef="P2" version="1"', 'planRef="P2" version="0"'),
    "program": ('program="WIOA-A"', 'program="WIOA-ADULT"'),
    "status": ('status="DRAFT"', 'status="draft"'),
    "an ISO date": ('started="05/05/2024"', 'started="2024-05-05"'),
    "no such day": ('started="05/05/2024"', 'started="02/29/2023"'),
    "day before month": ('closed="12/31/2024"', 'closed="31/12/2024"'),
    "an attribute in the namespace of no one": ('version="3"', 'version="3" x="y"'),
    "unknown element": ("<Credentials>", "<Pet/><Credentials>"),
    "stray text": ("<Credentials>", "<Credentials>x"),
    "sections in another order": (
        '<Credentials NA="Yes"/>\n    <Veteran NA="Yes"/>',
        '<Veteran NA="Yes"/><Credentials NA="Yes"/>',
    ),
    "section twice": ('<Credentials NA="Yes"/>', '<Credentials NA="Yes"/><Credentials NA="Yes"/>'),
    # personal
    "no id": (' id="01234567"', ""),
    "id of seven digits": ('id="01234567"', 'id="1234567"'),
    "no last name": ('first="A" last="B"', 'first="A"'),
    "name too long": ('last="B"', f'last="{"B" * 41}"'),
    "SSN without hyphens": ("912-34-5678", "912345678"),
    "sex": ("NOT-DISCLOSED", "not_disclosed"),
    "phone": ("7135550100", "713 555 0100"),
    "empty attribute": ('suffix="Jr." ssn', 'suffix="" ssn'),
    "other id without value": (' value="000104512"', ""),
    "other id twice": ('system="icc"', 'system="twist"'),
    "other id of its own": ('system="icc"', 'system="toolbox"'),
    "text too long": ('line1="1 Main St"', f'line1="{"x" * 201}"'),
    "empty address": (
        '<OtherId system="twist" value="1"/>',
        '<OtherId system="twist" value="1"/><Address/>',
    ),
    "empty education": ('<Education code="SOME-COLLEGE"/>', "<Education/>"),
    "state": ('city="Houston" state="TX"', 'city="Houston" state="Texas"'),
    "zip": ("77001-0001", "770010001"),
    "former name without last": (' last="Diaz"', ""),
    "household": ("SINGLE-PARENT", "SINGLE_PARENT"),
    "education": ("SOME-COLLEGE", "COLLEGE"),
    "skill without text": ('<Skill text="Spanish"/>', "<Skill/>"),
    "case manager without last name": (
        'first="Joe" middle="M." last="Núñez"',
        'first="Joe" middle="M."',
    ),
    "case manager with a middle name alone": (
        'first="Joe" middle="M." last="Núñez" suffix="Jr."',
        'middle="M."',
    ),
    "boolean": ('present="Yes"', 'present="Y"'),
    # sections
    "NA beside content": ("<Credentials>", '<Credentials NA="Yes">'),
    "neither NA nor content": ('<WorkHistory NA="Yes"/>', "<WorkHistory/>"),
    "NA No": ('<WorkHistory NA="Yes"/>', '<WorkHistory NA="No"/>'),
    "NA beside a status": ('<Veteran status="Yes"', '<Veteran NA="Yes" status="Yes"'),
    "veteran without status": ('<Veteran status="Yes"', "<Veteran"),
    "veteran of a bare No": ('<Veteran NA="Yes"/>', '<Veteran status="No"/>'),
    "veteran of nothing": ('<Veteran NA="Yes"/>', "<Veteran/>"),
    "onet": ('title="Nurse" onet="31-1131.00"', 'title="Nurse" onet="31-1131.000"'),
    "wage with an exponent": ('minimumWage="15.750"', 'minimumWage="1E1"'),
    "wage without a digit before": ('minimumWage="15.750"', 'minimumWage=".75"'),
    "leaving": ("LAID-OFF", "LAIDOFF"),
    "relation": ("OTHER-RELATIVE", "COUSIN"),
    "member's name without first": ('<Member first="Ana" middle', "<Member middle"),
    "NoGoals beside goals": (
        '<Goal ref="G1"',
        '<NoGoals/><Goal ref="G1"',
    ),
    "NoServices before NoBarriers": (
        "<NoBarriers/>\n      <NoServices/>",
        "<NoServices/><NoBarriers/>",
    ),
    "text in NoGoals": ("<NoGoals/>", "<NoGoals>x</NoGoals>"),
    "empty GoalsAndBarriers": (
        "<NoAssessments/>\n      <NoGoals/>\n      <NoBarriers/>\n      <NoServices/>",
        "",
    ),
    "empty AdditionalComments": ("<NoNotes/>\n      <NoReviews/>", ""),
    "instrument": ('instrument="TABE"', 'instrument="TAB"'),
    "assessment without instrument": ('<Assessment instrument="CAREERSCOPE"/>', "<Assessment/>"),
    "goal without ref": ('<Goal ref="G5"', "<Goal"),
    "goal without term": (' term="LONG-TERM"', ""),
    "goal twice": ('<Goal ref="G5"', '<Goal ref="G4"'),
    "goal's status": ('status="NOT-ACHIEVED"', 'status="FAILED"'),
    "cluster by code": ('cluster="Finance"', 'cluster="C06"'),
    "empty outcome": ("<Outcome>Income<", "<Outcome><"),
    "measure before outcome": (
        "<Outcome>Income</Outcome>\n        <Measure>Pay stub</Measure>",
        "<Measure>Pay stub</Measure><Outcome>Income</Outcome>",
    ),
    "step twice": ('<Step ref="A2"', '<Step ref="A1"'),
    "step twice in two goals": ('<Step ref="A4"', '<Step ref="A1"'),
    "step's barrier": ('barrier="B1" service', 'barrier="B9" service'),
    "step's service": ('service="S2"', 'service="B1"'),
    "barrier's goal": ('goal="G1"', 'goal="G9"'),
    "barrier's category": ('category="TRANSPORTATION"', 'category="TR"'),
    "barrier twice": ('<Barrier ref="B2"', '<Barrier ref="B1"'),
    "service's category": ('category="INTERNSHIP"', 'category="INTERN"'),
    "service twice": ('<Service ref="S3"', '<Service ref="S2"'),
    "hours": ('hours="30.5"', 'hours="30,5"'),
    "per": ('per="WEEK"', 'per="week"'),
    "about": ('about="IEP-UPDATE"', 'about="IEP UPDATED"'),
    "note twice": ('<Note ref="N2"', '<Note ref="N1"'),
    "follow-up without date": ('<FollowUp date="04/20/2024"/>', "<FollowUp/>"),
    "review without trigger": ('<Review trigger="EXIT"/>', "<Review/>"),
    "activity twice": ('<Activity ref="T2"', '<Activity ref="T1"'),
    "activity's kind": ('kind="COMMUNITY-SERVICE"', 'kind="COMMUNITY"'),
    "signature's role": ('role="GUARDIAN"', 'role="GU"'),
    "signature's version": ('version="3" release', 'version="0" release'),
    "no skill but white space": ("<ActivityPlan/>", "<ActivityPlan>x</ActivityPlan>"),
    # extras
    "extra without name": (' name="Personal/@source"', ""),
    "extra without text": (">CAP<", "><"),
    "extra twice": (
        "</Extra>",
        '</Extra><Extra name="Personal/@source">SAR</Extra>',
    ),
    "extra before a section": (
        "    <ActivityPlan/>",
        '    <Extra name="a">b</Extra><ActivityPlan/>',
    ),
    "text of M too long": (">Store closed<", f">{'x' * 1_000_001}<"),
}  # fmt: skip

BYTES: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "Latin-1 undeclared": lambda content: content.decode().encode("latin-1", "replace"),
    "Latin-1 declared": lambda content: (
        content.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1", "replace")
    ),
    "UTF-16": lambda content: content.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "nothing": lambda _: b"",
}


@pytest.fixture(scope="module")
def twist_file() -> str:
    return (HERE / "full_twist.xml").read_bytes().decode()


@pytest.fixture(scope="module")
def toolbox_file() -> str:
    return (HERE / "full_toolbox.xml").read_bytes().decode()


def test_the_full_files_are_accepted() -> None:
    assert check_twist.check(HERE / "full_twist.xml") == []
    assert check_toolbox.check(HERE / "full_toolbox.xml") == []


def test_the_samples_are_accepted(samples: Path) -> None:
    assert check_twist.check(samples / "twist" / "TWIST_IEP_SAMPLE_20260105_000001.xml") == []
    assert check_toolbox.check(samples / "toolbox" / "TBX_IEP_SAMPLE_20260105_000001.xml") == []


def test_files_without_plans_are_accepted(twist_file: str, toolbox_file: str) -> None:
    start, end = twist_file.index("  <Customer "), twist_file.index("  <Trailer>")
    trailer = "".join("0" if sign.isdigit() else sign for sign in twist_file[end:])
    assert check_twist.check((twist_file[:start] + trailer).encode()) == []
    start, end = toolbox_file.index("  <IEP "), toolbox_file.index("</IEPBatch>")
    empty = toolbox_file[:start].replace('count="2"', 'count="0"') + toolbox_file[end:]
    assert check_toolbox.check(empty.encode()) == []


@pytest.mark.parametrize("mutation", TWIST)
def test_a_mutated_twist_file_is_refused(mutation: str, twist_file: str) -> None:
    old, new = TWIST[mutation]
    assert old in twist_file, "the mutation does not fit the file"
    assert check_twist.check(
        twist_file.replace(old, new, -1 if mutation in EVERYWHERE else 1).encode()
    )


@pytest.mark.parametrize("mutation", TOOLBOX)
def test_a_mutated_toolbox_file_is_refused(mutation: str, toolbox_file: str) -> None:
    old, new = TOOLBOX[mutation]
    assert old in toolbox_file, "the mutation does not fit the file"
    times = -1 if mutation in EVERYWHERE else 1
    mutated = toolbox_file.replace(old, new, times)
    if mutation == "prefix":
        mutated = mutated.replace("<Credentials ", "<t:Credentials ")
    assert check_toolbox.check(mutated.encode())


@pytest.mark.parametrize("mutation", BYTES)
def test_other_bytes_are_refused(mutation: str, twist_file: str, toolbox_file: str) -> None:
    assert check_twist.check(BYTES[mutation](twist_file.encode()))
    assert check_toolbox.check(BYTES[mutation](toolbox_file.encode()))


def test_a_name_that_disagrees_with_the_envelope_is_refused(
    tmp_path: Path, twist_file: str, toolbox_file: str
) -> None:
    for check, prefix, content in (
        (check_twist.check, "TWIST_IEP_", twist_file),
        (check_toolbox.check, "TBX_IEP_", toolbox_file),
    ):
        for name, complaints in (
            (f"{prefix}SENDER1_20241231_000042.xml", 0),
            (f"{prefix}SENDER1_20241231_000043.xml", 1),
            ("any.xml", 0),
        ):
            path = tmp_path / name
            path.write_bytes(content.encode())
            assert len(check(path)) == complaints


def test_accepted_variants(twist_file: str) -> None:
    """A service 68 of before does not make an event, but one in time beside it does."""
    both = twist_file.replace("<Started>2024-05-05", "<Started>2024-05-01")
    assert check_twist.check(both.encode()) == []
