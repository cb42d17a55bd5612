"""Rules on the case notes of the incentive process."""

import datetime
from collections.abc import Iterator
from typing import Final

from iepbridge.plan import Plan
from iepbridge.plan.parts import CaseNote
from iepbridge.policy import NOT_APPLICABLE, Case, Result, Rule, broken_at, missing
from iepbridge_cwds.rules_source import SOURCE


def _notes_complete(case: Case) -> Result:
    notes = case.notes_about("incentive")
    if not notes:
        return NOT_APPLICABLE
    return broken_at([path for at, note in notes for path in _lacking(note, f"case_notes[{at}]")])


def _lacking(note: CaseNote, path: str) -> Iterator[str]:
    """Give the places where a note lacks what it owes."""
    yield from missing(note, path, "title")
    if not any(metric.value is not None for metric in note.metrics or ()):
        yield f"{path}.metrics"
    yield from missing(note, path, "story")
    if not note.next_steps:
        yield f"{path}.next_steps"
    for at, step in enumerate(note.next_steps or ()):
        yield from missing(step, f"{path}.next_steps[{at}]", "goal", "process", "deadline")


def _followed_up(case: Case) -> Result:
    past = [one for one in _follow_ups(case) if one[2] < case.today]
    if not past:
        return NOT_APPLICABLE
    return broken_at(
        [
            f"case_notes[{at}].follow_up_on[{number}]"
            for at, number, day in past
            if not _noted_elsewhere(case.plan, at, day)
        ]
    )


def _follow_ups(case: Case) -> Iterator[tuple[int, int, datetime.date]]:
    """Give place of the note, place in the note, and day of each follow-up of an incentive."""
    for at, note in case.notes_about("incentive"):
        for number, day in enumerate(note.follow_up_on or ()):
            yield at, number, day


def _noted_elsewhere(plan: Plan, own: int, day: datetime.date) -> bool:
    notes = enumerate(plan.case_notes or ())
    return any(note.dated_on == day for at, note in notes if at != own)


def _follow_up_planned(case: Case) -> Result:
    notes = case.notes_about("incentive")
    if not notes:
        return NOT_APPLICABLE
    return broken_at(
        [f"case_notes[{at}].follow_up_on" for at, note in notes if not _looks_ahead(note)]
    )


def _looks_ahead(note: CaseNote) -> bool:
    """Say whether a follow-up comes after the note, of which a note without a date shows none."""
    dated_on = note.dated_on
    return dated_on is not None and any(day > dated_on for day in note.follow_up_on or ())


RULES: Final = (
    Rule(
        id="PA-11",
        severity="error",
        must="have in every case note on an incentive a title, a metric with a value, a story and"
        " next steps, each with goal, process and deadline",
        path="the missing field",
        message="This case note on an incentive is incomplete: it must have a title, a metric with"
        " its value, the story, and next steps, each with a goal, a process and a deadline.",
        remedy="Fill in what is missing at this place of the note.",
        clause="IV.B",
        source=SOURCE,
        check=_notes_complete,
    ),
    Rule(
        id="PA-12",
        severity="warning",
        must="have another case note on every follow-up date of an incentive that lies before"
        " today",
        path="case_notes[i].follow_up_on[j]",
        message="This follow-up date has passed and no other case note has it; follow-up dates"
        " are to match later notes that tell what happened.",
        remedy="Write the case note about the follow-up, dated on its day.",
        clause="IV.B.4.b",
        source=SOURCE,
        check=_followed_up,
    ),
    Rule(
        id="PA-13",
        severity="error",
        must="have in every case note on an incentive a follow-up date after its own",
        path="case_notes[i].follow_up_on",
        message="This case note on an incentive names no follow-up date later than its own, and it"
        " must include future ones.",
        remedy="Add the date of a follow-up after the note.",
        clause="IV.B.4.b",
        source=SOURCE,
        check=_follow_up_planned,
    ),
)
