"""`mapping.toml`: what the table of fields cannot say, read strictly through pydantic."""

import tomllib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iepbridge.mapping.file_forms import FileForm
from iepbridge.mapping.files import SourceFile
from iepbridge.mapping.mistakes import Mistakes
from iepbridge.toml_lines import line_of


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class MappingTable(_Strict):
    """`[mapping]`: whose layout this is, and which release of it."""

    system: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str = Field(min_length=1)
    release: str = Field(min_length=1)


class FlagForm(_Strict):
    """How yes and no are written."""

    true: str
    false: str


class FormsTable(_Strict):
    """`[forms]`: how values are written throughout."""

    date: Literal["YYYY-MM-DD", "MM/DD/YYYY", "CCYYMMDD"]
    flag: FlagForm
    leading_zeros: bool = True
    decimals: int | None = Field(default=None, ge=1, le=6)


class DefaultTable(_Strict):
    """`[defaults."path"]`: what is sent where the plan has nothing and the format demands it."""

    value: str = ""
    values: list[str] = Field(default=[], alias="from")
    when: dict[str, str] = Field(min_length=1, max_length=1)


class FlatPartTable(_Strict):
    """One value of a flattened line."""

    field: str
    before: str = ""
    label: str = ""


class FlattenedTable(_Strict):
    """`[[flattened]]`: items that become lines of a text."""

    canonical: str
    into: str
    line: str
    parts: list[FlatPartTable] = Field(min_length=1)


class Settings(_Strict):
    """The whole of `mapping.toml`."""

    mapping: MappingTable
    file: FileForm
    forms: FormsTable
    constants: dict[str, str] = {}
    ids: dict[str, str] = {}
    defaults: dict[str, DefaultTable] = {}
    flattened: list[FlattenedTable] = []


def read_settings(source: SourceFile, mistakes: Mistakes) -> Settings | None:
    """Read the file; None, with every mistake noted by its line, where it is not valid."""
    try:
        values: dict[str, Any] = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        mistakes.add(source, 1, f"not TOML: {error}")
        return None
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            keys = _without_codec(detail["loc"])
            key = ".".join(map(str, keys))
            line = line_of(source.text, keys)
            mistakes.add(source, line, f"{key}: {detail['msg'].lower()}")
        return None


def _without_codec(keys: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Take the codec out of a key's path, which pydantic puts behind `file`."""
    return (keys[0], *keys[2:]) if keys[0] == "file" and len(keys) > 1 else keys
