"""A plan that a state rejected, mended where it comes from: the source's file."""

from pathlib import Path
from typing import Any, TypeAlias

from iepbridge.codecs.json_text import parse_object
from iepbridge.codecs.jsonl import plan_line
from iepbridge.output import Outputs

Data: TypeAlias = dict[str, Any]


def mended(plan: Data, system: str) -> Data | None:
    """Give the next version: the person's number at the system put right, and signed anew.

    None where the plan has no such number.
    """
    numbers = plan["participant"].get("identifiers") or {}
    number = str(numbers.get(system) or "")
    if not number[-1:].isdecimal():
        return None
    right = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    version = plan["version"] + 1
    return {
        **plan,
        "version": version,
        "participant": {**plan["participant"], "identifiers": {**numbers, system: right}},
        "signatures": [*(plan.get("signatures") or ()), *_anew(plan, version)],
    }


def _anew(plan: Data, version: int) -> list[Data]:
    signed = plan.get("signatures") or ()
    own = [one for one in signed if one.get("plan_version") == plan["version"]]
    return [{**one, "plan_version": version} for one in own]


def find_plan(source: Path, plan_id: str) -> Data:
    """Give a plan's data from a file of canonical JSON Lines."""
    with source.open("rb") as lines:
        return next(data for data in map(_parsed, lines) if data["plan_id"] == plan_id)


def replace_plan(source: Path, plan: Data) -> None:
    """Put a plan's data into the place of its line; the file changes whole, or not at all."""
    with source.open("rb") as lines, Outputs() as outputs:
        output = outputs.open(str(source), "--folder")
        for line in lines:
            is_it = _parsed(line)["plan_id"] == plan["plan_id"]
            output.stream.write(plan_line(plan) if is_it else line)
        outputs.publish(output)


def _parsed(line: bytes) -> Data:
    return parse_object(line).data
