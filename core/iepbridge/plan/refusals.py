"""What the model refuses: problems with their number, path and what was expected."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from iepbridge.finding import Finding
from iepbridge.plan.leaves import ID_PATTERN

UNFIT_CHARACTERS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What refusal 6 forbids in any text, and what no path may carry into a report."""

UNFIT: Final = "text without control characters, lone surrogates, U+FFFE and U+FFFF"

_UNFIT_ESCAPE: Final = re.compile(rb"\\(?:[bf]|u00[01]|u[fF]{3}[eEfF])")


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: its number (1-6 of the canonical page), where, and what was expected."""

    number: int
    path: str
    expected: str

    def finding(self, plan_id: str | None, version: int | None) -> Finding:
        """Give the problem as a finding `MODEL-<number>` about one plan."""
        return Finding(
            plan_id,
            version,
            f"MODEL-{self.number}",
            "error",
            self.path,
            f"The plan is not valid at {self.path or 'its top'}: expected {self.expected}.",
            REMEDIES[self.number],
        )


class PlanRefused(Exception):
    """Raised when a plan is not valid; `problems` holds every refusal, in document order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"MODEL-{p.number} at {p.path}" for p in self.problems))


REMEDIES: Final[Mapping[int, str]] = {
    1: "Correct the field in the system the plan comes from and send the plan again.",
    2: "Give every part an id of its own and refer only to parts the plan has.",
    3: "Keep one overall goal, and a category on interim goals alone.",
    4: "Correct whichever of the two dates is wrong.",
    5: "State the date the plan was closed, and sign only versions that exist.",
    6: "Remove the control character; it is usually left over from copied text.",
}

_EXPECTED: Final[Mapping[str, str]] = {
    "missing": "a value, which every plan has here",
    "extra_forbidden": "no such field; what the model lacks goes under extensions",
    "string_type": "text",
    "string_too_short": "text of at least one character, or null",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "greater_than_equal": "a whole number of 1 or more",
    "less_than_equal": "a whole number of at most 9 digits",
}

_PATTERNS: Final[Mapping[str, str]] = {
    ID_PATTERN: "an id of 1 to 36 letters, digits, hyphens and underscores",
    r"^[A-Z]{2}$": "a state's two capital letters",
    r"^[0-9]{10}$": "a phone number of ten digits",
    r"^[0-9]{5}(-[0-9]{4})?$": "a ZIP code, 5 or 5-4 digits",
    r"^[0-9]{2}-[0-9]{4}(\.[0-9]{2})?$": "an occupation code, NN-NNNN or NN-NNNN.NN",
}


def path_text(parts: Iterable[str | int]) -> str:
    """Write a location as a path: `goals[2].actions[0].planned_end_on`."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = UNFIT_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", part)
            text += f".{name}" if text else name
    return text


def may_be_unfit(text: bytes) -> bool:
    """Say whether JSON text without lone surrogates may hold what refusal 6 forbids."""
    if b"\xef" in text and (b"\xef\xbf\xbe" in text or b"\xef\xbf\xbf" in text):
        return True
    return b"\\" in text and _UNFIT_ESCAPE.search(text) is not None


def problems_of(error: ValidationError) -> list[Problem]:
    """Turn pydantic's error into problems, without its input."""
    details = error.errors(include_url=False, include_input=False)
    return list({(p.number, p.path): p for p in map(_problem, details)}.values())


def _problem(detail: ErrorDetails) -> Problem:
    return Problem(1, path_text(_location(detail)), _expected(detail))


def _location(detail: ErrorDetails) -> tuple[str | int, ...]:
    location = detail["loc"]
    if location[-2:] == ("", "[key]"):  # the only key that a map refuses is the empty one
        return location[:-1]
    if location == ("participant",) and detail["type"] == "missing":
        return ("participant", "name")
    return location


def _expected(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind.startswith("iep_"):
        return detail["msg"]
    if kind == "string_pattern_mismatch":
        return _PATTERNS[detail["ctx"]["pattern"]]
    if kind == "literal_error":
        return f"one of {detail['ctx']['expected']}"
    return _EXPECTED.get(kind, "another form of value")
