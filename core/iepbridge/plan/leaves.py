"""The leaf types of a plan: each says what it takes and how it is named in a refusal.

A validator here never repeats the value it refuses: its message states what was expected.
"""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, Secret, SecretStr
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATES: Final[dict[str, datetime.date]] = {}
_DATES_KEPT: Final = 100_000
_STEP: Final = Decimal("0.000001")
_LARGEST: Final = 10**12


class _Leaf:
    """Turn a function into a pydantic leaf: `read(value)` gives the leaf's value or refuses."""

    def __init__(self, read: Callable[[Any], object]) -> None:
        self._read = read

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)


class _MaskedText:
    """A text that becomes a `SecretStr`; `pattern` narrows it."""

    def __init__(self, pattern: str | None = None) -> None:
        self._pattern = pattern

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strict=True, min_length=1, pattern=self._pattern)
        return core_schema.no_info_after_validator_function(SecretStr, text)


def read_date(value: object) -> datetime.date:
    """Read `YYYY-MM-DD` (ASCII digits, a day that exists); a `date` is taken as it is."""
    if type(value) is str:
        known = _DATES.get(value)
        return known if known is not None else _first_seen(value)
    if type(value) is datetime.date:
        return value
    raise PydanticCustomError("iep_date", "a date as YYYY-MM-DD")


def _first_seen(text: str) -> datetime.date:
    if not _ISO_DATE.fullmatch(text):
        raise PydanticCustomError("iep_date", "a date as YYYY-MM-DD")
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("iep_date", "a day that exists, as YYYY-MM-DD") from None
    if len(_DATES) < _DATES_KEPT:
        _DATES[text] = day
    return day


def _read_masked_date(value: object) -> Secret[datetime.date]:
    return Secret(read_date(value))


def read_decimal(value: object) -> Decimal:
    """Read a JSON number as it stands: at most 12 digits before and 6 after the point."""
    if type(value) is int:
        if not -_LARGEST < value < _LARGEST:
            raise _too_many_digits()
        return Decimal(value)
    if type(value) is Decimal and value.is_finite():
        if value and not -7 < value.adjusted() < 12:
            raise _too_many_digits()
        if value != value.quantize(_STEP):
            raise _too_many_digits()
        return value
    raise PydanticCustomError("iep_decimal", "a number")


def _too_many_digits() -> PydanticCustomError:
    return PydanticCustomError(
        "iep_decimal", "a number with at most 12 digits before and 6 after the point"
    )


def number_text(number: Decimal) -> str:
    """Write a number as plain digits: no exponent, no zeros at the end (`37.5`, `32`)."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _read_positive(value: object) -> Decimal:
    number = read_decimal(value)
    if number <= 0:
        raise PydanticCustomError("iep_decimal", "a number above zero")
    return number


ID_PATTERN: Final = r"^[A-Za-z0-9_-]{1,36}$"
STATE_PATTERN: Final = r"^[A-Z]{2}$"
PHONE_PATTERN: Final = r"^[0-9]{10}$"
ZIP_PATTERN: Final = r"^[0-9]{5}(-[0-9]{4})?$"
OCCUPATION_PATTERN: Final = r"^[0-9]{2}-[0-9]{4}(\.[0-9]{2})?$"
HIGHEST_VERSION: Final = 999_999_999

Text = Annotated[str, Field(strict=True, min_length=1)]
MaskedText = Annotated[SecretStr, _MaskedText()]
Id = Annotated[str, Field(strict=True, pattern=ID_PATTERN)]
State = Annotated[str, Field(strict=True, pattern=STATE_PATTERN)]
Phone = Annotated[SecretStr, _MaskedText(PHONE_PATTERN)]
StaffPhone = Annotated[str, Field(strict=True, pattern=PHONE_PATTERN)]
Zip = Annotated[SecretStr, _MaskedText(ZIP_PATTERN)]
OccupationCode = Annotated[str, Field(strict=True, pattern=OCCUPATION_PATTERN)]
Date = Annotated[datetime.date, _Leaf(read_date)]
MaskedDate = Annotated[Secret[datetime.date], _Leaf(_read_masked_date)]
Number = Annotated[Decimal, _Leaf(read_decimal)]
PositiveNumber = Annotated[Decimal, _Leaf(_read_positive)]
Version = Annotated[int, Field(strict=True, ge=1, le=HIGHEST_VERSION)]
Flag = Annotated[bool, Field(strict=True)]

_SSN: Final = re.compile(r"(?!000|666)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}")


def _read_ssn(value: object) -> SecretStr:
    if type(value) is str and _SSN.fullmatch(value):
        return SecretStr(value)
    raise PydanticCustomError(
        "iep_ssn", "nine digits, area not 000 or 666, group not 00, serial not 0000"
    )


Ssn = Annotated[SecretStr, _Leaf(_read_ssn)]


def _without_nulls(value: object) -> object:
    """Drop keys whose value is null: absent and null mean the same."""
    if isinstance(value, dict) and None in value.values():
        return {key: inner for key, inner in value.items() if inner is not None}
    return value


Texts = Annotated[dict[Text, Text], BeforeValidator(_without_nulls)]
Extensions = Annotated[dict[Text, Texts], BeforeValidator(_without_nulls)]
