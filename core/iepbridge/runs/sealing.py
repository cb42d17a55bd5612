"""OpenPGP around a feed's files, where it is configured: on the way out, and on the way in."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, Final, cast

from iepbridge.openpgp import decrypt, encrypt
from iepbridge.settings import FeedSettings

_ENDINGS: Final = (".pgp", ".asc")


def encrypted_name(name: str, feed: FeedSettings) -> str:
    """Give the name under which a file goes: with `.pgp` or `.asc` where it is encrypted."""
    if not feed.encrypt_to:
        return name
    return f"{name}{_ENDINGS[feed.armor]}"


def plain_name(name: str) -> str:
    """Give the name that a file has in its system."""
    for ending in (*_ENDINGS, ".gpg"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def sealed(stream: BinaryIO, feed: FeedSettings) -> BinaryIO:
    """Give what goes over the wire: the stream itself, or an unnamed file of it encrypted."""
    if not feed.encrypt_to:
        return stream
    stream.seek(0)
    with _unnamed() as target:
        encrypt(
            stream,
            target,
            to=feed.encrypt_to,
            sign_with=feed.sign_with,
            sign_passphrase=feed.sign_passphrase,
            armor=feed.armor,
        )
    return target


def opened(stream: BinaryIO, feed: FeedSettings, most: int) -> BinaryIO:
    """Give what a file that came says: the stream itself, or an unnamed file of it decrypted.

    Raises `Unreadable` for what is not encrypted to this feed, or not signed as it wants.
    """
    stream.seek(0)
    if feed.decrypt_with is None:
        return stream
    with _unnamed() as target:
        decrypt(
            stream,
            target,
            keys=[feed.decrypt_with],
            passphrase=feed.decrypt_passphrase,
            verify_with=feed.verify_with,
            most=most,
        )
    target.seek(0)
    return target


@contextmanager
def _unnamed() -> Iterator[BinaryIO]:
    """Give an unnamed file, which stays open unless an error leaves the block."""
    with ExitStack() as stack:
        yield cast(BinaryIO, stack.enter_context(tempfile.TemporaryFile()))
        stack.pop_all()
