"""The one door to a `Plan`: plain data in, a checked plan or all its refusals out."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from pydantic import Secret, SecretStr, ValidationError

from iepbridge.json_bytes import json_bytes
from iepbridge.plan.absence import may_be_untidy, tidy
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
    text = None if characters_checked and tidied else _json_text(data)
    neat = data if tidied or (text and not may_be_untidy(text, data)) else tidy(data)
    fit = characters_checked or (text and not may_be_unfit(text))
    unfit = [] if fit else list(unfit_texts(neat, ""))
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


def _json_text(data: Mapping[str, Any]) -> bytes | None:
    """Write data as JSON, its decimals as 0, to search it quickly; None where it is no such data.

    That is where it holds lone surrogates, integers beyond 64 bits or hundreds of levels.
    """
    try:
        return json_bytes(data, _zero)
    except TypeError:
        return None


def _zero(value: object) -> int:
    if isinstance(value, Decimal):
        return 0
    raise TypeError


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
