"""The configuration file `iepbridge.toml`: found, read and checked; paths relative to the file.

`[mappings]` and `[policy]` are read; other tables belong to commands still to come.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from iepbridge.errors import Misuse

FILE_NAME: Final = "iepbridge.toml"
VARIABLE: Final = "IEPBRIDGE_CONFIG"
_KEYS: Final = {
    "mappings": ("overlay",),
    "policy": ("severity", "iep_activity_days"),
}
_SEVERITIES: Final = ("error", "warning", "info", "off")
_ACTIVITY_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment has set; without a file, nothing."""

    overlays: tuple[Path, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    """`[policy] severity`: `error`, `warning`, `info` or `off` by rule id."""
    iep_activity_days: int = _ACTIVITY_DAYS


def load_settings(named: str | None, environ: Mapping[str, str], folder: Path) -> Settings:
    """Read the file named on the command line, else by `IEPBRIDGE_CONFIG`, else in the folder.

    Raises `Misuse` with file and line for what is wrong in it; only the last may be missing.
    """
    chosen = named or environ.get(VARIABLE)
    if chosen:
        return _File(Path(chosen)).settings()
    found = folder / FILE_NAME
    return _File(found).settings() if found.exists() else Settings()


class _File:
    """One configuration file while it is read: its text is kept to name lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = self._read()

    def _read(self) -> str:
        try:
            return self._path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise self._mistake(line, "this is not UTF-8; save the file as UTF-8") from None
        except OSError as error:
            reason = "not found" if isinstance(error, FileNotFoundError) else error.strerror
            message = f"Configuration {self._path}: {reason}. Name the file with --config"
            raise Misuse(f"{message}, or unset {VARIABLE}.") from None

    def settings(self) -> Settings:
        tables = self._tables()
        mappings, policy = self._table(tables, "mappings"), self._table(tables, "policy")
        return Settings(
            self._overlays(mappings.get("overlay", [])),
            self._severities(policy.get("severity", {})),
            self._days(policy.get("iep_activity_days", _ACTIVITY_DAYS)),
        )

    def _table(self, tables: Mapping[str, Any], name: str) -> dict[str, Any]:
        table = tables.get(name, {})
        if not isinstance(table, dict):
            raise self._mistake(self._line_of(name), f"`{name}` is a table: [{name}]")
        for key in table:
            self._known(name, key)
        return table

    def _tables(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            what, line = _parted(str(error), self._text)
            raise self._mistake(line, f"not valid TOML: {what}") from None

    def _known(self, table: str, key: str) -> None:
        if key not in _KEYS[table]:
            near = difflib.get_close_matches(key, _KEYS[table], 1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise self._mistake(self._line_of(key), f"`{table}` has no key `{key}`{hint}")

    def _severities(self, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            expected = 'severity is a table by rule: severity = { "IN-02" = "warning" }'
            raise self._mistake(self._line_of("severity"), expected)
        for rule, severity in value.items():
            if severity not in _SEVERITIES:
                expected = f"the severity of {rule} is one of {', '.join(_SEVERITIES)}"
                raise self._mistake(self._line_of(rule), expected)
        return value

    def _days(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            expected = "iep_activity_days is a whole number of days"
            raise self._mistake(self._line_of("iep_activity_days"), expected)
        return value

    def _overlays(self, value: object) -> tuple[Path, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            expected = 'overlay is a list of folders: overlay = ["local-mappings"]'
            raise self._mistake(self._line_of("overlay"), expected)
        return tuple(map(self._overlay, value))

    def _overlay(self, name: str) -> Path:
        folder = self._path.parent / name
        if not folder.is_dir():
            what = f"the overlay folder {folder} does not exist; make it or take it out"
            raise self._mistake(self._line_of(name), what)
        return folder

    def _line_of(self, word: str) -> int:
        """Find the line that a word stands on: good enough for the few keys there are."""
        for number, line in enumerate(self._text.splitlines(), start=1):
            if word in line.partition("#")[0]:
                return number
        return 1

    def _mistake(self, line: int, what: str) -> Misuse:
        return Misuse(f"{self._path}:{line}: {what}.")


_PLACE: Final = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")


def _parted(message: str, text: str) -> tuple[str, int]:
    """Part a parser's message into what is wrong and the line it names."""
    place = _PLACE.search(message)
    if place is None or place[1] is None:
        return _PLACE.sub("", message), text.count("\n") + 1
    return message[: place.start()], int(place[1])
