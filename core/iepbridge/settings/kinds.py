"""The kinds of values that keys take; what is wrong with one is said without showing it."""

import glob
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)

from iepbridge.settings.secret import Secret


class Table(BaseModel):
    """A table of the configuration: frozen, unknown keys refused, types as TOML has them."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
    )


class Unfit(ValueError):
    """What is wrong with a value, and what was expected, in words that are fit to be shown."""


class Surroundings(NamedTuple):
    """What a table is read in: the folder of the file, the table's dotted name, variables."""

    folder: Path
    table: str
    environ: Mapping[str, str]


def folder_of(info: ValidationInfo) -> Path:
    """Give the folder that relative paths are relative to."""
    return info.context.folder if isinstance(info.context, Surroundings) else Path()


# Paths

_NOT_A_PATH: Final = "expected the path of a file or folder, in quotes"


def resolved(text: str, folder: Path) -> Path:
    """Give a path as the file means it: relative to its folder, `~/` the user's own."""
    if not text or "\0" in text:
        raise Unfit(_NOT_A_PATH)
    if not text.startswith("~/"):
        return folder / text
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Unfit("there is no home folder here; write the path out") from None


def _path(value: object, info: ValidationInfo) -> Path:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise Unfit(_NOT_A_PATH)
    return resolved(value, folder_of(info))


def _source(value: str, info: ValidationInfo) -> str:
    folder = Path(glob.escape(str(folder_of(info))))
    return str(resolved(value, folder))


def is_folder(path: Path) -> bool:
    """Say whether a folder is there, and no more than that where it cannot be looked at."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _there(path: Path) -> Path:
    if not is_folder(path):
        raise Unfit(f"the overlay folder {path} does not exist; make it or take it out")
    return path


def _one_or_many(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


_PATH: Final = {"type": "string", "minLength": 1}

LocalPath: TypeAlias = Annotated[Path, PlainValidator(_path), WithJsonSchema(_PATH)]
"""A path on this machine; relative ones are relative to the configuration file."""

OverlayFolder: TypeAlias = Annotated[LocalPath, AfterValidator(_there)]

LocalPaths: TypeAlias = Annotated[
    tuple[LocalPath, ...],
    Field(strict=False),
    BeforeValidator(_one_or_many),
    WithJsonSchema({"anyOf": [_PATH, {"type": "array", "items": _PATH}]}),
]
"""One path, or a list of them."""

SourcePattern: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_source)]
"""A shell pattern of local files, made whole: what it is relative to stands escaped before it."""


# Secrets

_VARIABLE: Final = re.compile(r"[^=\0]+")
_EXPECTED: Final = 'expected a reference, { env = "NAME" } or { file = "PATH" }'


def _reference(value: object, info: ValidationInfo) -> Secret:
    match value:
        case Secret():
            return value
        case {"env": str(name), **others} if not others and _VARIABLE.fullmatch(name):
            return _secret("env", name, info)
        case {"file": str(path), **others} if not others:
            return _secret("file", str(resolved(path, folder_of(info))), info)
    raise Unfit(f"{_EXPECTED}; a secret never stands in this file itself")


def _secret(source: Any, reference: str, info: ValidationInfo) -> Secret:
    if isinstance(info.context, Surroundings):
        key = f"{info.context.table}.{info.field_name}"
        return Secret(source, reference, key, info.context.environ)
    return Secret(source, reference, info.field_name or "")


def reference_or_text(value: object, info: ValidationInfo) -> Secret:
    """Read a reference, or text that stands in the file itself."""
    return _secret("plain", value, info) if isinstance(value, str) else _reference(value, info)


def _table_of(key: str, description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key: {"type": "string", "minLength": 1, "description": description}},
        "required": [key],
        "additionalProperties": False,
    }


REFERENCES: Final = [
    _table_of("env", "The name of an environment variable that holds the value"),
    _table_of("file", "The path of a file that holds the value, relative to this file"),
]
"""The two forms of a reference, as JSON Schema."""

Reference: TypeAlias = Annotated[
    Secret, PlainValidator(_reference), WithJsonSchema({"anyOf": REFERENCES})
]
"""A secret: only ever named, never written into the file."""


# Words

PARTY: Final = r"^[A-Za-z0-9]{1,8}$"
SUFFIX: Final = r"^[A-Za-z0-9._-]{1,32}$"
PATTERN: Final = r"^[^/]+$"
NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
SYSTEM: Final = r"^[a-z][a-z0-9_-]*$"
FORMS: Final = {
    PARTY: "1 to 8 letters and digits (A-Z a-z 0-9)",
    SUFFIX: "a suffix of 1 to 32 letters, digits, dots, underscores and hyphens",
    PATTERN: "a shell pattern of file names, without a folder",
    NAME: "a name of 1 to 64 letters, digits, dots, underscores and hyphens",
    SYSTEM: "a system's name, as `iepbridge systems` lists them",
}
"""What each form of text is called in messages."""

Party: TypeAlias = Annotated[str, Field(pattern=PARTY)]
Suffix: TypeAlias = Annotated[str, Field(pattern=SUFFIX)]
FilePattern: TypeAlias = Annotated[str, Field(pattern=PATTERN)]
Name: TypeAlias = Annotated[str, Field(pattern=NAME)]
SystemName: TypeAlias = Annotated[str, Field(pattern=SYSTEM)]
Seconds: TypeAlias = Annotated[float, Field(gt=0, le=86_400)]


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = None
    if type(day) is not date:
        raise Unfit("expected a day: 2027-01-31")
    return day


Day: TypeAlias = Annotated[
    date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]

Days: TypeAlias = Annotated[tuple[Day, ...], Field(strict=False)]
