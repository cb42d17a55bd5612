"""What a format cannot take or give, in plain words: findings `FMT-...` without any value."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from iepbridge.finding import Finding

Fact: TypeAlias = int | str | Iterable[str]

REMEDIES: Final[Mapping[str, str]] = {
    "FMT-LENGTH": "Shorten it in the system the plan comes from, or ask the agency for more room.",
    "FMT-CHARSET": "Replace the character by one that the state's code page has.",
    "FMT-REQUIRED": "Fill it in where the plan comes from and send the plan again.",
    "FMT-CODE": "Correct the code, or add it to the code table of the mapping.",
    "FMT-VALUE": "Correct the place in the file, or ask its sender to.",
    "FMT-ID": "Give the participant's identifier in that system and send the plan again.",
    "FMT-TWICE": "Send each plan once in a file.",
}


def written_finding(
    title: str, plan_id: str | None, version: int | None, rule: str, path: str | None, *facts: Fact
) -> Finding:
    """Say why a plan cannot be written.

    The facts: for FMT-LENGTH the size and the limit, for FMT-CODE what has a code, for FMT-ID the
    form of the identifier, for FMT-CHARSET the code page.
    """
    message = _WRITTEN[rule](title, path or "the whole plan", *facts)
    return Finding(plan_id, version, rule, "error", path, message, REMEDIES[rule])


def _too_long(title: str, path: str, size: Fact, limit: Fact, unit: Fact = "characters") -> str:
    return f"{title} takes at most {limit:,} {unit} at {path}, which has {size:,}."


def _lacking(title: str, path: str) -> str:
    return f"{title} requires {path}, and the plan has no value there."


def _without_code(title: str, path: str, known: Fact) -> str:
    codes = ", ".join(known) if isinstance(known, Iterable) else ""
    return f"{title} has no code for the value at {path}; it has codes for {codes}."


def _without_id(title: str, path: str, form: Fact) -> str:
    return f"{title} needs the participant's identifier at {path}, {form}."


def _outside(title: str, path: str, page: Fact) -> str:
    return f"{title} writes in {page}, which lacks a character at {path}, and any plain form of it."


def _malformed(title: str, path: str, form: Fact) -> str:
    return f"{title} takes only {form} at {path}."


_WRITTEN: Final[Mapping[str, Callable[..., str]]] = {
    "FMT-LENGTH": _too_long,
    "FMT-REQUIRED": _lacking,
    "FMT-CODE": _without_code,
    "FMT-ID": _without_id,
    "FMT-VALUE": _malformed,
    "FMT-CHARSET": _outside,
}


def read_finding(
    title: str, plan_id: str | None, version: int | None, rule: str, path: str, expected: str
) -> Finding:
    """Say why a plan cannot be read: `expected` names what should have stood there."""
    if rule == "FMT-REQUIRED":
        message = f"The {title} file has nothing at {path}, where it must have a value."
    elif rule == "FMT-ID":
        message = f"The {title} file has no valid identifier of the participant at {path}."
    else:
        message = f"The {title} file has another value at {path} than expected: {expected}."
    return Finding(plan_id, version, rule, "error", path, message, REMEDIES[rule])
