"""Where an endpoint is: its URL taken apart. What is wrong is said without showing the URL."""

import re
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from iepbridge.settings.kinds import Unfit, resolved

EndpointKind: TypeAlias = Literal["folder", "sftp"]

SFTP_PORT: Final = 22
_EXPECTED: Final = 'expected "sftp://USER@HOST/FOLDER" or "file:FOLDER"'
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f-\xa0]")
_HOST: Final = re.compile(r"[A-Za-z0-9._:%-]{1,253}")
_OWN: Final = "/~/"


class Place(NamedTuple):
    """What an endpoint's URL names: a folder here, or one on an SFTP server.

    `folder` on a server begins with `/`, or is relative to where the login arrives (`/~/` in the
    URL); `path` is the folder here.
    """

    kind: EndpointKind
    folder: str
    user: str = ""
    host: str = ""
    port: int = SFTP_PORT
    path: Path = Path()


def place_of(url: str, folder: Path) -> Place:
    """Take a URL apart; raise `Unfit` saying what is wrong with it."""
    if _CONTROL.search(url):
        raise Unfit(f"{_EXPECTED}, spaces written as %20")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unfit(f"{_EXPECTED}, a port from 1 to 65535 behind the host") from None
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise Unfit(f"{_EXPECTED}, and nothing behind the folder; write # as %23, ? as %3F")
    if parts.scheme == "sftp":
        return _server(parts, SFTP_PORT if port is None else port)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        path = resolved(_decoded(parts.path), folder)
        return Place("folder", str(path), path=path)
    raise Unfit(_EXPECTED)


def _server(parts: SplitResult, port: int) -> Place:
    if parts.password is not None:
        raise Unfit('a password never stands in a URL; use password = { env = "NAME" }')
    user, host = _decoded(parts.username or ""), parts.hostname or ""
    if not user:
        raise Unfit(f"{_EXPECTED}: the user is missing")
    if not _HOST.fullmatch(host):
        raise Unfit(f"{_EXPECTED}: the host is missing or no host's name")
    if port == 0:
        raise Unfit(f"{_EXPECTED}, a port from 1 to 65535 behind the host")
    return Place("sftp", _remote(_decoded(parts.path)), user, host, port)


def _remote(path: str) -> str:
    if path.startswith(_OWN) or path == _OWN[:-1]:
        return path.removeprefix(_OWN[:-1]).strip("/") or "."
    return f"/{path.strip('/')}"


def _decoded(text: str) -> str:
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Unfit(f"{_EXPECTED}, what follows % in UTF-8") from None
    if any(ord(character) < 0x20 or character == "\x7f" for character in plain):
        raise Unfit(f"{_EXPECTED}, without control characters")
    return plain
