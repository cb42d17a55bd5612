"""The configuration as JSON Schema, for editors that complete and check as one types."""

from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema

from iepbridge.settings.tables import Configuration

_DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_NULL: Final = {"type": "null"}


class _Quiet(GenerateJsonSchema):
    """A default that is a secret, or a table of defaults, is left out without a word."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012  theirs


def configuration_schema() -> dict[str, Any]:
    """Give the schema of `iepbridge.toml`, secrets as the references that stand for them."""
    schema = _tidied(Configuration.model_json_schema(schema_generator=_Quiet))
    for table in schema["properties"].values():
        if "patternProperties" in table:
            table["additionalProperties"] = False
    return {"$schema": _DIALECT, **schema}


def _tidied(part: Any) -> Any:
    """Take out null, which TOML has not, titles made from names, and breaks in descriptions."""
    if isinstance(part, list):
        return [_tidied(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _tidied(value) for key, value in part.items() if not _is_noise(key, value)}
    if isinstance(text := kept.get("description"), str):
        kept["description"] = " ".join(text.split())
    return _without_null(kept)


def _is_noise(key: str, value: object) -> bool:
    by_library = key == "title" and isinstance(value, str)
    return by_library or (key == "default" and (value is None or isinstance(value, dict)))


def _without_null(part: dict[str, Any]) -> dict[str, Any]:
    choices = part.get("anyOf")
    if not isinstance(choices, list) or _NULL not in choices:
        return part
    left = [choice for choice in choices if choice != _NULL]
    rest = {key: value for key, value in part.items() if key != "anyOf"}
    return {**rest, **left[0]} if len(left) == 1 else {**rest, "anyOf": left}
