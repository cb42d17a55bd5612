"""What a configuration refers to: read, and held to what it is meant for. Nothing is sent.

Each part that can be wrong by itself is tried by itself, so that one mistake hides no other.
"""

import glob
import os
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeAlias

from iepbridge.crypto import Keyring
from iepbridge.errors import IepbridgeError, Misuse
from iepbridge.formats import compiled_mapping
from iepbridge.openpgp import inspect
from iepbridge.registry import Registry
from iepbridge.settings import (
    EndpointSettings,
    Examined,
    FeedSettings,
    LedgerSettings,
    Mistake,
    Mistakes,
    Secret,
    Settings,
)
from iepbridge.settings.kinds import is_folder
from iepbridge.transports.sftp.keys import credentials
from iepbridge.transports.sftp.pins import read_pins

Keys: TypeAlias = tuple[str | int, ...]

_WANTS_KEY: Final = (
    'what is kept of plans is encrypted with it: key = { env = "IEPBRIDGE_KEY" },'
    " one or more id:base64(32 bytes)"
)
_AHEAD: Final = timedelta(days=30)
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def audit(examined: Examined, registry: Registry) -> list[Mistake]:
    """Give the mistakes and warnings in what a configuration refers to."""
    settings = examined.settings
    mistakes = Mistakes(examined.text)
    _audit_ledger(settings.ledger, mistakes)
    if settings.feeds and settings.ledger.key is None:
        mistakes.add(("ledger", "key"), f"missing; {_WANTS_KEY}")
    for endpoint in settings.endpoints.values():
        _audit_endpoint(endpoint, mistakes)
    for feed in settings.feeds.values():
        _audit_feed(feed, registry, mistakes)
    _audit_rules(settings, registry, mistakes)
    _audit_mappings(settings, registry, mistakes)
    _warn_of_twins(settings, mistakes)
    return mistakes.found()


def _tried(mistakes: Mistakes, keys: Keys, call: Callable[[], object]) -> bool:
    """Carry out what may be refused, and note why it was; say whether it was not."""
    try:
        call()
    except IepbridgeError as error:
        told = _reason(error).removeprefix(f"{'.'.join(map(str, keys))}: ")
        told = told.removeprefix(f"Endpoint {keys[-2]}: ").removeprefix(f"{keys[-1]} ")
        mistakes.add(keys, told)
        return False
    return True


def _reason(error: IepbridgeError) -> str:
    return " | ".join(str(error).removesuffix(".").splitlines())


# Secrets


def _read_secrets(table: object, keys: Keys, mistakes: Mistakes) -> bool:
    """Read every secret of a table; say whether all can be."""
    secrets = {name: value for name, value in vars(table).items() if isinstance(value, Secret)}
    for name, secret in secrets.items():
        _warn_if_open(secret, (*keys, name), mistakes)
    tried = [_tried(mistakes, (*keys, name), one.data) for name, one in secrets.items()]
    return all(tried)


def _warn_if_open(secret: Secret, keys: Keys, mistakes: Mistakes) -> None:
    if secret.source == "file" and (mode := _mode(Path(secret.reference))) & _OTHERS:
        what = f"others than its owner may use {secret.reference} (mode {mode:04o}); chmod 600 it"
        mistakes.warn(keys, what)


def _mode(path: Path) -> int:
    """Give a file's permissions, none where it is not there."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _audit_ledger(ledger: LedgerSettings, mistakes: Mistakes) -> None:
    if not _read_secrets(ledger, ("ledger",), mistakes):
        return
    _tried(mistakes, ("ledger", "url"), ledger.database_url)
    if (key := ledger.key) is not None:
        _tried(mistakes, ("ledger", "key"), lambda: Keyring.parse(key.text()))


# Endpoints


def _audit_endpoint(endpoint: EndpointSettings, mistakes: Mistakes) -> None:
    keys = ("endpoints", endpoint.name)
    readable = _read_secrets(endpoint, keys, mistakes)
    _warn_of_end(endpoint.credentials_expire, (*keys, "credentials_expire"), mistakes)
    if endpoint.kind == "folder":
        _warn_if_absent(endpoint.path, (*keys, "url"), mistakes)
        return
    _audit_host_keys(endpoint, (*keys, "host_keys"), mistakes)
    if readable and (endpoint.private_key or endpoint.password):
        key = "private_key" if endpoint.private_key else "password"
        _tried(mistakes, (*keys, key), lambda: credentials(endpoint))


def _audit_host_keys(endpoint: EndpointSettings, keys: Keys, mistakes: Mistakes) -> None:
    if endpoint.host_keys is None:
        return
    if _tried(mistakes, keys, lambda: _pinned(endpoint)):
        mode = _mode(endpoint.host_keys)
        if mode & _OTHERS_WRITE:
            what = f"others may write to {endpoint.host_keys} (mode {mode:04o}); chmod 644 it"
            mistakes.warn(keys, what)


def _pinned(endpoint: EndpointSettings) -> None:
    if not read_pins(endpoint.name, endpoint.host_keys, endpoint.host, endpoint.port).keys:
        raise Misuse(
            f"{endpoint.host_keys} pins no key for {endpoint.host} at port {endpoint.port};"
            " ask the server's operator for its host keys and add them"
        )


def _warn_of_end(day: date | None, keys: Keys, mistakes: Mistakes) -> None:
    today = datetime.now(UTC).date()
    if day is not None and day - today < _AHEAD:
        verb = "ended" if day < today else "end"
        mistakes.warn(keys, f"the credentials {verb} on {day}; have new ones made and set the day")


def _warn_if_absent(folder: Path, keys: Keys, mistakes: Mistakes) -> None:
    if not is_folder(folder):
        mistakes.warn(keys, f"the folder {folder} is not there; make it before the first run")


# Feeds


def _audit_feed(feed: FeedSettings, registry: Registry, mistakes: Mistakes) -> None:
    keys = ("feeds", feed.name)
    _read_secrets(feed, keys, mistakes)
    _tried(mistakes, (*keys, "system"), lambda: _supported(feed, registry))
    if feed.source is not None:
        _warn_of_source(feed.source, (*keys, "source"), mistakes)
    _audit_certificates(feed.encrypt_to, (*keys, "encrypt_to"), mistakes)
    _audit_files(feed.verify_with, (*keys, "verify_with"), mistakes)


def _supported(feed: FeedSettings, registry: Registry) -> None:
    adapter = registry.adapter(feed.system)
    if feed.direction == "acks" and adapter.acknowledgements is None:
        raise Misuse(f"{adapter.title} gives no acknowledgements; take this feed out")


def _warn_of_source(pattern: str, keys: Keys, mistakes: Mistakes) -> None:
    folder = str(Path(pattern).parent)
    if not any(is_folder(Path(one)) for one in glob.iglob(folder)):  # noqa: PTH207  absolute
        mistakes.warn(keys, "the folder of these files is not there; make it before the first run")


def _audit_certificates(files: tuple[Path, ...], keys: Keys, mistakes: Mistakes) -> None:
    for number, file in enumerate(files):
        here = (*keys, number) if len(files) > 1 else keys
        try:
            ends = [one.expires for one in inspect([file])]
        except IepbridgeError as error:
            mistakes.add(here, _reason(error))
            continue
        for end in filter(None, ends):
            if end - datetime.now(UTC) < _AHEAD:
                what = f"the certificate in {file} ends on {end.date()}; ask for a new one"
                mistakes.warn(here, what)


def _audit_files(files: tuple[Path, ...], keys: Keys, mistakes: Mistakes) -> None:
    for number, file in enumerate(files):
        here = (*keys, number) if len(files) > 1 else keys
        if is_folder(file) or not os.access(file, os.R_OK):
            what = f"{file} is not there, or cannot be read; expected an OpenPGP certificate"
            mistakes.add(here, what)


# The whole


def _audit_rules(settings: Settings, registry: Registry, mistakes: Mistakes) -> None:
    known = {rule.id for one in registry.adapters.values() for rule in one.rules}
    for rule in settings.severity.keys() - known:
        near = get_close_matches(rule, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else "`iepbridge systems show S` lists them"
        mistakes.add(("policy", "severity", rule), f"there is no rule of this id; {hint}")


def _audit_mappings(settings: Settings, registry: Registry, mistakes: Mistakes) -> None:
    """Compile the mappings of every system of a feed as the overlays leave them."""
    used = {feed.system for feed in settings.feeds.values()} & registry.adapters.keys()
    if settings.overlays:
        for system in sorted(used):
            try:
                compiled_mapping(registry.adapters[system], settings.overlays)
            except IepbridgeError as error:
                mistakes.add(("mappings", "overlay"), _reason(error))


def _warn_of_twins(settings: Settings, mistakes: Mistakes) -> None:
    """Warn of two feeds that would send, or read, the same files."""
    first: dict[tuple[object, ...], str] = {}
    for feed in settings.feeds.values():
        own: tuple[object, ...] = (feed.direction, feed.endpoint, feed.pattern)
        if feed.direction == "out":
            own = (feed.direction, feed.system, feed.sender, feed.receiver, feed.source)
        other = first.setdefault(own, feed.name)
        if other != feed.name:
            verb = "sends" if feed.direction == "out" else "reads"
            what = f"{verb} the same files as the feed `{other}`; take one of the two out"
            mistakes.warn(("feeds", feed.name), what)
