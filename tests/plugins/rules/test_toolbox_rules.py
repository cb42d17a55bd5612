"""Missouri's rules: each kept, broken where its finding stands, and out of place."""

import datetime
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.rules.examples import (
    TODAY,
    Example,
    always,
    broken,
    each_of,
    flaws,
    holes,
    kept,
    not_applicable,
    opened,
    paths_of,
    walk,
)
from tests.plugins.rules.parts import both, goal, signature
from tests.strategies import plans

from iepbridge.plan import PlanData
from iepbridge.policy import Policy
from iepbridge_toolbox import iepbridge_adapter
from iepbridge_toolbox.rules import RULES

ADAPTER = iepbridge_adapter()
BY_ID = {rule.id: rule for rule in RULES}

EVE, DAY, NEXT = "2024-03-03", "2024-03-04", "2024-03-05"
GIVEN = "2024-06-04"
YESTERDAY, TODAYS, TOMORROW = "2024-06-13", TODAY.isoformat(), "2024-06-15"
PRESENT, RELEASE = "development.participant_present", "release_of_information"
ADDRESS = {"line1": "1 Elm St", "city": "Rolla", "state": "MO", "zip": "65401"}
KNOWN = {"address": ADDRESS, "ssn": "900010001", "date_of_birth": "1990-01-01"}


def activity(number: int = 1, **fields: Any) -> PlanData:
    return {"activity_id": f"W{number}", "kind": "community_service", **fields}


def barrier(number: int = 1, **fields: Any) -> PlanData:
    return {"barrier_id": f"B{number}", "category": "childcare", **fields}


def made(mode: str | None = "in_person", **fields: Any) -> PlanData:
    return {"mode": mode, "participant_present": True, **fields}


def person(**fields: Any) -> PlanData:
    return {"name": {"first": "Ann", "last": "Lee"}, **fields}


def without(data: PlanData, field: str) -> PlanData:
    return {name: value for name, value in data.items() if name != field}


def fired(*days: str) -> list[PlanData]:
    return [{"ended_on": day, "reason_for_leaving": "fired"} for day in days]


def released(version: int | None = 1, role: str = "participant", **fields: Any) -> list[PlanData]:
    return both(version, role, release_of_information=True, **fields)


def copied(version: int) -> list[PlanData]:
    return both(version, copy_given_on=GIVEN)


TELEPHONE = {"program": "tanf_mwa", "development": made("telephone", telephone_reason="At work")}

EXAMPLES = {
    "MO-01": (
        not_applicable("no activities"),
        not_applicable("an activity without a start", activities=[activity()]),
        not_applicable("a later version", version=2, activities=[activity(started_on=DAY)]),
        kept("on the day", completed_on=DAY, activities=[activity(started_on=DAY)]),
        kept("not completed, nothing started", activities=[activity(started_on=TOMORROW)]),
        broken("the day after", "completed_on", completed_on=DAY,
               activities=[activity(started_on=EVE)]),
        broken("the first counts, whichever its place", "completed_on", completed_on=DAY,
               activities=[activity(started_on=NEXT), activity(2, started_on=EVE), activity(3)]),
        broken("not completed, started today", "completed_on",
               activities=[activity(started_on=TODAYS)]),
    ),
    "MO-02": (
        always(PRESENT),
        kept("took part", development=made()),
        kept("on the line", development=made("telephone")),
        broken("not present", PRESENT, development=made(participant_present=False)),
        broken("unknown", PRESENT, development=made(participant_present=None)),
    ),
    "MO-03": (
        always("development.mode"),
        kept("in person", development=made()),
        kept("by telephone, with a reason", development=made("telephone", telephone_reason="Ill")),
        broken("no reason", "development.telephone_reason", development=made("telephone")),
        broken("video", "development.mode", development=made("video")),
        broken("a reason does not help video", "development.mode",
               development=made("video", telephone_reason="Ill")),
        broken("unknown", "development.mode", development=made(None)),
    ),
    "MO-04": (
        always("participant.address", "participant.ssn", "participant.date_of_birth"),
        kept("all known", participant=person(**KNOWN)),
        broken("no SSN", "participant.ssn", participant=person(**without(KNOWN, "ssn"))),
        broken("no date of birth", "participant.date_of_birth",
               participant=person(**without(KNOWN, "date_of_birth"))),
        *(
            broken(f"an address without {field}", "participant.address",
                   participant=person(**{**KNOWN, "address": without(ADDRESS, field)}))
            for field in ADDRESS
        ),
        broken("an address of little", "participant.address",
               participant=person(**{**KNOWN, "address": {"county": "Phelps"}})),
    ),
    "MO-05": (
        always("credentials", "participant.veteran"),
        kept("N/A", credentials=[], participant=person(veteran={"is_veteran": False})),
        broken("veteran status", "participant.veteran", credentials=[{"kind": "degree"}]),
        broken("credentials", "credentials", participant=person(veteran={"is_veteran": True})),
    ),
    "MO-06": (
        always("desired_positions"),
        kept("one", desired_positions=[{"title": "Baker"}]),
        broken("N/A", "desired_positions", desired_positions=[]),
    ),
    "MO-07": (
        always("work_history"),
        kept("a job that ended", work_history=[{"ended_on": DAY}]),
        kept("at work", participant=person(employment_status="employed"),
             work_history=[{"ended_on": DAY}, {"started_on": NEXT}]),
        kept("unemployed", participant=person(employment_status="unemployed"),
             work_history=[{"ended_on": DAY}]),
        broken("N/A", "work_history", work_history=[]),
        broken("at work, without any", "work_history",
               participant=person(employment_status="employed")),
        *(
            broken(f"{status}, all ended", "work_history", work_history=[{"ended_on": DAY}],
                   participant=person(employment_status=status))
            for status in ("employed", "underemployed")
        ),
    ),
    "MO-08": (
        always("family_members"),
        kept("N/A", family_members=[]),
        kept("somebody", family_members=[{"relation": "child"}]),
        broken("cash assistance", "family_members", program="tanf_cap"),
    ),
    "MO-09": (
        always("goals"),
        kept("one of any kind", goals=[goal("short_term", "education")]),
        broken("discussed, none", "goals", goals=[]),
    ),
    "MO-10": (
        not_applicable("not discussed"),
        not_applicable("no barriers", barriers=[]),
        not_applicable("resolved", barriers=[barrier(resolved_on=DAY)]),
        kept("planned", barriers=[barrier(plan="Ask kin", expected_resolution_on=DAY)]),
        broken("neither", "barriers[1].plan", "barriers[1].expected_resolution_on",
               barriers=[barrier(resolved_on=DAY), barrier(2)]),
        broken("no date", "barriers[0].expected_resolution_on", barriers=[barrier(plan="Ask kin")]),
        broken("no plan", "barriers[0].plan", barriers=[barrier(expected_resolution_on=DAY)]),
    ),
    "MO-11": (
        always("participation_hours"),
        kept("stated", participation_hours={"required": 30, "per": "week"}),
        broken("nothing in it", "participation_hours", participation_hours={}),
        broken("per what", "participation_hours.per", participation_hours={"required": 30}),
        broken("how many", "participation_hours.required", participation_hours={"per": "month"}),
    ),
    "MO-12": (
        not_applicable("closed", status="closed", closed_on=DAY),
        kept("under way", activities=[activity(ended_on=DAY), activity(2)]),
        kept("past its planned end", activities=[activity(ends_on=DAY)]),
        kept("to end tomorrow", activities=[activity(ended_on=TOMORROW)]),
        broken("not discussed", "activities"),
        broken("none", "activities", activities=[]),
        broken("all ended, one today", "activities",
               activities=[activity(ended_on=DAY), activity(2, ended_on=TODAYS)]),
    ),
    "MO-13": (
        not_applicable("not completed"),
        kept("both", completed_on=DAY, signatures=released()),
        kept("the guardian counts", completed_on=DAY, signatures=released(role="guardian")),
        kept("the release may be the guardian's", completed_on=DAY,
             signatures=[*both(), signature("guardian", release_of_information=True)]),
        kept("significant, signed", version=3, completed_on=DAY, significant=True,
             signatures=released(3)),
        kept("not significant: the newest signed", version=3, completed_on=DAY, significant=False,
             signatures=[*released(2), *both(1)]),
        kept("the version before unknown: the newest signed", version=3, completed_on=DAY,
             signatures=[*both(1), *released(2)]),
        kept("an undated signature makes none newest", version=3, completed_on=DAY,
             signatures=[*released(1), signature("participant", 3, signed_on=None)]),
        kept("one for no version makes none newest", version=3, completed_on=DAY,
             signatures=[*both(None), *released(1)]),
        broken("none", "signatures", completed_on=DAY),
        broken("none, of a later version", "signatures", version=3, completed_on=DAY),
        broken("no release", f"signatures[0].{RELEASE}", completed_on=DAY, signatures=both()),
        broken("release refused", f"signatures[0].{RELEASE}", completed_on=DAY,
               signatures=both(release_of_information=False)),
        broken("the staff's release is none", f"signatures[0].{RELEASE}", completed_on=DAY,
               signatures=[both()[0], signature("case_manager", release_of_information=True)]),
        broken("one signature, with release", "signatures", completed_on=DAY,
               signatures=released()[:1]),
        broken("undated", "signatures", completed_on=DAY, signatures=released(signed_on=None)),
        broken("the last participant is named", f"signatures[2].{RELEASE}", completed_on=DAY,
               signatures=[*both(), signature("participant"), signature("guardian")]),
        broken("the last guardian where no participant signed", f"signatures[2].{RELEASE}",
               completed_on=DAY,
               signatures=[*both(role="guardian"), signature("guardian")]),
        broken("significant, signed before", "signatures", version=2, completed_on=DAY,
               significant=True, signatures=released(1)),
        broken("significant, release of an earlier one", f"signatures[2].{RELEASE}", version=2,
               completed_on=DAY, significant=True, signatures=[*released(1), *both(2)]),
        broken("the newest is signed by one", "signatures", version=3, completed_on=DAY,
               significant=False, signatures=[*released(1), signature("case_manager", 2)]),
        broken("the newest lacks the release", f"signatures[2].{RELEASE}", version=3,
               completed_on=DAY, signatures=[*released(1), *both(2)]),
        broken("the first version, whatever changed", "signatures", completed_on=DAY,
               significant=False, signatures=both(None)),
    ),
    "MO-14": (
        not_applicable("not completed"),
        kept("given", completed_on=DAY, signatures=copied(1)),
        kept("significant, given", version=2, completed_on=DAY, significant=True,
             signatures=copied(2)),
        kept("not significant: of the newest signed", version=3, completed_on=DAY,
             significant=False, signatures=[*both(1), *copied(2)]),
        kept("the version before unknown: of the newest signed", version=3, completed_on=DAY,
             signatures=[*both(1), *copied(2)]),
        broken("no signatures", "signatures", completed_on=DAY),
        broken("not given", "signatures[0].copy_given_on", completed_on=DAY, signatures=both()),
        broken("only the staff signed the newest", "signatures", version=2, completed_on=DAY,
               signatures=[*copied(1), signature("case_manager", 2)]),
        broken("significant, given before", "signatures[2].copy_given_on", version=2,
               completed_on=DAY, significant=True, signatures=[*copied(1), *both(2)]),
        broken("significant, not signed", "signatures", version=2, completed_on=DAY,
               significant=True, signatures=copied(1)),
    ),
    "MO-15": (
        always("barriers"),
        kept("N/A", barriers=[]),
        kept("one", barriers=[barrier()]),
        broken("cash assistance", "barriers", program="tanf_cap"),
    ),
    "MO-16": (
        not_applicable("no activities"),
        not_applicable("ends today", activities=[activity(ends_on=TODAYS)]),
        not_applicable("no end known", activities=[activity(started_on=DAY)]),
        kept("ended", activities=[activity(ends_on=DAY, ended_on=NEXT), activity(2)]),
        broken("one of three", "activities[1].ends_on",
               activities=[activity(ends_on=DAY, ended_on=DAY), activity(2, ends_on=YESTERDAY),
                           activity(3, ends_on=TOMORROW)]),
    ),
    "MO-17": (
        not_applicable("no history"),
        not_applicable("twice", work_history=fired(DAY, DAY)),
        not_applicable("a day over a year",
                       work_history=fired("2022-05-04", "2022-09-09", "2023-05-05")),
        not_applicable("other reasons", work_history=[
            *fired(DAY, DAY), {"ended_on": DAY, "reason_for_leaving": "quit"}]),
        not_applicable("an end without a day", work_history=[
            *fired(DAY, DAY), {"reason_for_leaving": "fired"}]),
        not_applicable("a year from 29 February ends before March",
                       work_history=fired("2024-02-29", "2024-05-05", "2025-03-01")),
        not_applicable("a year to 29 February begins in March",
                       work_history=fired("2023-02-28", "2023-05-05", "2024-02-29")),
        kept("answered, and the barrier resolved", work_history=fired(DAY, DAY, DAY),
             barriers=[barrier(), barrier(2, category="job_retention_skills", resolved_on=DAY)]),
        broken("one day", "work_history", work_history=fired(DAY, DAY, DAY)),
        broken("the same day a year later", "work_history",
               work_history=fired("2023-05-04", "2022-09-09", "2022-05-04")),
        broken("29 February to 28", "work_history",
               work_history=fired("2024-02-29", "2024-05-05", "2025-02-28")),
        broken("1 March to 29 February", "work_history",
               work_history=fired("2023-03-01", "2023-05-05", "2024-02-29")),
        broken("three of five", "work_history", barriers=[barrier()], work_history=fired(
            "2020-01-01", "2022-01-01", "2022-12-31", "2022-06-06", "2024-06-06")),
        broken("up to the last year there is", "work_history",
               work_history=fired("9999-01-01", "9999-06-06", "9999-12-31")),
    ),
    "MO-18": (
        not_applicable("another program", **{**TELEPHONE, "program": "tanf_cap"}),
        kept("no mode known", program="tanf_mwa"),
        kept("in person", program="tanf_mwa", development=made()),
        *(
            kept(f"by telephone, {status}", participant=person(employment_status=status),
                 **TELEPHONE)
            for status in ("employed", "underemployed")
        ),
        broken("by telephone, work unknown", "development.mode", **TELEPHONE),
        broken("by telephone, unemployed", "development.mode",
               participant=person(employment_status="notice_received"), **TELEPHONE),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "example"), each_of(EXAMPLES))
def test_example(rule: str, example: Example) -> None:
    case = opened(example.fields, ADAPTER.complete)
    assert paths_of(BY_ID[rule].check(case)) == example.paths


@pytest.mark.parametrize(
    ("program", "severity"), [("tanf_cap", "error"), ("tanf_mwa", "warning"), ("other", "warning")]
)
def test_family_and_barriers_must_be_discussed_where_assistance_asks(
    program: str, severity: str
) -> None:
    case = opened({"program": program}, ADAPTER.complete)
    policy = Policy(RULES)
    findings = policy.told(case.plan, policy.results(case))
    found = {one.rule: one.severity for one in findings}
    assert found["MO-08"] == found["MO-15"] == severity
    two = [rule.id for rule in RULES if rule.otherwise is not None]
    assert two == ["MO-08", "MO-15"]


def test_every_rule_has_every_kind_of_example() -> None:
    assert not holes(RULES, EXAMPLES)


def test_every_rule_says_what_it_asks_and_where_from() -> None:
    assert [flaw for rule in RULES for flaw in flaws(rule)] == []
    assert ADAPTER.rules is RULES


@given(st.lists(st.dates(datetime.date(2023, 1, 1), datetime.date(2025, 4, 1)), max_size=5))
def test_three_dismissals_of_any_order_within_a_year_are_found(days: list[datetime.date]) -> None:
    case = opened({"work_history": fired(*map(str, days))}, ADAPTER.complete)
    threes = itertools.combinations(days, 3)
    thrice = any(max(three) <= _a_year_after(min(three)) for three in threes)
    assert paths_of(BY_ID["MO-17"].check(case)) == (("work_history",) if thrice else None)


def _a_year_after(day: datetime.date) -> datetime.date:
    if (day.month, day.day) == (2, 29):
        return datetime.date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)


@given(plans())
def test_a_rule_finds_each_place_once_and_in_the_plan(data: PlanData) -> None:
    case = opened(data, ADAPTER.complete)
    for rule in RULES:
        paths = paths_of(rule.check(case)) or ()
        assert len(paths) == len(set(paths)), rule.id
        for path in paths:
            walk(case.plan, path)
