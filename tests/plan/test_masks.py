"""Nothing that shows a plan, or goes wrong with one, shows what it says about people."""

import copy
import io
import pickle
import pprint
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback
from tests.plan.examples import FULL, changed
from tests.strategies import plans

from iepbridge.plan import Plan, PlanRefused, read_plan
from iepbridge.plan.part import Part
from iepbridge.plan.paths import leaves

SENTINEL = "Zyxwvut"
MARKED_DATE = "1901-10-19"
MARKED_DIGITS = "9018273645"


def marked() -> dict[str, Any]:
    """Give the full plan with a sentinel in each free text and each personal form."""
    data = copy.deepcopy(FULL)
    for path, value in leaves(FULL):
        if isinstance(value, str) and _is_free(path):
            data = changed(data, path, f"{value} {SENTINEL}")
    data["participant"]["date_of_birth"] = MARKED_DATE
    data["family_members"][0]["date_of_birth"] = MARKED_DATE
    data["participant"]["ssn"] = "900998877"
    data["participant"]["phone"] = MARKED_DIGITS
    data["case_manager"]["phone"] = MARKED_DIGITS
    data["participant"]["address"]["zip"] = "99887-7665"
    return data


def _is_free(path: str) -> bool:
    try:
        read_plan(changed(FULL, path, f"x {SENTINEL}"))
    except PlanRefused:
        return False
    return path != "case_manager.staff_id"


PLAN = read_plan(marked())
SHOWN_NOWHERE = (
    SENTINEL, MARKED_DATE, "1901, 10, 19", "900998877", MARKED_DIGITS, "99887",
)  # fmt: skip


def parts(value: object) -> Iterator[Part]:
    """Walk a plan for its parts, itself first."""
    if isinstance(value, Part):
        yield value
        for inner in vars(value).values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def masked(value: object) -> Iterator[object]:
    """Walk a plan for its masked leaves."""
    return (leaf for _, leaf in leaves(value) if hasattr(leaf, "get_secret_value"))  # type: ignore[arg-type]


def rich_text(thing: object) -> str:
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(thing)
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue()


VIEWS: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "format, converted": "{!r:>20}".format,
    "percent": lambda thing: "%s %r" % (thing, thing),  # noqa: UP031
    "in a list": lambda thing: repr([thing, {"a": thing}]),
    "pprint": pprint.pformat,
    "rich, pretty": pretty_repr,
    "rich, printed": rich_text,
    "structlog, console": lambda thing: structlog.dev.ConsoleRenderer()(None, "", {"thing": thing}),
    "structlog, JSON": lambda thing: str(
        structlog.processors.JSONRenderer()(None, "", {"thing": thing})
    ),
}


def assert_silent(text: str) -> None:
    for secret in SHOWN_NOWHERE:
        assert secret not in text


def test_the_plan_holds_what_is_looked_for() -> None:
    clear = repr(marked())
    assert clear.count(SENTINEL) > 70
    for secret in SHOWN_NOWHERE:
        assert secret in clear or secret == "1901, 10, 19"


@pytest.mark.parametrize("view", VIEWS)
def test_views(view: str) -> None:
    for part in parts(PLAN):
        assert_silent(VIEWS[view](part))
    for leaf in masked(PLAN):
        assert_silent(VIEWS[view](leaf))


def test_what_a_view_does_show() -> None:
    assert repr(PLAN).startswith("Plan(form='***', plan_id='PLAN_full-1', version=3, program='tan")
    assert "goal_id='G1'" in repr((PLAN.goals or [])[0])


def raised(data: dict[str, Any]) -> PlanRefused:
    with pytest.raises(PlanRefused) as refused:
        read_plan(data)
    return refused.value


WRONG: tuple[object, ...] = (f"{SENTINEL}\x00", [SENTINEL], {SENTINEL: SENTINEL}, 777777777777777)
PLACES = (
    "participant.ssn",
    "participant.date_of_birth",
    "participant.name.first",
    "participant.address.zip",
    "barriers[0].description",
    "program",
    "version",
    "goals[0].goal_id",
    "goals",
    "desired_positions[0].minimum_wage",
    "development",
    "extensions.twist.Extra",
)


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("wrong", WRONG)
def test_refusals_are_silent_about_values(path: str, wrong: object) -> None:
    refused = raised(changed(FULL, path, wrong))
    findings = b"".join(problem.finding("P", 1).line() for problem in refused.problems)
    shown = "".join(traceback.format_exception(refused)) + repr(refused) + str(refused)
    keyless = (shown + findings.decode() + repr(refused.problems)).replace(f".{SENTINEL}", "")
    assert_silent(keyless)
    assert "777777777777777" not in keyless


def test_a_traceback_with_locals_is_silent() -> None:
    def fail(plan: Plan) -> None:
        participant, barriers = plan.participant, plan.barriers
        raise RuntimeError(len(barriers or ()), participant is None)

    with pytest.raises(RuntimeError) as failed:
        fail(PLAN)
    error = failed.value
    inner = error.__traceback__.tb_next if error.__traceback__ else None
    assert_silent(rich_text(Traceback.from_exception(RuntimeError, error, inner, show_locals=True)))
    dictionary = structlog.tracebacks.ExceptionDictTransformer(show_locals=True)
    assert_silent(repr(dictionary((RuntimeError, error, inner))))


def test_what_pydantic_itself_raises_hides_its_input() -> None:
    attempts: tuple[Callable[[], object], ...] = (
        lambda: Plan.model_validate(changed(marked(), "program", SENTINEL)),
        lambda: Plan.model_validate(SENTINEL),
        lambda: Plan.model_validate_json(f'{{"comments": "{SENTINEL}", "version": []}}'),
    )
    for attempt in attempts:
        with pytest.raises(ValidationError) as failed:
            attempt()
        assert_silent(str(failed.value) + repr(failed.value))


def test_no_part_can_be_changed() -> None:
    for part in parts(PLAN):
        for name in type(part).model_fields:
            with pytest.raises(AttributeError, match="frozen") as failed:
                setattr(part, name, SENTINEL)
            assert_silent(repr(failed.value))
            with pytest.raises(ValidationError, match="frozen") as failed_too:
                delattr(part, name)
            assert_silent(str(failed_too.value))


def test_no_part_can_be_pickled() -> None:
    for part in parts(PLAN):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="not pickled"):
                pickle.dumps(part, protocol)


def test_a_plan_can_be_copied() -> None:
    assert copy.copy(PLAN) == copy.deepcopy(PLAN) == PLAN.model_copy() == PLAN


def test_every_model_is_a_part() -> None:
    """A model outside `Part` would show what it holds."""

    def models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
        for model in base.__subclasses__():
            yield model
            yield from models(model)

    found = {model for model in models(Part) if model.__module__.startswith("iepbridge.plan")}
    assert {type(part) for part in parts(PLAN)} == found


@given(plans(fragments=(SENTINEL,)))
def test_law_no_plan_shows_its_texts(data: dict[str, Any]) -> None:
    plan = read_plan(data)
    assert_silent(repr(plan) + str(plan) + pretty_repr(plan))
