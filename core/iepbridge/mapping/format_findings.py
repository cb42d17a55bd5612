"""What a format cannot take or give, in plain words: findings `FMT-...` without any value."""

from collections.abc import Mapping
from typing import Final

from iepbridge.finding import Finding

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
    title: str, plan_id: str | None, version: int | None, rule: str, path: str | None, *facts: int
) -> Finding:
    """Say why a plan cannot be written: `facts` are its length and the limit for FMT-LENGTH."""
    messages = {
        "FMT-LENGTH": "{0} at {path}, and {title} takes at most {1} there.",
        "FMT-REQUIRED": "{title} requires {path}, and the plan has no value there.",
        "FMT-CODE": "{title} has no code for the value at {path}.",
        "FMT-ID": "{title} needs the participant's identifier at {path} in its own form.",
    }
    length, limit = (*facts, 0, 0)[:2]
    text = messages[rule].replace("{0}", f"{length:,} characters").replace("{1}", f"{limit:,}")
    message = text.replace("{path}", str(path)).replace("{title}", title)
    return Finding(plan_id, version, rule, "error", path, message, REMEDIES[rule])


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
