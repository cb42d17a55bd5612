"""The page on the configuration: every key as the program reads it, an example that loads."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined
from tests.docs.pages import blocks

from iepbridge.settings import (
    EndpointSettings,
    FeedSettings,
    LedgerSettings,
    Secret,
    ServeSettings,
    load_settings,
)
from iepbridge.settings.kinds import Table
from iepbridge.settings.mistakes import keys_of
from iepbridge.settings.tables import MappingsTable, PolicyTable

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
TABLES: dict[str, type[Table]] = {
    "ledger": LedgerSettings,
    "mappings": MappingsTable,
    "policy": PolicyTable,
    "serve": ServeSettings,
    "endpoints.NAME": EndpointSettings,
    "feeds.NAME": FeedSettings,
}


def rows(model: type[Table]) -> list[str]:
    """Write the row of each key as the page has it."""
    found = []
    for key in keys_of(model):
        field = model.model_fields[key]
        meaning = " ".join((field.description or "").split())
        default = "required" if field.is_required() else shown(field.default)
        found.append(f"| `{key}` | {default} | {meaning[:1].lower()}{meaning[1:]} |")
    return found


def shown(default: Any) -> str:
    """Write a default as TOML has it."""
    if default in (None, ()) or default is PydanticUndefined:
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Secret):
        default = default.text()
    return f'`"{default}"`' if isinstance(default, str) else f"`{default:.10g}`"


@pytest.mark.parametrize("name", TABLES)
def test_every_key_has_its_row(name: str) -> None:
    section = PAGE.partition(f"\n### [{name}]\n")[2].partition("\n#")[0]
    documented = [line for line in section.splitlines() if line.startswith("| `")]
    expected = rows(TABLES[name])
    assert documented == expected, "\n".join(["the page should have:", *expected])


def test_no_other_table_is_described() -> None:
    assert re.findall(r"^### \[(.+)\]$", PAGE, re.MULTILINE) == list(TABLES)


def test_the_example_loads(tmp_path: Path) -> None:
    (example,) = [block for block in blocks(PAGE) if block.caption == "iepbridge.toml"]
    (tmp_path / "iepbridge.toml").write_text("\n".join(example.lines))
    (tmp_path / "local-mappings").mkdir()
    settings = load_settings(None, {}, tmp_path)
    assert list(settings.endpoints) == ["texas", "texas-out", "missouri", "outbox"]
    assert list(settings.feeds) == ["texas-plans", "texas-acks", "missouri-in"]
    texas = settings.endpoint(settings.feed("texas-plans").endpoint)
    assert (texas.kind, texas.port, texas.folder, texas.archive) == (
        "sftp",
        2222,
        "/inbound",
        "/archive",
    )
    assert settings.ledger.database_url() == f"sqlite:///{tmp_path}/iepbridge.db"
