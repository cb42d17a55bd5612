"""The one door to a `Plan`: plain data in, a checked plan or all its refusals out."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import orjson
from pydantic import Secret, SecretStr, ValidationError

from iepbridge.plan.absence import tidy
from iepbridge.plan.consistency import inconsistencies
from iepbridge.plan.part import Part
from iepbridge.plan.plan import Plan
from iepbridge.plan.refusals import (
    UNFIT,
    UNFIT_CHARACTERS,
    PlanRefused,
    Problem,
    may_be_unfit,
    path_text,
    problems_of,
)

PlanData: TypeAlias = dict[str, Any]
"""A plan as plain data in its JSON form: dict, list, str, bool, int, Decimal; dates as ISO text
or `date`. Clear text: it lives only between a file and a `Plan`."""


def read_plan(
    data: Mapping[str, Any], *, characters_checked: bool = False, tidied: bool = False
) -> Plan:
    """Build a plan from plain data, or raise `PlanRefused` with all its problems.

    `characters_checked` says that the source cannot hold what refusal 6 forbids (XML 1.0 cannot),
    `tidied` that the data holds no null, no `{}` for a field and no `[]` for an inner list.
    """
    neat: Mapping[str, Any] = data if tidied else tidy(data)
    unfit = [] if characters_checked or _fit(neat) else list(unfit_texts(neat, ""))
    plan, problems = _modelled(_made_fit(neat) if unfit else neat)
    if plan is None or unfit or problems:
        raise PlanRefused(_without_repeats([*unfit, *problems]))
    return plan


def _modelled(data: Mapping[str, Any]) -> tuple[Plan | None, list[Problem]]:
    try:
        plan = Plan.model_validate(data)
    except ValidationError as error:
        return None, problems_of(error)
    return plan, inconsistencies(plan)


def _without_repeats(problems: list[Problem]) -> list[Problem]:
    return list({(p.number, p.path): p for p in problems}.values())


def _fit(data: Mapping[str, Any]) -> bool:
    """Say whether no text can break refusal 6; True is certain, and quick to know."""
    try:
        return not may_be_unfit(orjson.dumps(data, default=str))
    except TypeError:  # lone surrogates; integers beyond 64 bits; hundreds of levels
        return False


def unfit_texts(value: object, path: str) -> Iterator[Problem]:
    """Find the texts and keys with characters that no state format can carry (refusal 6)."""
    if isinstance(value, str):
        if UNFIT_CHARACTERS.search(value):
            yield Problem(6, path, UNFIT)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            inner_path = path_text([*([path] if path else []), key])
            if UNFIT_CHARACTERS.search(key):
                yield Problem(6, inner_path, UNFIT)
            yield from unfit_texts(inner, inner_path)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unfit_texts(inner, f"{path}[{index}]")


def _made_fit(value: Any) -> Any:
    """Give data that the model can read on: pydantic stumbles over lone surrogates."""
    if isinstance(value, str):
        return UNFIT_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, Mapping):
        return {_made_fit(key): _made_fit(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_made_fit(inner) for inner in value]
    return value


def plan_data(plan: Plan) -> PlanData:
    """Give a plan as plain data in clear text, without nulls: the explicit call for output."""
    return _clear(plan)  # type: ignore[no-any-return]


def _clear(value: Any) -> Any:
    if isinstance(value, Part):
        fields = type(value).model_fields
        return {
            fields[name].alias or name: _clear(inner)
            for name, inner in value.__dict__.items()
            if inner is not None
        }
    if isinstance(value, (SecretStr, Secret)):
        return _clear(value.get_secret_value())
    if isinstance(value, list):
        return [_clear(inner) for inner in value]
    if isinstance(value, dict):
        return dict(value)
    return value
