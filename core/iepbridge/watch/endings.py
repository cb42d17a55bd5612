"""Credentials that have ended, or are about to: told a month ahead."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

from iepbridge.errors import IepbridgeError
from iepbridge.ledger.instants import instant
from iepbridge.openpgp import inspect, key_ends
from iepbridge.settings import EndpointSettings, FeedSettings, Secret, Settings
from iepbridge.transports.sftp.keys import certificate_ends
from iepbridge.watch.found import Missing

AHEAD: Final = timedelta(days=30)

_RENEW: Final = "Have new ones made, and set the day anew."
_CERTIFY: Final = "Have a new certificate made for the key."
_ASK: Final = "Ask its owner for a new one."
_EXTEND: Final = "Extend it and give its certificate to those who need it, or make a new one."


def endings(settings: Settings, at: datetime) -> Iterator[Missing]:
    """Give the credentials of endpoints and feeds that end within 30 days of a moment."""
    for endpoint in settings.endpoints.values():
        yield from _of_endpoint(endpoint, at)
    for feed in settings.feeds.values():
        if feed.enabled:
            yield from _of_feed(feed, at)


def _of_endpoint(endpoint: EndpointSettings, at: datetime) -> Iterator[Missing]:
    day, file = endpoint.credentials_expire, endpoint.certificate
    if day is not None and day - at.astimezone(UTC).date() < AHEAD:
        what = f"Password, key or certificate {_verb(_end_of(day), at)} on {day}."
        yield _missing(None, endpoint.name, _end_of(day), what, _RENEW)
    if file is None:
        return
    try:
        ends = certificate_ends(file)
    except IepbridgeError as error:
        yield _missing(None, endpoint.name, at, str(error), _CERTIFY)
        return
    if ends is not None and ends - at < AHEAD:
        what = f"The certificate in {file} {_verb(ends, at)} on {ends.date()}."
        yield _missing(None, endpoint.name, ends, what, _CERTIFY)


def _of_feed(feed: FeedSettings, at: datetime) -> Iterator[Missing]:
    for file in feed.encrypt_to:
        yield from _of_certificate(feed, file, at, to_encrypt=True)
    for file in feed.verify_with:
        yield from _of_certificate(feed, file, at, to_encrypt=False)
    if feed.sign_with is not None:
        yield from _of_key(feed, feed.sign_with, "sign", feed.sign_passphrase, at)
    if feed.decrypt_with is not None:
        yield from _of_key(feed, feed.decrypt_with, "decrypt", feed.decrypt_passphrase, at)


def _of_certificate(
    feed: FeedSettings, file: Path, at: datetime, *, to_encrypt: bool
) -> Iterator[Missing]:
    shown = f"The OpenPGP certificate in {file}"
    try:
        ends = [one.expires for one in inspect([file], to_encrypt=to_encrypt)]
    except IepbridgeError as error:
        yield _missing(feed.name, None, at, str(error), _ASK)
        return
    for end in ends:
        yield from _soon(feed, shown, end, at, _ASK)


def _of_key(
    feed: FeedSettings,
    key: Secret,
    use: Literal["sign", "decrypt"],
    passphrase: Secret | None,
    at: datetime,
) -> Iterator[Missing]:
    try:
        end = key_ends(key, use, passphrase)
    except IepbridgeError as error:
        yield _missing(feed.name, None, at, str(error), _EXTEND)
        return
    yield from _soon(feed, f"The OpenPGP key of {key.key}", end, at, _EXTEND)


def _soon(
    feed: FeedSettings, shown: str, end: datetime | None, at: datetime, remedy: str
) -> Iterator[Missing]:
    if end is not None and end - at < AHEAD:
        what = f"{shown} {_verb(end, at)} on {end.date()}."
        yield _missing(feed.name, None, end, what, remedy)


def _missing(
    feed: str | None, endpoint: str | None, since: datetime, what: str, remedy: str
) -> Missing:
    return Missing("credentials", feed, endpoint, instant(since), what, remedy)


def _verb(end: datetime, at: datetime) -> str:
    return "ended" if end <= at else "ends"


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)
