"""One JSON object from bytes, by the letter of the standard and within the limits of one plan.

jiter reads what it can. What it refuses, the standard library decides: a lone surrogate, a number
of any length and any exponent are JSON; bytes that are no UTF-8, repeated keys and NaN are not.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, NoReturn

import jiter

VALUES: Final = 200_000
LEVELS: Final = 100
TEXT_CHARACTERS: Final = 1_000_000
"""What one plan may be in JSON, beside its bytes."""

_DIGITS_TOLD_APART: Final = 40
_FAR_TOO_LARGE: Final = Decimal("1E+1000")
_TOKENS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{][ \t\r\n]*+[\]}]|[\[{,]', re.DOTALL)


class NotJson(Exception):
    """Raised when the bytes hold no such object; says what is wrong and shows nothing of them."""

    def __init__(self, what: str, column: int | None = None) -> None:
        self.what = what
        self.column = column
        super().__init__(what)


class Parsed(NamedTuple):
    """The object; `plain` says that it holds no lone surrogate."""

    data: dict[str, Any]
    plain: bool


def parse_object(text: bytes) -> Parsed:
    """Read one object, decimals exactly; raise `NotJson` where there is none, or a too large one.

    How deep the object is the caller asks, with `check_levels`, once it is known not to be a plan.
    """
    if has_more_values(text):
        raise NotJson(f"more than {VALUES:,} values in one plan")
    plain, value = _value(text)
    if not plain:
        check_levels(value)
    if not isinstance(value, dict):
        raise NotJson("JSON, but no object")
    if len(text) > TEXT_CHARACTERS and any(len(own) > TEXT_CHARACTERS for own in _texts(value)):
        raise NotJson(f"a text of more than {TEXT_CHARACTERS:,} characters")
    return Parsed(value, plain)


def parse_list(text: bytes) -> list[Any]:
    """Read one list, decimals exactly; raise `NotJson` where there is none."""
    plain, value = _value(text)
    if not plain:
        check_levels(value)
    if not isinstance(value, list):
        raise NotJson("JSON, but no list")
    return value


def check_levels(value: object) -> None:
    """Raise `NotJson` where objects and lists are nested deeper than a plan may be."""
    level = [value]
    for _ in range(LEVELS):
        level = [inner for outer in level for inner in _inside(outer)]
    if any(isinstance(inner, (dict, list)) for inner in level):
        raise NotJson(f"nested deeper than {LEVELS} levels")


def has_more_values(text: bytes) -> bool:
    """Say whether JSON text holds more values than one plan may have, before they take memory."""
    if len(text) <= 2 * VALUES or sum(map(text.count, (b",", b"[", b"{"))) < VALUES:
        return False
    values = 1
    for token in _TOKENS.finditer(text):
        values += token.end() - token.start() == 1
        if values > VALUES:
            return True
    return False


def _value(text: bytes) -> tuple[bool, object]:
    plain, value = _by_jiter(text)
    return plain, value if plain else _by_the_standard(text)


def _by_jiter(text: bytes) -> tuple[bool, object]:
    try:
        return True, jiter.from_json(
            text,
            catch_duplicate_keys=True,
            float_mode="decimal",
            allow_inf_nan=False,
            cache_mode="keys",
        )
    except ValueError:
        return False, None


def _by_the_standard(text: bytes) -> object:
    column = None
    try:
        return _DECODER.decode(text.rstrip(b" \t\r\n").decode())
    except UnicodeDecodeError as error:
        what, column = "bytes that are not UTF-8", error.start + 1
    except json.JSONDecodeError as error:
        what, column = "no JSON", error.pos + 1
    except RecursionError:
        what = f"nested deeper than {LEVELS} levels"
    raise NotJson(what, column)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise NotJson("a key that stands twice in one object")
    return value


def _constant(_: str) -> NoReturn:
    raise NotJson("NaN or Infinity, which are no JSON")


def _integer(digits: str) -> int:
    return int(digits[:_DIGITS_TOLD_APART])


def _decimal(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation:
        return _FAR_TOO_LARGE if re.match(r"[-0.]*[1-9]", number) else Decimal(0)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_float=_decimal,
    parse_int=_integer,
)


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
    for inner in _inside(value):
        yield from _texts(inner)
