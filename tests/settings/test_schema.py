"""The JSON Schema that editors use says what the tables take."""

import json
from typing import Any

import pytest

from iepbridge.settings import (
    EndpointSettings,
    FeedSettings,
    LedgerSettings,
    ServeSettings,
    configuration_schema,
)
from iepbridge.settings.kinds import Table
from iepbridge.settings.mistakes import keys_of
from iepbridge.settings.tables import MappingsTable, PolicyTable

TABLES: dict[str, type[Table]] = {
    "ledger": LedgerSettings,
    "mappings": MappingsTable,
    "policy": PolicyTable,
    "serve": ServeSettings,
    "endpoints": EndpointSettings,
    "feeds": FeedSettings,
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return configuration_schema()


def table(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """Give the schema of a table, or of each of the tables of this kind."""
    part = schema["properties"][name]
    if "patternProperties" in part:
        assert part["additionalProperties"] is False
        (part,) = part["patternProperties"].values()
    found: dict[str, Any] = schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return found


def test_it_is_json_and_knows_every_table(schema: dict[str, Any]) -> None:
    assert json.loads(json.dumps(schema)) == schema
    assert set(schema["properties"]) == set(TABLES)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_a_table_is_there_with_its_meaning(schema: dict[str, Any], name: str) -> None:
    found = table(schema, name)
    assert list(found["properties"]) == keys_of(TABLES[name])
    assert found["additionalProperties"] is False
    for key, part in found["properties"].items():
        assert part["description"], key
        assert "\n" not in part["description"]
        assert {"type", "anyOf", "$ref"} & set(part), key


@pytest.mark.parametrize("name", TABLES)
def test_what_is_required_is_said(schema: dict[str, Any], name: str) -> None:
    fields = TABLES[name].model_fields
    required = [key for key in keys_of(TABLES[name]) if fields[key].is_required()]
    assert table(schema, name).get("required", []) == required


def test_secrets_are_references(schema: dict[str, Any]) -> None:
    for name, keys in {
        "ledger": ["key"],
        "endpoints": ["private_key", "passphrase", "password"],
        "feeds": ["sign_with", "sign_passphrase", "decrypt_with", "decrypt_passphrase"],
    }.items():
        for key in keys:
            forms = table(schema, name)["properties"][key]["anyOf"]
            assert [form["required"] for form in forms] == [["env"], ["file"]]
            assert all(form["type"] == "object" for form in forms)


def test_toml_has_no_null(schema: dict[str, Any]) -> None:
    assert "null" not in json.dumps(schema)
