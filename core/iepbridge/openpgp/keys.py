"""Our own secret keys: the parts that sign or decrypt, unlocked by their passphrase."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from pysequoia import PyDecryptor, PySigner, Tsk
from pysequoia.packet import Tag

from iepbridge.errors import Misuse
from iepbridge.openpgp.certificates import Loaded, alive_until, reasons
from iepbridge.openpgp.parts import Part, split

_REMEDY: Final = "extend it, as by `gpg --quick-set-expire`, or name another"
_Unlocked = TypeVar("_Unlocked", PySigner, PyDecryptor)


class Secret(NamedTuple):
    """Secret keys as the configuration gives them: the name of the setting, and their bytes."""

    name: str
    data: bytes
    passphrase: str | None

    def __repr__(self) -> str:
        return f"Secret({self.name})"


def signer(secret: Secret) -> PySigner:
    """Give the first part that may sign now; raise `Misuse` where there is none."""
    found = _usable(secret, "sign", lambda part: part.signs)
    return _unlocked(secret, found[0], lambda key, passphrase: key.signer(passphrase))


def decryptors(secret: Secret) -> list[PyDecryptor]:
    """Give every part that may decrypt now; raise `Misuse` where there is none."""
    found = _usable(secret, "decrypt", lambda part: part.encrypts)
    return [_unlocked(secret, key, lambda key, text: key.decryptor(text)) for key in found]


def signs_until(secret: Secret) -> datetime | None:
    """Give when the last part that may sign now ends; None where one never does."""
    return _last_end(_usable(secret, "sign", lambda part: part.signs))


def decrypts_until(secret: Secret) -> datetime | None:
    """Give when the last part that may decrypt now ends; None where one never does."""
    return _last_end(_usable(secret, "decrypt", lambda part: part.encrypts))


def _last_end(keys: Sequence[Tsk]) -> datetime | None:
    ends = [_end(split(bytes(key))[0]) for key in keys]
    lasting = [end for end in ends if end is not None]
    return max(lasting) if len(lasting) == len(ends) else None


def _end(parts: Sequence[Part]) -> datetime | None:
    """Give when the first of a key's parts ends: its primary key, and the one it is used for."""
    return min((part.expires for part in parts if part.expires is not None), default=None)


def _usable(secret: Secret, what: str, is_meant: Callable[[Part], bool]) -> list[Tsk]:
    """Give the usable parts of all keys; an old key may stand beside its successor."""
    found: list[Tsk] = []
    refusals: list[Misuse] = []
    for parts in _keys(secret):
        try:
            found += _of_one(secret, what, parts, [part for part in parts if is_meant(part)])
        except Misuse as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[0]
    return found


def _of_one(
    secret: Secret, what: str, parts: Sequence[Part], meant: Sequence[Part]
) -> Iterator[Tsk]:
    """Give a key of its own for each part, so that the library cannot choose another."""
    whole = Tsk.from_packets([packet for part in parts for packet in part.packets])
    alive_until(Loaded(secret.name, whole.extract_certificate(), _REMEDY))
    faults = [part.fault for part in meant]
    if all(faults):
        message = f"{secret.name}: no part of the key may {what} now ({reasons(faults)})"
        raise Misuse(f"{message}; {_REMEDY}.")
    for part, fault in zip(meant, faults, strict=True):
        if fault is None:
            yield _alone(parts[0], part)


def _alone(primary: Part, part: Part) -> Tsk:
    own = () if part is primary else part.packets
    return Tsk.from_packets([*primary.packets, *own])


def _keys(secret: Secret) -> Sequence[Sequence[Part]]:
    try:
        keys = split(secret.data)
    except RuntimeError:
        keys = []
    if not keys:
        remedy = "export it, as by `gpg --export-secret-keys FINGERPRINT`"
        raise Misuse(f"{secret.name}: this is no OpenPGP key; {remedy}.")
    if any(parts[0].key.tag != Tag.SecretKey for parts in keys):
        remedy = "export the secret key, as by `gpg --export-secret-keys FINGERPRINT`"
        raise Misuse(f"{secret.name}: this is a certificate, without its secret key; {remedy}.")
    return keys


def _unlocked(
    secret: Secret, key: Tsk, unlock: Callable[[Tsk, str | None], _Unlocked]
) -> _Unlocked:
    for passphrase in dict.fromkeys((secret.passphrase, None)):
        try:
            return unlock(key, passphrase)
        except RuntimeError:
            continue  # a key without passphrase, though one is set, opens at the second attempt
    fault = "none is set" if secret.passphrase is None else "the one that is set does not fit"
    fingerprint = key.extract_certificate().fingerprint.upper()
    message = f"{secret.name}: the key {fingerprint} is locked by a passphrase, and {fault}"
    raise Misuse(f"{message}; mend the passphrase, or export the key with its secret parts.")
