"""Hypothesis strategies for plan data in its JSON form: always valid, and reaching every field.

    from tests.strategies import plans

    @given(plans())
    def test_law(data): ...

`plans(sized=True)` keeps texts within 5 to 40 characters, `plans(fragments=PLAIN)` within ASCII,
`plans(identifiers=("twist",))` gives each participant these systems' ids (8 digits) and no others,
`plans(tidied=True)` leaves out nulls, `{}` for fields and inner `[]`. Numbers are int or Decimal,
dates ISO text. Each part has a strategy of its own, made from a `Palette`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from iepbridge.plan import codes

Data = dict[str, Any]
Fields = dict[str, SearchStrategy[Any]]

SYSTEMS = ("cwds", "icc", "toolbox", "twist")

PLAIN = ("a", "Bus ", "to work", "x" * 7, "No. 1.10", "010", "N/A", "-", " ", ".", "O'Neil", "9")
SPACE = ("\t", "\n", "\r", "\r\n", "  ", "\u00a0", "\u2028", "\x85")
MARKUP = (
    "]]>",
    "&",
    "&amp;",
    "<",
    ">",
    '"',
    "'",
    "|",
    "\\",
    "\\n",
    "\\u0000",
    ",",
    ";",
    "=1+1",
    "^",
)
UNICODE = (
    "é", "e\u0301", "Ńowak", "mañana", "“q”", "€20", "\U0001f600", "\U00020000", "漢字", "العربية",
    "\u200b", "\ufeff", "\ufffd", "\x7f", "İ", "ß", "\u0345", "ﬁ",
)  # fmt: skip
FRAGMENTS = (*PLAIN, *SPACE, *MARKUP, *UNICODE)

NUMBERS = tuple(
    map(Decimal, ("999999999999.999999", "-999999999999.999999", "0.000001", "15.750", "1E+3",
                  "0.00", "-0.0", "37.5", "1E-6", "1.0000000000"))
)  # fmt: skip


def texts(*, sized: bool = False, fragments: Sequence[str] = FRAGMENTS) -> SearchStrategy[str]:
    """Draw a text of one or more characters; `sized`: of 5 to 40."""
    pieces = st.lists(st.sampled_from(fragments), min_size=1, max_size=5).map("".join)
    return pieces.map(lambda text: text[:39].ljust(4, "x") + "." if sized else text)


def numbers() -> SearchStrategy[int | Decimal]:
    """Draw a number of at most 12 digits before and 6 after the point."""
    exact = st.integers(0, 10**18 - 1).map(lambda micros: Decimal(micros).scaleb(-6))
    return st.one_of(st.integers(0, 100), st.sampled_from(NUMBERS), exact)


def dates() -> SearchStrategy[str]:
    """Draw a date as `YYYY-MM-DD`."""
    ordinary = st.integers(0, 150 * 336).map(
        lambda day: f"{1950 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"
    )
    return st.one_of(ordinary, st.sampled_from(("0001-01-01", "2024-02-29", "9999-12-31")))


_PREFIXES = ("", "G", "a-", "_", "IEP-", "tbx-barrier-", "Z" * 33)


def ids() -> SearchStrategy[str]:
    """Draw an id of a plan or a part."""
    return st.builds("{}{}".format, st.sampled_from(_PREFIXES), st.integers(0, 999))


@dataclass(frozen=True)
class Palette:
    """What the parts are drawn with."""

    text: SearchStrategy[str] = field(default_factory=texts)
    number: SearchStrategy[int | Decimal] = field(default_factory=numbers)
    date: SearchStrategy[str] = field(default_factory=dates)
    flag: SearchStrategy[bool] = field(default_factory=st.booleans)
    tidied: bool = False
    identifiers: tuple[str, ...] | None = None

    def texts(self, *names: str) -> Fields:
        return dict.fromkeys(names, self.text)

    def dates(self, *names: str) -> Fields:
        return dict.fromkeys(names, self.date)

    def part(
        self, required: Fields, optional: Fields, *orders: Sequence[str]
    ) -> SearchStrategy[Data]:
        """Draw an object; each of `orders` is a start and its ends, which it goes before."""
        drawn: SearchStrategy[Data] = st.fixed_dictionaries(required, optional=optional)
        if orders:
            drawn = drawn.map(lambda part: _in_order(part, orders))
        if not self.tidied:
            blanks = st.sampled_from((False, False, False, True))
            drawn = st.builds(_blanked, drawn, st.just(tuple(optional)), blanks)
        return drawn

    def field(self, part: SearchStrategy[Data]) -> SearchStrategy[Data]:
        """Draw an object for a field; only an untidy one may be empty, unlike items of lists."""
        return part.filter(bool) if self.tidied else part

    def list_of(self, item: SearchStrategy[Any], most: int = 3) -> SearchStrategy[list[Any]]:
        """Draw an inner list; only an untidy one may be empty."""
        return st.lists(item, min_size=int(self.tidied), max_size=most)


def _in_order(part: Data, orders: Sequence[Sequence[str]]) -> Data:
    for start, *ends in orders:
        for end in ends:
            if start in part and end in part and part[end] < part[start]:
                part[start], part[end] = part[end], part[start]
    return part


def _blanked(part: Data, names: Sequence[str], blank: bool) -> Data:
    """Write absent fields out as null."""
    return {**part, **{name: None for name in names if blank and name not in part}}


def code(alias: Any) -> SearchStrategy[str]:
    """Draw one of a code list."""
    return st.sampled_from(get_args(alias))


def digits(count: int) -> SearchStrategy[str]:
    """Draw so many digits."""
    return st.integers(0, 10**count - 1).map(lambda number: f"{number:0{count}}")


def ssns() -> SearchStrategy[str]:
    """Draw a social security number the model takes, pseudo numbers from 900 on included."""
    area = st.integers(1, 999).filter(lambda number: number != 666)
    return st.builds("{:03}{:02}{:04}".format, area, st.integers(1, 99), st.integers(1, 9999))


STATE = st.sampled_from(("TX", "MO", "IN", "PA", "AK"))
EMAIL = st.sampled_from(("ann@example.org", "o'neil+x@example.org"))
OCCUPATION_CODE = st.sampled_from(("53-3032.00", "29-2061", "00-0000.99"))


def names(palette: Palette) -> SearchStrategy[Data]:
    return palette.part(palette.texts("first", "last"), palette.texts("middle", "suffix"))


def occupations(palette: Palette) -> SearchStrategy[Data]:
    return palette.part({}, {"code": OCCUPATION_CODE, **palette.texts("title")})


def developments(palette: Palette) -> SearchStrategy[Data]:
    optional = {
        "mode": code(codes.DevelopmentMode),
        "participant_present": palette.flag,
        "telephone_reason": palette.text,
    }
    return palette.part({}, optional)


def agencies(palette: Palette) -> SearchStrategy[Data]:
    fields = palette.texts("board", "board_code", "office_code", "provider")
    return palette.part({}, {"state": STATE, **fields})


def case_managers(palette: Palette) -> SearchStrategy[Data]:
    fields = {"name": names(palette), "phone": digits(10), "email": EMAIL}
    return palette.part({}, {**palette.texts("staff_id", "employer"), **fields})


def addresses(palette: Palette) -> SearchStrategy[Data]:
    zips = st.one_of(digits(5), st.builds("{}-{}".format, digits(5), digits(4)))
    fields = palette.texts("line1", "line2", "city", "county")
    return palette.part({}, {**fields, "state": STATE, "zip": zips})


def veterans(palette: Palette) -> SearchStrategy[Data]:
    optional = palette.texts("branch", "discharge") | palette.dates("entered_on", "separated_on")
    return palette.part({"is_veteran": palette.flag}, optional, ("entered_on", "separated_on"))


def identifiers(palette: Palette) -> Fields:
    if palette.identifiers is not None:
        return {"identifiers": st.fixed_dictionaries(dict.fromkeys(palette.identifiers, digits(8)))}
    least = int(palette.tidied)
    return {
        "identifiers": st.dictionaries(
            st.sampled_from((*SYSTEMS, "local")), digits(8), min_size=least, max_size=3
        )
    }


def participants(palette: Palette) -> SearchStrategy[Data]:
    required = {"name": names(palette)}
    former = palette.part({"name": names(palette)}, palette.dates("changed_on"))
    household = {"type": code(codes.HouseholdType), **palette.dates("since")}
    optional = {
        "ssn": ssns(),
        "former_names": palette.list_of(former, 2),
        "date_of_birth": palette.date,
        "address": palette.field(addresses(palette)),
        "phone": digits(10),
        "email": EMAIL,
        "sex": code(codes.Sex),
        "household": palette.field(palette.part({}, household)),
        "veteran": veterans(palette),
        "education_level": code(codes.EducationLevel),
        "employment_status": code(codes.EmploymentStatus),
        "skills": palette.list_of(palette.text),
    }
    which = required if palette.identifiers is not None else optional
    which.update(identifiers(palette))
    return palette.part(required, optional)


def eligibilities(palette: Palette) -> SearchStrategy[Data]:
    days = ("determined_on", "enrolled_on", "exited_on")
    optional = {**palette.dates(*days), **palette.texts("exit_reason")}
    return palette.part({}, optional).map(lambda part: _chained(part, days))


def _chained(part: Data, fields: Sequence[str]) -> Data:
    standing = [name for name in fields if part.get(name)]
    days = sorted(part[name] for name in standing)
    return {**part, **dict(zip(standing, days, strict=True))}


def credentials(palette: Palette) -> SearchStrategy[Data]:
    days = ("earned_on", "expires_on")
    optional = {"kind": code(codes.CredentialKind), **palette.texts("title", "issuer")}
    return palette.part({}, {**optional, **palette.dates(*days)}, days)


def positions(palette: Palette) -> SearchStrategy[Data]:
    optional = {
        "title": palette.text,
        "occupation": palette.field(occupations(palette)),
        "minimum_wage": palette.number,
        "weekly_hours": palette.number,
    }
    return palette.part({}, optional)


def jobs(palette: Palette) -> SearchStrategy[Data]:
    days = ("started_on", "ended_on")
    optional = {
        **palette.texts("employer", "title", "note"),
        "occupation": palette.field(occupations(palette)),
        "weekly_hours": palette.number,
        "hourly_wage": palette.number,
        "volunteer": palette.flag,
        "reason_for_leaving": code(codes.ReasonForLeaving),
        **palette.dates(*days),
    }
    return palette.part({}, optional, days)


def family_members(palette: Palette) -> SearchStrategy[Data]:
    optional = {
        "name": names(palette),
        "relation": code(codes.Relation),
        "date_of_birth": palette.date,
        "on_assistance_case": palette.flag,
    }
    return palette.part({}, optional)


def assessments(palette: Palette) -> SearchStrategy[Data]:
    days = ("taken_on", "reviewed_on")
    score = palette.part({}, {**palette.texts("scale", "level"), "value": palette.number})
    optional = {"name": palette.text, "scores": palette.list_of(score), **palette.dates(*days)}
    return palette.part({"instrument": code(codes.Instrument)}, optional, days)


def actions(palette: Palette) -> SearchStrategy[Data]:
    """Draw an action without id and references, which the plan gives."""
    days = ("set_on", "planned_end_on", "actual_end_on")
    optional = {
        **palette.texts("description", "responsible_name", "measure"),
        "responsible": code(codes.Responsible),
        "follow_up": palette.flag,
        **palette.dates(*days),
    }
    return palette.part({}, optional, days)


def goals(palette: Palette) -> SearchStrategy[Data]:
    """Draw a goal without id, which the plan gives."""
    days = ("set_on", "target_on", "achieved_on")
    required = {"term": code(codes.GoalTerm), "kind": code(codes.GoalKind)}
    optional = {
        **palette.texts("title", "outcome", "measure"),
        "occupation": palette.field(occupations(palette)),
        "career_cluster": code(codes.CareerCluster),
        "nontraditional": palette.flag,
        "status": code(codes.GoalStatus),
        "actions": palette.list_of(actions(palette)),
        **palette.dates(*days),
    }
    category = code(codes.GoalCategory)
    return st.builds(_categorised, palette.part(required, optional, days), category)


def _categorised(goal: Data, category: str) -> Data:
    return {**goal, "category": category} if goal["term"] == "interim" else goal


def barriers(palette: Palette) -> SearchStrategy[Data]:
    """Draw a barrier without id and goal, which the plan gives."""
    days = ("identified_on", "expected_resolution_on", "resolved_on")
    optional = {**palette.texts("description", "plan"), **palette.dates(*days)}
    return palette.part({"category": code(codes.BarrierCategory)}, optional, days)


def services(palette: Palette) -> SearchStrategy[Data]:
    """Draw a service without id, which the plan gives."""
    planned, actual = ("planned_start_on", "planned_end_on"), ("started_on", "ended_on")
    optional = {
        **palette.texts("title", "provider", "justification", "funding"),
        "referral": palette.flag,
        "outcome": code(codes.ServiceOutcome),
        **palette.dates(*planned, *actual),
    }
    return palette.part({"category": code(codes.ServiceCategory)}, optional, planned, actual)


def activities(palette: Palette) -> SearchStrategy[Data]:
    """Draw an activity without id, which the plan gives."""
    days = ("started_on", "ends_on", "ended_on")
    optional = {"title": palette.text, "weekly_hours": palette.number, **palette.dates(*days)}
    return palette.part({"kind": code(codes.ActivityKind)}, optional, days)


def case_notes(palette: Palette) -> SearchStrategy[Data]:
    """Draw a case note without id, which the plan gives."""
    metric = palette.part({}, palette.texts("label", "value", "unit"))
    step = palette.part({}, palette.texts("goal", "process") | palette.dates("deadline"))
    optional = {
        **palette.texts("title", "author", "story"),
        **palette.dates("dated_on"),
        "metrics": palette.list_of(metric, 2),
        "next_steps": palette.list_of(step, 2),
        "follow_up_on": palette.list_of(palette.date, 2),
    }
    return palette.part({"about": code(codes.NoteSubject)}, optional)


def reviews(palette: Palette) -> SearchStrategy[Data]:
    optional = {"progress": palette.text, "plan_changed": palette.flag}
    required = {"trigger": code(codes.ReviewTrigger)}
    return palette.part(required, {**optional, **palette.dates("reviewed_on")})


def signatures(palette: Palette) -> SearchStrategy[Data]:
    """Draw a signature under version 1; the plan raises it to its own at most."""
    days = ("signed_on", "copy_given_on")
    optional = {
        "name": palette.text,
        "method": code(codes.SignatureMethod),
        "plan_version": st.just(1),
        "release_of_information": palette.flag,
        **palette.dates(*days),
    }
    return palette.part({"role": code(codes.SignatureRole)}, optional, days)


def participation_hours(palette: Palette) -> SearchStrategy[Data]:
    above_zero = palette.number.filter(lambda number: number > 0)
    return palette.part({}, {"required": above_zero, "per": code(codes.HoursPer)})


def extensions(palette: Palette) -> SearchStrategy[Data]:
    keys = st.sampled_from(("FundCode", "Barrier[2]/@severity", "text()", "{urn:x}Ä/b c", "a.b"))
    least = int(palette.tidied)
    entries = st.dictionaries(keys, palette.text, min_size=least, max_size=3)
    systems = st.sampled_from((*SYSTEMS, "other.system"))
    return st.dictionaries(systems, entries, min_size=least, max_size=3)


_SECTIONS: dict[str, Callable[[Palette], SearchStrategy[Data]]] = {
    "credentials": credentials,
    "desired_positions": positions,
    "work_history": jobs,
    "family_members": family_members,
    "assessments": assessments,
    "goals": goals,
    "barriers": barriers,
    "services": services,
    "activities": activities,
    "case_notes": case_notes,
    "reviews": reviews,
    "signatures": signatures,
}
_IDS = {
    "goals": "goal_id",
    "barriers": "barrier_id",
    "services": "service_id",
    "activities": "activity_id",
    "case_notes": "note_id",
}
_NUMBERING = st.tuples(st.sampled_from(_PREFIXES), st.integers(0, 900))
_CHOICES = st.lists(st.integers(0, 5), min_size=4, max_size=4)
_DAYS = ("started_on", "completed_on", "closed_on")


def plans(
    *,
    sized: bool = False,
    fragments: Sequence[str] = FRAGMENTS,
    identifiers: Sequence[str] | None = None,
    tidied: bool = False,
) -> SearchStrategy[Data]:
    """Draw a valid plan as data; the options are told at the top of the module."""
    text = texts(sized=sized, fragments=fragments)
    chosen = None if identifiers is None else tuple(identifiers)
    palette = Palette(text=text, tidied=tidied, identifiers=chosen)
    return _plans(_frame(palette), _sections(palette))


@st.composite
def _plans(draw: st.DrawFn, frame: SearchStrategy[Data], sections: SearchStrategy[Data]) -> Data:
    plan = draw(frame)
    plan |= {name: section for name, section in draw(sections).items() if section != 0}
    _finish(plan)
    numbering = draw(_NUMBERING)
    for section, own in _IDS.items():
        _identify(plan.get(section) or [], own, *numbering)
    steps = [action for goal in plan.get("goals") or [] for action in goal.get("actions") or []]
    _identify(steps, "action_id", *numbering)
    _refer(plan, steps, draw(_CHOICES))
    return plan


def _frame(palette: Palette) -> SearchStrategy[Data]:
    required = {
        "schema": st.just("iep/1"),
        "plan_id": ids(),
        "version": st.sampled_from((1, 2, 7, 999_999_999)),
        "program": code(codes.Program),
        "status": code(codes.PlanStatus),
        "participant": participants(palette),
    }
    optional = {
        **palette.dates(*_DAYS),
        "development": palette.field(developments(palette)),
        "agency": palette.field(agencies(palette)),
        "case_manager": palette.field(case_managers(palette)),
        "eligibility": palette.field(eligibilities(palette)),
        "participation_hours": palette.field(participation_hours(palette)),
        "comments": palette.text,
        "extensions": extensions(palette),
    }
    return palette.part(required, optional)


def _sections(palette: Palette) -> SearchStrategy[Data]:
    """Draw each section filled, empty, null or absent (0 stands for the last)."""
    forms: tuple[Any, ...] = (0, [], 0) if palette.tidied else (0, [], None)
    bare = st.sampled_from(forms)
    return st.fixed_dictionaries(
        {
            name: st.one_of(bare, st.lists(part(palette), min_size=1, max_size=2))
            for name, part in _SECTIONS.items()
        }
    )


def _finish(plan: Data) -> None:
    """Mend what only the whole plan can tell."""
    if plan["status"] == "closed" and not plan.get("closed_on"):
        plan["closed_on"] = "2024-12-31"
    plan |= _chained(plan, _DAYS)
    for goal in [goal for goal in plan.get("goals") or [] if goal["term"] == "overall"][1:]:
        goal["term"] = "long_term"
    for signature in plan.get("signatures") or []:
        if signature.get("plan_version"):
            signature["plan_version"] = min(plan["version"], 3)


def _identify(parts: list[Data], name: str, prefix: str, first: int) -> None:
    for number, part in enumerate(parts, first):
        part[name] = f"{prefix}{number}"


def _refer(plan: Data, steps: list[Data], choices: list[int]) -> None:
    """Let actions and barriers refer to parts that there are, or to none."""
    for section, reference, parts in (
        ("barriers", "barrier_id", steps),
        ("services", "service_id", steps),
        ("goals", "goal_id", plan.get("barriers") or []),
    ):
        known = [None, *(part[_IDS[section]] for part in plan.get(section) or [])]
        for part, choice in zip(parts, cycle(choices), strict=False):
            chosen = known[choice % len(known)]
            if chosen is not None:
                part[reference] = chosen
