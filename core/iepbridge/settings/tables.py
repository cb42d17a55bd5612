"""The configuration as a whole: its tables, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from iepbridge.errors import Misuse
from iepbridge.settings.endpoint import EndpointSettings
from iepbridge.settings.feed import FeedSettings
from iepbridge.settings.kinds import Name, OverlayFolder, Table
from iepbridge.settings.ledger import LedgerSettings
from iepbridge.settings.serve import ServeSettings

Severity: TypeAlias = Literal["error", "warning", "info", "off"]

_ACTIVITY_DAYS: Final = 5
_Named = TypeVar("_Named")


class MappingsTable(Table):
    """Which mapping files are used."""

    overlay: Annotated[tuple[OverlayFolder, ...], Field(strict=False)] = ()
    """Folders with a deployment's own mapping files: the first that has a file wins, over the
    shipped one too"""


class PolicyTable(Table):
    """How a deployment wants the rules of policy."""

    severity: dict[str, Severity] = Field(default_factory=dict)
    """By rule: `error`, `warning`, `info` or `off`; it replaces both severities of a rule that has
    two"""

    iep_activity_days: Annotated[int, Field(ge=0, le=3660)] = _ACTIVITY_DAYS
    """Days that an IEP event may be open before IN-09 is an error"""


class Configuration(BaseModel):
    """The configuration of iepbridge: `iepbridge.toml`."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    ledger: LedgerSettings = LedgerSettings()
    mappings: MappingsTable = MappingsTable()
    policy: PolicyTable = PolicyTable()
    serve: ServeSettings = ServeSettings()
    endpoints: dict[Name, EndpointSettings] = {}
    """The places files go to and come from, by name"""
    feeds: dict[Name, FeedSettings] = {}
    """The configured flows, by name"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment has set; without a file, nothing."""

    overlays: tuple[Path, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    """`[policy] severity`: `error`, `warning`, `info` or `off` by rule id."""
    iep_activity_days: int = _ACTIVITY_DAYS
    path: Path | None = None
    """The file, None where there is none."""
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    endpoints: Mapping[str, EndpointSettings] = field(default_factory=dict)
    feeds: Mapping[str, FeedSettings] = field(default_factory=dict)
    serve: ServeSettings = field(default_factory=ServeSettings)

    def feed(self, name: str) -> FeedSettings:
        """Give a feed by its name, or raise `Misuse` that says which there are."""
        return _named(self.feeds, "feed", name, self.path)

    def endpoint(self, name: str) -> EndpointSettings:
        """Give an endpoint by its name, or raise `Misuse` that says which there are."""
        return _named(self.endpoints, "endpoint", name, self.path)


def _named(tables: Mapping[str, _Named], noun: str, name: str, path: Path | None) -> _Named:
    if name in tables:
        return tables[name]
    if path is None:
        what = "there is no configuration; name one with --config"
    else:
        near = get_close_matches(name, tables, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        what = f"{hint}{path} has: {', '.join(tables) or 'none'}"
    raise Misuse(f"There is no {noun} {name!r}; {what}.")
