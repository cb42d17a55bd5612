"""A folder's entries as the server sends them, a few requests ahead, in bounded memory."""

import time
from collections import deque
from collections.abc import Generator
from typing import Final

from iepbridge.errors import Refused
from iepbridge.transports.session import NotThere
from iepbridge.transports.sftp import packets
from iepbridge.transports.sftp.line import Failure
from iepbridge.transports.sftp.packets import Attributes
from iepbridge.transports.sftp.place import Place

_AHEAD: Final = 4
_WHAT: Final = "listing"


def entries(place: Place) -> Generator[tuple[bytes, Attributes], None, None]:
    """Give names, as bytes, and what is told of each; other requests may come in between.

    The time that the server takes for the whole is bounded as that of one whole file.
    """
    handle = _opened(place)
    under_way: deque[int] = deque()
    left = place.line.timeouts.total_seconds
    try:
        while True:
            started = time.monotonic()
            names = _next(place, handle, under_way, left)
            left -= time.monotonic() - started
            if names is None:
                return
            yield from names
    finally:
        with place.line.operation(f"{_WHAT} {place.folder}"):
            place.line.settle(handle, under_way)


def _opened(place: Place) -> bytes:
    try:
        with place.doing(_WHAT, place.folder):
            return place.line.handle(packets.OPENDIR, place.path())
    except NotThere:
        raise no_folder(place) from None


def no_folder(place: Place) -> Refused:
    """Say that the endpoint's folder is absent."""
    return Refused(
        f"Endpoint {place.name}: there is no folder {place.folder} on the server. Have it made, or"
        " mend `url`."
    )


def _next(
    place: Place, handle: bytes, under_way: deque[int], left_seconds: float
) -> list[tuple[bytes, Attributes]] | None:
    line = place.line
    with place.doing(_WHAT, place.folder, left_seconds):
        while len(under_way) < _AHEAD:
            under_way.append(line.ask(packets.READDIR, handle))
        try:
            return line.names(under_way.popleft())
        except Failure as failure:
            if failure.code == packets.EOF:
                return None
            raise
