"""Whether the keys of a configuration agree with one another, and names with what they name.

The tables are taken as they stand in the file, so that one mistake hides no other.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

Disagreement: TypeAlias = tuple[tuple[str, ...], str]
"""A key's path, and what is wrong there."""

_Tables: TypeAlias = Mapping[str, Mapping[str, Any]]

_DIRECTIONS: Final = {
    **dict.fromkeys(("source", "acknowledgements", "batch_size"), ("out",)),
    "acknowledge_within_hours": ("out",),
    "expects": ("in",),
    **dict.fromkeys(("volume_guard", "volume_high", "volume_low"), ("out",)),
    **dict.fromkeys(("volume_least", "volume_first"), ("out",)),
    **dict.fromkeys(("encrypt_to", "sign_with", "sign_passphrase", "armor"), ("out",)),
    **dict.fromkeys(("sender", "receiver"), ("out", "in")),
    **dict.fromkeys(("decrypt_with", "decrypt_passphrase", "verify_with"), ("in", "acks")),
    "pattern": ("in", "acks"),
    "destination": ("in",),
}
_DEMANDED: Final = {"out": ("source", "sender", "receiver"), "in": ("destination",)}
_ONLY_WITH: Final = {
    "acknowledge_within_hours": ("acknowledgements",),
    "sign_with": ("encrypt_to",),
    "sign_passphrase": ("sign_with",),
    "armor": ("encrypt_to",),
    "decrypt_passphrase": ("decrypt_with",),
    "verify_with": ("decrypt_with",),
    "passphrase": ("private_key",),
    "certificate": ("private_key", "agent"),
}
_ONLY_SFTP: Final = (
    *("host_keys", "private_key", "passphrase", "certificate", "agent", "password", "jump"),
)
_LOGINS: Final = ("private_key", "agent", "password")


def disagreements(configuration: Mapping[str, Any]) -> Iterator[Disagreement]:
    """Give what does not fit together in a parsed file."""
    endpoints, feeds = _tables(configuration, "endpoints"), _tables(configuration, "feeds")
    for name, endpoint in endpoints.items():
        found = (*_of_endpoint(endpoint), *_only_with(endpoint), *_of_jump(name, endpoints))
        yield from ((("endpoints", name, key), what) for key, what in found)
    for name, feed in feeds.items():
        found = (*_of_direction(feed), *_only_with(feed), *_of_names(feed, feeds, endpoints))
        yield from ((("feeds", name, key), what) for key, what in found)


def _tables(configuration: Mapping[str, Any], kind: str) -> _Tables:
    tables = configuration.get(kind)
    if not isinstance(tables, dict):
        return {}
    return {name: table for name, table in tables.items() if isinstance(table, dict)}


_Found: TypeAlias = Iterator[tuple[str, str]]


def _only_with(table: Mapping[str, Any]) -> _Found:
    for key, others in _ONLY_WITH.items():
        if key in table and not any(other in table for other in others):
            yield key, f"has no use without {' or '.join(others)}; add it, or take this out"


def _of_endpoint(endpoint: Mapping[str, Any]) -> _Found:
    url = endpoint.get("url")
    if isinstance(url, str) and url.startswith("file:"):
        for key in _ONLY_SFTP:
            if key in endpoint:
                yield key, "is for sftp endpoints, and this is a folder; take it out"
    elif isinstance(url, str):
        yield from _of_login(endpoint)
    if "archive" in endpoint and endpoint.get("delete") is True:
        yield "delete", "files are archived or deleted after reading, not both; keep one of the two"
    if endpoint.get("marker") == endpoint.get("temporary", ".part"):
        yield "marker", "is also the suffix of temporary names; choose another"


def _of_login(endpoint: Mapping[str, Any]) -> _Found:
    if "host_keys" not in endpoint:
        yield "host_keys", "missing; name a known_hosts file that pins the server's keys"
    if not any(key in endpoint for key in _LOGINS):
        yield "private_key", "missing; or give agent = true, or a password, to log in with"


def _of_jump(name: str, endpoints: _Tables) -> _Found:
    jump = endpoints[name].get("jump")
    if not isinstance(jump, str):
        return
    yield from _lookup("jump", jump, endpoints, "endpoint")
    url = endpoints.get(jump, {}).get("url")
    if isinstance(url, str) and url.startswith("file:"):
        yield "jump", "is a folder; expected the name of an sftp endpoint"
    if name in _way(jump, endpoints):
        yield "jump", "leads back to this endpoint; expected a way that ends"


def _way(jump: str, endpoints: _Tables) -> list[str]:
    """Give the endpoints that are gone through from a jump on, each once."""
    way: list[str] = []
    following: Any = jump
    while isinstance(following, str) and following in endpoints and following not in way:
        way.append(following)
        following = endpoints[following].get("jump")
    return way


def _of_direction(feed: Mapping[str, Any]) -> _Found:
    direction = feed.get("direction")
    if direction not in ("out", "in", "acks"):
        return
    for key, directions in _DIRECTIONS.items():
        if key in feed and direction not in directions:
            yield key, f"is for feeds of direction {' or '.join(directions)}; take it out"
    for key in _DEMANDED.get(direction, ()):
        if key not in feed:
            yield key, f"missing; a feed of direction {direction} needs it"


def _of_names(feed: Mapping[str, Any], feeds: _Tables, endpoints: _Tables) -> _Found:
    if isinstance(endpoint := feed.get("endpoint"), str):
        yield from _lookup("endpoint", endpoint, endpoints, "endpoint")
    answers = feed.get("acknowledgements")
    if not isinstance(answers, str):
        return
    yield from _lookup("acknowledgements", answers, feeds, "feed")
    other = feeds.get(answers)
    if other is None:
        return
    if other.get("direction") != "acks":
        yield "acknowledgements", 'expected the name of a feed of direction "acks"'
    elif other.get("system") != feed.get("system"):
        yield "acknowledgements", "that feed is of another system; expected one of the same"


def _lookup(key: str, name: str, tables: _Tables, noun: str) -> _Found:
    if name in tables:
        return
    near = get_close_matches(name, tables, 1)
    hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(tables) or 'none'}"
    yield key, f"there is no {noun} of this name; {hint}"
