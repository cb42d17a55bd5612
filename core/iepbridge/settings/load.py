"""The configuration file found, read and checked: all its mistakes at once."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from iepbridge.errors import Misuse
from iepbridge.settings.agreement import disagreements
from iepbridge.settings.endpoint import EndpointSettings
from iepbridge.settings.feed import FeedSettings
from iepbridge.settings.kinds import FORMS, NAME, Surroundings, Table
from iepbridge.settings.ledger import LedgerSettings
from iepbridge.settings.mistakes import Mistake, Mistakes, unknown
from iepbridge.settings.serve import ServeSettings
from iepbridge.settings.tables import Configuration, MappingsTable, PolicyTable, Settings

FILE_NAME: Final = "iepbridge.toml"
VARIABLE: Final = "IEPBRIDGE_CONFIG"

_Kind = TypeVar("_Kind", bound=Table)
_NAME: Final = re.compile(NAME)


@dataclass(frozen=True, slots=True)
class Examined:
    """A configuration file with its mistakes; `settings` holds what is right in it."""

    path: Path
    settings: Settings
    mistakes: list[Mistake]
    text: str = field(repr=False)


def load_settings(named: str | None, environ: Mapping[str, str], folder: Path) -> Settings:
    """Read the file named on the command line, else by `IEPBRIDGE_CONFIG`, else in the folder.

    Raises `Misuse` with file and line for all that is wrong in it; only the last may be missing.
    What secrets refer to is not read yet.
    """
    path = find_file(named, environ, folder)
    if path is None:
        return Settings()
    examined = examine(path, environ)
    if examined.mistakes:
        raise Misuse("\n".join(one.told(path) for one in examined.mistakes))
    return examined.settings


def find_file(named: str | None, environ: Mapping[str, str], folder: Path) -> Path | None:
    """Give the file that is to be read, None where there is none and none was named."""
    chosen = named or environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    found = folder / FILE_NAME
    return found if found.exists() else None


def examine(path: Path, environ: Mapping[str, str]) -> Examined:
    """Read a file and collect its mistakes; raise `Misuse` where it is not there to be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = "not found" if isinstance(error, FileNotFoundError) else error.strerror
        message = f"Configuration {path}: {reason}. Name the file with --config"
        raise Misuse(f"{message}, or unset {VARIABLE}.") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        mistake = Mistake(line, "", "this is not UTF-8; save the file as UTF-8")
        return Examined(path, Settings(path=path), [mistake], "")
    reading = _Reading(path, text, environ)
    settings = reading.settings()
    return Examined(path, settings, reading.mistakes.found(), text)


class _Reading:
    """One configuration file while it is read."""

    def __init__(self, path: Path, text: str, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self.mistakes = Mistakes(text)

    def settings(self) -> Settings:
        tables = self._parsed()
        for name in tables.keys() - Configuration.model_fields.keys():
            self.mistakes.add((name,), unknown(name, Configuration.model_fields))
        mappings = self._table(tables, "mappings", MappingsTable)
        policy = self._table(tables, "policy", PolicyTable)
        ledger = self._table(tables, "ledger", LedgerSettings)
        serve = self._table(tables, "serve", ServeSettings)
        endpoints = self._named(tables, "endpoints", EndpointSettings)
        feeds = self._named(tables, "feeds", FeedSettings)
        for keys, what in disagreements(tables):
            self.mistakes.add(keys, what)
        return Settings(
            mappings.overlay,
            policy.severity,
            policy.iep_activity_days,
            self._path,
            ledger,
            endpoints,
            feeds,
            serve,
        )

    def _parsed(self) -> dict[str, Any]:
        text = self.mistakes.text
        try:
            return tomllib.loads(text)
        except RecursionError:
            self.mistakes.add_at(1, "not valid TOML: brackets too deep in one another")
        except ValueError as error:
            what, line = _parted(str(error), text)
            self.mistakes.add_at(line, f"not valid TOML: {what}")
        return {}

    def _table(self, tables: Mapping[str, Any], name: str, model: type[_Kind]) -> _Kind:
        found = self._checked((name,), tables.get(name, {}), model, {})
        return found or model.model_validate({}, context=self._surroundings((name,)))

    def _named(self, tables: Mapping[str, Any], kind: str, model: type[_Kind]) -> dict[str, _Kind]:
        named = tables.get(kind, {})
        if not isinstance(named, dict):
            self.mistakes.add((kind,), f"expected tables: [{kind}.NAME]")
            return {}
        found = {name: self._one(kind, name, named[name], model) for name in named}
        return {name: table for name, table in found.items() if table is not None}

    def _one(self, kind: str, name: str, table: object, model: type[_Kind]) -> _Kind | None:
        if not _NAME.fullmatch(name):
            self.mistakes.add((kind, name), f"expected {FORMS[NAME]}")
            return None
        if isinstance(table, dict) and "name" in table:
            self.mistakes.add((kind, name, "name"), "no such key; the name stands in the header")
            return None
        return self._checked((kind, name), table, model, {"name": name})

    def _checked(
        self, keys: tuple[str, ...], table: object, model: type[_Kind], more: Mapping[str, str]
    ) -> _Kind | None:
        if not isinstance(table, dict):
            self.mistakes.add(keys, f"expected a table: [{'.'.join(keys)}]")
            return None
        try:
            return model.model_validate({**table, **more}, context=self._surroundings(keys))
        except ValidationError as refused:
            self.mistakes.add_refused(keys, model, refused)
            return None

    def _surroundings(self, keys: tuple[str, ...]) -> Surroundings:
        return Surroundings(self._path.parent.absolute(), ".".join(keys), self._environ)


_PLACE: Final = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")


def _parted(message: str, text: str) -> tuple[str, int]:
    """Part a parser's message into what is wrong and the line it names."""
    place = _PLACE.search(message)
    if place is None:
        return "a value cannot be read", 1
    if place[1] is None:
        return _PLACE.sub("", message), text.count("\n") + 1
    return message[: place.start()], int(place[1])
