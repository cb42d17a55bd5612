"""What means absence in plan data: nulls, `{}` for a field, `[]` for an inner list.

The plan's own sections are the exception: their `[]` says *discussed, nothing to record*. An `{}`
that is an item of a list is an item.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from iepbridge.plan.shape import ROOT, Fields, Item, Map, Shape

_EMPTY_LIST: Final = re.compile(rb"\[[ \t\r\n]*\]")
_EMPTY_OBJECT: Final = re.compile(rb"\{[ \t\r\n]*\}")


def tidy(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give plan data without what means absence; what the model does not know stays."""
    return _tidy_entries(data, ROOT.fields(), sections=True)


def may_be_untidy(text: bytes, data: Mapping[str, Any]) -> bool:
    """Say whether `tidy` may have work, from the data's JSON text; False is certain."""
    if b"null" in text or _EMPTY_OBJECT.search(text):
        return True
    empty = len(_EMPTY_LIST.findall(text))
    return empty > 0 and empty != list(data.values()).count([])


def _tidy_entries(
    data: Mapping[str, Any], known: Mapping[str, Shape], *, sections: bool = False
) -> dict[str, Any]:
    neat = {}
    for name, value in data.items():
        if isinstance(value, (dict, list)):
            shape = known.get(name)
            inner = _tidy(value, shape)
            if inner or not _is_absence(inner, shape, sections):
                neat[name] = inner
        elif value is not None or name not in known:
            neat[name] = value
    return neat


def _is_absence(empty: object, shape: Shape | None, sections: bool) -> bool:
    if isinstance(shape, Item):
        return empty == [] and not sections
    return empty == {} and isinstance(shape, (Fields, Map))


def _tidy(value: Any, shape: Shape | None) -> Any:
    if isinstance(value, dict):
        if isinstance(shape, Fields):
            return _tidy_entries(value, shape.fields())
        if isinstance(shape, Map):
            return _tidy_entries(value, dict.fromkeys(value, shape.of))
    elif isinstance(value, list) and isinstance(shape, Item):
        return [_tidy(item, shape.of) for item in value]
    return value
