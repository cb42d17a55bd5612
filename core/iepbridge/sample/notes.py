"""The case notes of a plan."""

from collections.abc import Iterator, Sequence
from functools import cache

from iepbridge.sample.banks import bank, filled, rows, texts
from iepbridge.sample.calendar import iso, iso_texts
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.draw import Draw


def case_notes(case: Case) -> list[PlanPart]:
    """Make the notes, by date: the one on the IEP event first."""
    return [
        _note(case, number, about, day) for number, (about, day) in enumerate(_subjects(case), 1)
    ]


def _subjects(case: Case) -> Iterator[tuple[str, int]]:
    draw, days = case.draw, case.days
    yield "iep_development", days.origin
    if not case.decided or draw.chance(0.02):
        yield "career_exploration", days.origin
    if case.version > 1:
        yield "iep_update", days.completed
    roll = draw.roll()
    if roll < 0.18:
        about = "progress" if roll < 0.08 else "incentive" if roll < 0.14 else "other"
        yield about, draw.between(days.completed, days.seen)


def _note(case: Case, number: int, about: str, day: int) -> PlanPart:
    draw = case.draw
    incentive = about == "incentive"
    titled = incentive or draw.chance(0.2)
    first, last = case.staff
    return given(
        {
            "note_id": f"{case.mark}N{number}",
            "about": about,
            "title": draw.pick(texts("notes")[f"title.{about}"]) if titled else None,
            "dated_on": iso(day),
            "author": f"{first} {last}" if draw.chance(0.25) else None,
            "story": _story(case, about),
            **(_incentive(draw, day) if incentive else {}),
        }
    )


def _story(case: Case, about: str) -> str:
    draw = case.draw
    if about == "incentive":
        told = [draw.pick(sentences) for sentences in _incentive_tale()]
    else:
        told = _sentences(draw, texts("notes")[about])
    if about == "iep_development" and draw.chance(0.0095):
        told += _day_by_day(draw)
    return " ".join(told).replace("@", case.first.text)


@cache
def _incentive_tale() -> tuple[tuple[str, ...], ...]:
    """Give the story of an incentive step by step, each step in its variants."""
    return tuple(filled([step], {}) for step in bank("notes")["incentive"])


def _sentences(draw: Draw, sentences: Sequence[str]) -> list[str]:
    first = draw.between(0, len(sentences) - 1)
    second = (first + len(sentences) // 2) % len(sentences)
    return [sentences[place] for place in (first, second)[: draw.pick((1, 1, 1, 2))]]


def _day_by_day(draw: Draw) -> list[str]:
    """Tell more than one note of 4,000 characters holds, no sentence twice."""
    sentences = texts("notes")["long"]
    first = draw.between(0, len(sentences) - 1)
    places = range(first, first + draw.between(58, 64))
    return [sentences[place * 37 % len(sentences)] for place in places]


def _incentive(draw: Draw, day: int) -> PlanPart:
    """Give what an incentive note owes: figures, next steps with deadline, follow-up dates."""
    iso_of = iso_texts()
    labels = ("label", "value", "unit")
    deadline = day + draw.between(20, 90)
    return {
        "metrics": [
            dict(zip(labels, draw.pick(rows("notes")["metrics"]), strict=True))
            for _ in range(draw.pick((1, 1, 2)))
        ],
        "next_steps": [
            {"goal": goal, "process": process, "deadline": iso_of[deadline]}
            for goal, process in [draw.pick(rows("notes")["steps"])]
        ],
        "follow_up_on": [iso_of[day + 7 * week] for week in draw.pick(((2,), (2, 4)))],
    }
