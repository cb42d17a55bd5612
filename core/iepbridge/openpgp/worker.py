"""The child process: reads one request on standard input, works, and answers on standard output.

It alone loads the library. Errors of the library are told by where they came up; their texts are
looked into, never shown.
"""

import base64
import errno
import json
import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from pysequoia import Decrypted, PyDecryptor, Tsk, decrypt_file, encrypt_file

from iepbridge.errors import IepbridgeError, Unreadable
from iepbridge.openpgp.certificates import Loaded, alive_until, load, usable_until
from iepbridge.openpgp.keys import Secret, decryptors, decrypts_until, signer, signs_until
from iepbridge.output import Unwritable

_NOT_FOR_KEY: Final = "No key to decrypt"
_NO_SESSION: Final = "Missing session key"
_NOT_SIGNED: Final = "Signature verification failed"
_COMPRESSED: Final = "Unexpected message structure"
_TOO_LARGE: Final = f"(os error {errno.EFBIG})"
_DISK_FULL: Final = (f"(os error {errno.ENOSPC})", f"(os error {errno.EDQUOT})")
_PANIC: Final = "PanicException"  # of the library's own language; nobody can import its class

Request = Mapping[str, Any]
Answer = dict[str, Any]
Telling = Callable[[str], IepbridgeError]


def inspect(request: Request) -> Answer:
    """Give file, fingerprint and end of each certificate."""
    until = usable_until if request["to_encrypt"] else alive_until
    return {"certificates": [_described(loaded, until) for loaded in load(request["to"])]}


def _described(
    loaded: Loaded, until: Callable[[Loaded], datetime | None]
) -> tuple[str, str, str | None]:
    ends = until(loaded)
    return loaded.file, loaded.fingerprint, ends.isoformat() if ends else None


def ends(request: Request) -> Answer:
    """Give when a secret key ends, for one use."""
    until = signs_until if request["use"] == "sign" else decrypts_until
    found = until(_secret(request["key"], request))
    return {"ends": found.isoformat() if found else None}


def encrypt(request: Request) -> Answer:
    """Encrypt descriptor `source` into descriptor `target`."""
    to = load(request["to"])
    for loaded in to:
        usable_until(loaded)
    key = request["sign_with"] and signer(_secret(request["sign_with"], request))
    with _failing(lambda _text: Unwritable(f"{request['name']}: could not be encrypted.")):
        encrypt_file(
            _path(request["source"]),
            _path(request["target"]),
            recipients=[loaded.certificate for loaded in to],
            signer=key,
            armor=request["armor"],
        )
    return {}


def decrypt(request: Request) -> Answer:
    """Decrypt descriptor `source` into descriptor `target`; give who signed it."""
    keys = [key for secret in request["keys"] for key in decryptors(_secret(secret, request))]
    senders = load(request["verify_with"])
    resource.setrlimit(resource.RLIMIT_FSIZE, (request["most"], request["most"]))
    with _failing(lambda text: _unreadable(text, request["name"], senders)):
        _require_encrypted(request)
        done = _by_any(keys, request, senders)
    return {"signed": _signature(done.valid_sigs, request["name"], senders) if senders else None}


def _require_encrypted(request: Request) -> None:
    """Refuse what a stranger's key reads too: the library also takes messages in clear text."""
    try:
        _by(Tsk.generate("stranger").decryptor(), request, ())
    except RuntimeError:
        return
    message = f"{request['name']}: not encrypted, though decrypt_with says that it should be"
    remedy = "Tell the sender, who may have sent plans in clear text, and ask for the file anew"
    raise Unreadable(f"{message}. {remedy}.")


def _by_any(keys: Sequence[PyDecryptor], request: Request, senders: Sequence[Loaded]) -> Decrypted:
    """Try one key after the other, for as long as the message seems to be for another."""
    *others, last = keys
    for key in others:
        try:
            return _by(key, request, senders)
        except RuntimeError as error:
            if not str(error).startswith((_NOT_FOR_KEY, _NO_SESSION)):
                raise
    return _by(last, request, senders)


def _by(key: PyDecryptor, request: Request, senders: Sequence[Loaded]) -> Decrypted:
    given = [loaded.certificate for loaded in senders]
    store = (lambda _ids: given) if given else None
    return decrypt_file(_path(request["source"]), _path(request["target"]), key, store)


def _signature(signatures: Sequence[Any], name: str, senders: Sequence[Loaded]) -> list[str]:
    known = {loaded.fingerprint for loaded in senders}
    for signature in signatures:
        if signature.certificate.upper() in known:
            return [signature.certificate.upper(), signature.signing_key.upper()]
    raise _unsigned(name, senders)


def _unreadable(text: str, name: str, senders: Sequence[Loaded]) -> Unreadable:
    if _TOO_LARGE in text:
        message = f"{name}: larger, once decrypted, than the endpoint's max_bytes lets it be"
        return Unreadable(f"{message}. Raise max_bytes, or ask for smaller files.")
    if text.startswith(_NOT_FOR_KEY):
        message = f"{name}: encrypted, but not for our key (decrypt_with)"
        return Unreadable(f"{message}. Send its certificate to the sender; ask for the file anew.")
    if text.startswith(_NOT_SIGNED):
        return _unsigned(name, senders)
    if text.startswith(_COMPRESSED):
        message = f"{name}: compressed inside its encryption, so that no signature can be verified"
        remedy = "Ask the sender to turn that off (GnuPG: compress-algo none), and for it anew"
        return Unreadable(f"{message}. {remedy}.")
    message = f"{name}: no OpenPGP message, or one that was broken or changed on its way"
    return Unreadable(f"{message}. Nothing of it was used; ask the sender for the file anew.")


def _unsigned(name: str, senders: Sequence[Loaded]) -> Unreadable:
    known = ", ".join(loaded.fingerprint for loaded in senders)
    message = f"{name}: not validly signed by any certificate of verify_with ({known})"
    remedy = "Ask the sender whether they signed it, and with which key; see whether it expired"
    return Unreadable(f"{message}. {remedy} or was revoked.")


def _secret(given: Mapping[str, str], request: Request) -> Secret:
    return Secret(given["name"], base64.b64decode(given["data"]), request["passphrase"])


def _path(descriptor: int) -> str:
    """Name an open file, so that the library opens it again at its beginning."""
    return f"/dev/fd/{descriptor}"


@contextmanager
def _failing(telling: Telling) -> Iterator[None]:
    """Turn what the library raises, its panics too, into our errors."""
    try:
        yield
    except IepbridgeError:
        raise
    except BaseException as error:
        if not isinstance(error, RuntimeError | OSError) and type(error).__name__ != _PANIC:
            raise
        raise _full_disk(str(error)) or telling(str(error)) from None


def _full_disk(text: str) -> Unwritable | None:
    if not any(mark in text for mark in _DISK_FULL):
        return None
    return Unwritable("OpenPGP: the disk is full. Nothing was written; make room and run again.")


_OPERATIONS: Final = {"inspect": inspect, "ends": ends, "encrypt": encrypt, "decrypt": decrypt}


def main() -> None:
    """Answer the request on standard input."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold keys and plain text
    request = json.load(sys.stdin)
    try:
        answer = _OPERATIONS[request["operation"]](request)
    except IepbridgeError as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
