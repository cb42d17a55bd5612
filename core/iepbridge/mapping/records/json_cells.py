"""Lists of a plan as JSON in one cell: compact, canonical keys, nulls left out, nothing escaped."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import orjson
from pydantic import Secret, SecretStr

from iepbridge.codecs.json_text import NotJson, parse_list
from iepbridge.converters import DATE_FORMS
from iepbridge.json_bytes import json_bytes
from iepbridge.plan.leaves import number_text
from iepbridge.plan.part import Part
from iepbridge.plan.shape import Fields, Leaf, Shape

_DAY: Final = DATE_FORMS["YYYY-MM-DD"]
_TYPES: Final = {"text": str, "flag": bool, "code": str}


def json_cell(items: Sequence[Any]) -> str:
    """Write the items of a list: parts, texts or dates."""
    return json_bytes([_plain(item) for item in items], _other).decode()


def _plain(item: Any) -> Any:
    if isinstance(item, Part):
        return {name: value for name, value in item.__dict__.items() if value is not None}
    return item


def _other(value: object) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(number_text(value))
    if isinstance(value, SecretStr | Secret):
        return value.get_secret_value()
    raise TypeError


def json_items(text: str, shape: Shape) -> list[Any] | None:
    """Read the items of a list; None where the text is no such list.

    `shape` is that of one item. A null is the same as a key left out.
    """
    try:
        items = parse_list(text.encode())
    except (NotJson, UnicodeEncodeError):
        return None
    read = [_item(item, shape) for item in items]
    return None if None in read else read


def _item(item: object, shape: Shape) -> Any:
    if isinstance(shape, Leaf):
        return _leaf(item, shape)
    if not isinstance(shape, Fields) or not isinstance(item, dict):
        return None
    fields, read = shape.fields(), {}
    for key, value in item.items():
        leaf = fields.get(key)
        if not isinstance(leaf, Leaf):
            return None
        if value is not None:
            read[key] = _leaf(value, leaf)
            if read[key] is None:
                return None
    return read


def _leaf(value: object, leaf: Leaf) -> Any:
    if leaf.kind == "date":
        return _DAY.read(value) if isinstance(value, str) else None
    if leaf.kind in ("number", "integer"):
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return value if number else None
    return value if isinstance(value, _TYPES[leaf.kind]) else None
