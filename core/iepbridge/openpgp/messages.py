"""Files into OpenPGP messages and back; what comes out appears whole or not at all."""

import io
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from iepbridge.errors import Misuse
from iepbridge.openpgp.process import Reference, ask, packed
from iepbridge.output import Outputs, Unwritable

DEADLINE_SECONDS: Final = 3600.0
MOST_BYTES: Final = 1 << 30
_CHUNK_BYTES: Final = 1 << 20


class Signed(NamedTuple):
    """Who signed a message: fingerprints, in capital hexadecimal digits."""

    certificate: str
    key: str


def encrypt(
    source: Path | BinaryIO,
    target: Path | BinaryIO,
    *,
    to: Sequence[Path],
    sign_with: Reference | None = None,
    sign_passphrase: Reference | None = None,
    armor: bool = False,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> None:
    """Encrypt a file to every certificate in the files `to`, signed inside where a key is given.

    Two encryptions of one file differ in their bytes: make them once and keep what was made.
    Raises `Misuse` for a certificate or key that cannot be used, with file and fingerprint.
    """
    if not to:
        raise Misuse("encrypt_to: no certificate is named; name the file of the receiver's.")
    request = {
        "to": [os.fspath(path) for path in to],
        "sign_with": _data("sign_with", sign_with),
        "passphrase": _text(sign_passphrase),
        "armor": armor,
    }
    _done("encrypt", "The encrypted file", request, (source, target), deadline_seconds)


def decrypt(
    source: Path | BinaryIO,
    target: Path | BinaryIO,
    *,
    keys: Sequence[Reference],
    passphrase: Reference | None = None,
    verify_with: Sequence[Path] = (),
    most: int = MOST_BYTES,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Signed | None:
    """Decrypt a message by whichever key fits; give who signed it, where certificates are given.

    Nothing appears before the whole message was found unbroken. Raises `Unreadable` for what is no
    message, not for these keys, broken, larger than `most` bytes, or not signed by `verify_with`.
    """
    if not keys:
        raise Misuse("decrypt_with: no key is named; name the file of your secret key.")
    request = {
        "keys": [_data("decrypt_with", key) for key in keys],
        "passphrase": _text(passphrase),
        "verify_with": [os.fspath(path) for path in verify_with],
        "most": most,
    }
    files = (source, target)
    answer = _done("decrypt", "The decrypted file", request, files, deadline_seconds)
    return Signed(*answer["signed"]) if answer["signed"] else None


def _data(name: str, secret: Reference | None) -> dict[str, str] | None:
    return None if secret is None else {"name": secret.key or name, "data": packed(secret.data())}


def _text(secret: Reference | None) -> str | None:
    return None if secret is None else secret.text()


def _done(
    operation: str,
    shown: str,
    request: Mapping[str, Any],
    files: tuple[Path | BinaryIO, Path | BinaryIO],
    deadline_seconds: float,
) -> dict[str, Any]:
    source, target = files
    with _readable(source) as (name, read), _writable(target, shown, read) as write:
        question = {**request, "name": name, "source": read, "target": write}
        return ask(operation, question, (read, write), deadline_seconds)


@contextmanager
def _readable(source: Path | BinaryIO) -> Iterator[tuple[str, int]]:
    """Give the name for messages and a descriptor; a stream is read from where it stands."""
    if isinstance(source, Path):
        with _opened(source) as stream:
            yield f"{source}", stream.fileno()
    elif _is_whole_file(source):
        source.flush()
        yield "The file", source.fileno()
    else:
        with _unnamed() as copy:
            _copy(source, copy)
            yield "The file", copy.fileno()


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise Misuse(f"{path}: cannot be read: {reason}; name another file.") from None


def _is_whole_file(stream: BinaryIO) -> bool:
    """Tell a plain file at its beginning from a stream that makes its bytes, or has given some."""
    if not isinstance(stream, io.BufferedReader | io.BufferedRandom):
        return False
    return isinstance(stream.raw, io.FileIO) and stream.seekable() and stream.tell() == 0


@contextmanager
def _writable(target: Path | BinaryIO, shown: str, source: int) -> Iterator[int]:
    """Give the descriptor of an unnamed file that becomes the target if the block ends well."""
    if isinstance(target, Path):
        with Outputs(os.fstat(source)) as outputs:
            output = outputs.open(os.fspath(target.absolute()), shown)
            yield output.stream.fileno()
            outputs.publish(output)
    else:
        with _unnamed() as made:
            yield made.fileno()
            made.seek(0)
            _copy(made, target)


@contextmanager
def _unnamed() -> Iterator[BinaryIO]:
    try:
        stream = tempfile.TemporaryFile()  # noqa: SIM115 - only what opening it says is told
    except OSError as error:
        raise _unwritable(error) from None
    with stream:
        yield stream


def _copy(source: BinaryIO, sink: BinaryIO) -> None:
    while chunk := source.read(_CHUNK_BYTES):
        _write(sink, chunk)
    _write(sink, b"")


def _write(sink: BinaryIO, chunk: bytes) -> None:
    try:
        sink.write(chunk)
        if not chunk:
            sink.flush()
    except OSError as error:
        raise _unwritable(error) from None


def _unwritable(error: OSError) -> Unwritable:
    reason = os.strerror(error.errno or 0)
    place = "OpenPGP: the folder for temporary files (TMPDIR) or the target"
    return Unwritable(f"{place} cannot be written to: {reason}. Make room and run again.")
