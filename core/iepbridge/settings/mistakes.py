"""Mistakes of a configuration: each with its line, its key and what was expected; no values."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from iepbridge.settings.kinds import FORMS, Unfit
from iepbridge.toml_lines import line_of

Keys = tuple[str | int, ...]


class Mistake(NamedTuple):
    """What is wrong at a key: `what` says it, and what was expected.

    A warning is no mistake: the configuration can be used, and may not do what was meant.
    """

    line: int
    key: str
    what: str
    warning: bool = False

    def told(self, path: Path) -> str:
        """Give the line that a person reads: `file:line: table.key: what`."""
        key = f"{self.key}: " if self.key else ""
        key = f"warning: {key}" if self.warning else key
        end = "" if self.what.endswith("?") else "."
        return f"{path}:{self.line}: {key}{self.what}{end}"


class Mistakes:
    """A growing list of the mistakes in one TOML text."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self._found: list[Mistake] = []

    def add(self, keys: Sequence[str | int], what: str) -> None:
        """Note what is wrong at a key."""
        self._found.append(Mistake(line_of(self.text, keys), dotted(keys), what))

    def warn(self, keys: Sequence[str | int], what: str) -> None:
        """Note what may not be meant at a key."""
        self._found.append(Mistake(line_of(self.text, keys), dotted(keys), what, warning=True))

    def add_at(self, line: int, what: str) -> None:
        """Note what is wrong on a line, before keys are known."""
        self._found.append(Mistake(line, "", what))

    def add_refused(self, keys: Keys, model: type[BaseModel], refused: ValidationError) -> None:
        """Note what a table's model refused, in words of our own: the library's may hold values."""
        for detail in refused.errors(include_url=False, include_input=False):
            here = (*keys, *detail["loc"])
            self.add(here, _expected(detail, model))

    def found(self) -> list[Mistake]:
        """Give the mistakes by line, each once."""
        return sorted(set(self._found))


def dotted(keys: Iterable[str | int]) -> str:
    """Write a key's path: `feeds.texas.encrypt_to[1]`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return text.removeprefix(".")


def unknown(key: str, known: Iterable[str]) -> str:
    """Say that there is no such key here, and which was meant."""
    names = list(known)
    near = get_close_matches(key, names, 1)
    return (
        f"no such key; did you mean `{near[0]}`?"
        if near
        else f"no such key; there are: {', '.join(names)}"
    )


def keys_of(model: type[BaseModel]) -> list[str]:
    """Give the keys that a table takes in the file; its name stands in its header."""
    return [name for name in model.model_fields if name != "name"]


_TYPES: Final = {
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "finite_number": "expected a finite number",
    "bool_type": "expected true or false, without quotes",
    "string_type": "expected text, in quotes",
    "string_too_short": "expected text that is not empty",
    "string_unicode": "expected text",
    "dict_type": "expected a table",
    "mapping_type": "expected a table",
    "tuple_type": 'expected a list: ["one", "two"]',
    "list_type": 'expected a list: ["one", "two"]',
}
_BOUNDS: Final = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _expected(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown(str(detail["loc"][-1]), keys_of(model))
    if kind == "missing":
        return f"missing; {_meaning(model, str(detail['loc'][-1]))}"
    if kind == "value_error" and isinstance(context["error"], Unfit):
        return str(context["error"])
    return _TYPES.get(kind) or next(_of_context(kind, context), f"not as expected ({kind})")


def _of_context(kind: str, context: dict[str, Any]) -> Iterator[str]:
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        yield f"expected {words} {context[name]}"
    if kind == "literal_error":
        yield f"expected {context['expected']}"
    if kind == "string_pattern_mismatch":
        yield f"expected {FORMS[context['pattern']]}"


def _meaning(model: type[BaseModel], key: str) -> str:
    description = " ".join((model.model_fields[key].description or "").split())
    return description[:1].lower() + description[1:]
