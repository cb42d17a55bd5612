"""The check of ICC files accepts what the document allows, and refuses a mutation of each kind."""

from pathlib import Path

import pytest
from bench.baseline import icc
from tests.oracles.check_icc import check
from tests.oracles.icc_texts import OTHER_FILES, changed, full_icc_plans, packed, unpacked

from iepbridge.exchange import Envelope

ENVELOPE = Envelope("SENDER1", "DWD", 42, "2024-12-31T23:30:00-06:00")

# What is changed in which member; hashes and counts are made anew.
TEXTS = {
    "no last CR LF": ("EXTRA", "|y|z\n", "|y|z"),
    "a row ends in LF": ("BARRIER", "OTHER||||||\n", "OTHER||||||␊"),
    "a quote in a bare cell": ("BARRIER", "No car", 'No "car"'),
    "a quoted cell goes on": ("BARRIER", "No car", '"No" car'),
    "quotes left open": ("EXTRA", "|y|z", '|y|"z'),
    "a blank row": ("BARRIER", "OTHER||||||\n", "OTHER||||||\n\n"),
    "a cell more": ("BARRIER", "OTHER||||||\n", "OTHER|||||||\n"),
    "a cell less": ("BARRIER", "OTHER||||||\n", "OTHER|||||\n"),
    "another column": ("BARRIER", "|Category|", "|Kind|"),
    "columns in another order": ("BARRIER", "BarrierRef|Sort", "Sort|BarrierRef"),
    "six digits": ("MANIFEST", "BATCH|000042", "BATCH|42"),
    "sequence zero": ("MANIFEST", "BATCH|000042", "BATCH|000000"),
    "sender's characters": ("MANIFEST", "SENDER|SENDER1", "SENDER|SEN-1"),
    "receiver missing": ("MANIFEST", "RECEIVER|DWD", "RECEIVER|"),
    "created without offset": ("MANIFEST", "T23:30:00-06:00", "T23:30:00"),
    "created on no day": ("MANIFEST", "2024-12-31", "2024-13-31"),
    "a third cell": ("MANIFEST", "BATCH|000042|", "BATCH|000042|1"),
    "envelope in another order": ("MANIFEST", "BATCH|000042|\nSENDER|SENDER1|\n",
                                  "SENDER|SENDER1|\nBATCH|000042|\n"),
    "plan's characters": ("EXTRA", "PLAN_1-a|y", "PLAN 1|y"),
    "a plan twice": ("PLAN", "P2|1|12", "PLAN_1-a|1|12"),
    "rows of no plan": ("EXTRA", "PLAN_1-a|y", "P3|y"),
    "rows without plan": ("EXTRA", "PLAN_1-a|y", "|y"),
    "rows apart": ("EXTRA", "PLAN_1-a|y", "P2|m|n\nPLAN_1-a|y"),
    "plans in another order": ("EXTRA", "PLAN_1-a|Deep", "P2|m|n\nPLAN_1-a|Deep"),
    "version zero": ("PLAN", "P2|1|", "P2|0|"),
    "version with a zero before": ("PLAN", "P2|1|", "P2|01|"),
    "no state id": ("PLAN", "P2|1|12|", "P2|1||"),
    "state id too long": ("PLAN", "P2|1|12|", "P2|1|1234567890123|"),
    "program of another state": ("PLAN", "|7|A|", "|7|WA|"),
    "no status": ("PLAN", "|DRAFT|", "||"),
    "an ISO date": ("PLAN", "01/02/2024", "2024-01-02"),
    "no such day": ("PLAN", "01/02/2024", "02/30/2024"),
    "a day without its zero": ("PLAN", "01/02/2024", "1/02/2024"),
    "mode": ("PLAN", "|T|28|", "|P|28|"),
    "board too long": ("PLAN", "|28|", "|123456|"),
    "one name of staff": ("PLAN", "|Núñez|Joe|", "||Joe|"),
    "nothing to record: unknown": ("PLAN", "goals barriers", "goals reviews barriers"),
    "nothing to record: twice": ("PLAN", "goals barriers", "goals goals barriers"),
    "nothing to record: order": ("PLAN", "goals barriers", "barriers goals"),
    "nothing to record: rows": ("PLAN", 'line"|', 'line"|goals'),
    "no person": ("PERSON", "P2|12|B|A||||01/01/2000||||||||||||N||\n", ""),
    "a person twice": ("PERSON", "P2|12|B|A||||01/01/2000||||||||||||N||\n",
                       "P2|12|B|A||||01/01/2000||||||||||||N||\n" * 2),
    "a person's other state id": ("PERSON", "P2|12|", "P2|13|"),
    "no birth date": ("PERSON", "01/01/2000", ""),
    "hyphens in an SSN": ("PERSON", "912345678", "912-34-5678"),
    "education": ("PERSON", "|5|2|Y|", "|10|2|Y|"),
    "employment": ("PERSON", "|5|2|Y|", "|5|4|Y|"),
    "veteran": ("PERSON", "|5|2|Y|", "|5|2|y|"),
    "household": ("PERSON", "|SP|", "|XX|"),
    "sort with a gap": ("GOAL", "|G5|5|", "|G5|6|"),
    "sort twice": ("GOAL", "|G5|5|", "|G5|4|"),
    "sort with a zero before": ("GOAL", "|G5|5|", "|G5|05|"),
    "sort of its own in a goal": ("OBJECTIVE", "|A3|3|", "|A3|1|"),
    "sort of its own in ACTIVITY": ("ACTIVITY", "|S4|4|", "|S4|2|"),
    "goal's kind": ("GOAL", "|EDU|INT|", "|XXX|INT|"),
    "interim without category": ("GOAL", "|INT|TRN|", "|INT||"),
    "category of an overall goal": ("GOAL", "|OVR||", "|OVR|TRN|"),
    "a second overall goal": ("GOAL", "|LNG|", "|OVR|"),
    "no title": ("GOAL", "A degree", ""),
    "no such cluster": ("GOAL", "Health Science", "Health"),
    "goal twice": ("GOAL", "|G5|5|", "|G4|5|"),
    "objective of no goal": ("OBJECTIVE", "|G3|A4|", "|G9|A4|"),
    "objective twice": ("OBJECTIVE", "|G3|A4|", "|G3|A1|"),
    "reference to no barrier": ("OBJECTIVE", "|B1|S2", "|B9|S2"),
    "reference to no service": ("OBJECTIVE", "|B1|S2", "|B1|S9"),
    "no description": ("OBJECTIVE", "Attend", ""),
    "barrier's code": ("BARRIER", "OTHER", "other"),
    "barrier of no goal": ("BARRIER", "|G1", "|G9"),
    "205 in SERVICE": ("SERVICE", "|219|", "|205|"),
    "another code in ACTIVITY": ("ACTIVITY", "|4|205|", "|4|219|"),
    "unknown service": ("SERVICE", "|219|", "|999|"),
    "service twice": ("ACTIVITY", "|S4|4|", "|S2|4|"),
    "activity's version": ("ACTIVITY", "PLAN_1-a|3|7|S4", "PLAN_1-a|2|7|S4"),
    "activity's state id": ("ACTIVITY", "PLAN_1-a|3|7|S4", "PLAN_1-a|3|8|S4"),
    "activity's office": ("ACTIVITY", "JobWorks|0412", "JobWorks|"),
    "activity's staff": ("ACTIVITY", "0412|S1|05", "0412|S2|05"),
    "no provider": ("ACTIVITY", "JobWorks", ""),
    "no begin": ("ACTIVITY", "05/06/2024|05", "|05"),
    "no event in time": ("ACTIVITY", "01/02/2024|01/04/2024", "03/02/2024|03/04/2024"),
    "completion": ("ACTIVITY", "|S|TANF", "|20|TANF"),
    "instrument": ("ASSESSMENT", "TABE|TABE", "tabe|TABE"),
    "JSON with space": ("ASSESSMENT", "{},", ""),
    "JSON with another key": ("ASSESSMENT", '""level""', '""grade""'),
    "JSON with keys in another order": ("ASSESSMENT", '""scale"":""Reading"",""value"":-1.5',
                                        '""value"":-1.5,""scale"":""Reading""'),
    "JSON with a text for a number": ("ASSESSMENT", '""value"":-1.5', '""value"":""-1.5""'),
    "JSON with null": ("ASSESSMENT", '""value"":-1.5', '""value"":null'),
    "JSON with an exponent": ("ASSESSMENT", '""value"":-1.5', '""value"":-15e-1'),
    "JSON with an empty text": ("ASSESSMENT", '""NRS 4""', '""""'),
    "JSON escaped": ("ASSESSMENT", '""NRS 4""', '""NRS\\u00204""'),
    "an empty list": ("ASSESSMENT", "CAREERSCOPE||||", "CAREERSCOPE||||[]"),
    "an object for a list": ("ASSESSMENT", "CAREERSCOPE||||", "CAREERSCOPE||||{}"),
    "no JSON": ("ASSESSMENT", "CAREERSCOPE||||", "CAREERSCOPE||||["),
    "an American date in JSON": ("CASENOTE", "2024-03-10", "03/10/2024"),
    "no such day in JSON": ("CASENOTE", "2024-03-20", "2024-02-30"),
    "note twice": ("CASENOTE", "|N2|2|", "|N1|2|"),
    "subject": ("CASENOTE", "|OTHER|", "|GENERAL|"),
    "text too long": ("CASENOTE", "The story.", "x" * 8001),
    "role": ("SIGNATURE", "|GUARD|", "|GU|"),
    "method": ("SIGNATURE", "|T|3|", "|P|3|"),
    "no signer": ("SIGNATURE", "Joe Núñez", ""),
    "an extra twice": ("EXTRA", "|y|", "|Deep/Path|"),
    "an extra without name": ("EXTRA", "|y|", "||"),
    "an extra too long": ("EXTRA", "|y|z", "|y|" + "z" * 2001),
}  # fmt: skip
TEXTS["JSON with space"] = ("ASSESSMENT", "},{}]", "}, {}]")
MANIFEST = {
    "a count": ("GOAL.txt|5", "GOAL.txt|4"),
    "a count with a zero before": ("GOAL.txt|5", "GOAL.txt|05"),
    "a name": ("GOAL.txt|5", "GOALS.txt|5"),
    "a header": ("Member|Rows", "Member|Lines"),
}
FULL = icc.write_file(full_icc_plans(), ENVELOPE)


def test_what_is_written_is_accepted() -> None:
    assert check(FULL) == []
    assert check(packed(unpacked(FULL))) == []


@pytest.mark.parametrize("mutation", TEXTS)
def test_a_mutated_member_is_refused(mutation: str) -> None:
    assert check(changed(FULL, TEXTS[mutation]))


@pytest.mark.parametrize("mutation", MANIFEST)
def test_a_mutated_manifest_is_refused(mutation: str) -> None:
    assert check(changed(FULL, ("MANIFEST", *MANIFEST[mutation]), stated=True))


@pytest.mark.parametrize("mutation", OTHER_FILES)
def test_another_file_is_refused(mutation: str) -> None:
    assert check(OTHER_FILES[mutation](FULL))


def test_quotes_that_need_not_be_are_accepted() -> None:
    mutated = changed(FULL, ("BARRIER", "No car", '"No car"'), ("EXTRA", "|y|z", '|"y"|"z"'))
    assert check(mutated) == []


def test_a_name_that_disagrees_with_the_envelope_is_refused(tmp_path: Path) -> None:
    for name, complaints in (
        ("ICC_IEP_SENDER1_20241231_000042.zip", 0),
        ("ICC_IEP_SENDER1_20241231_000043.zip", 1),
        ("any.zip", 0),
    ):
        (tmp_path / name).write_bytes(FULL)
        assert len(check(tmp_path / name)) == complaints
