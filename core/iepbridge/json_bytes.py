"""Data with types of our own as JSON, through orjson."""

from collections.abc import Callable
from typing import Any

import orjson


def json_bytes(data: Any, of_type: Callable[[Any], Any], options: int = 0) -> bytes:
    """Write data; `of_type` gives what stands for a value whose type JSON has not.

    Raises TypeError where that, or the data, has no such thing. A signal that came while `of_type`
    worked is no fault of the data: orjson makes a TypeError of it, and it goes on as itself.
    """
    try:
        return orjson.dumps(data, default=of_type, option=options)
    except TypeError as error:
        if error.__cause__ is None or isinstance(error.__cause__, Exception):
            raise
        raise error.__cause__ from None
