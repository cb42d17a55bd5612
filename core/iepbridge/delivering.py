"""One file to an endpoint: whole under its final name, or not there, or its outcome is unknown.

    look: is it there already?
    begun    --> upload under the temporary name --> read it back
    naming   --> rename --> look
             --> done-marker

What is about to be done is noted before it is done (`Record`), so that whoever goes on after a cut
or a kill knows what to look for:

    final name                temporary name    then
    the same digest           -                 delivered
    other content             -                 refused: somebody else's (unless `overwrite`)
    absent, name confirmed    -                 delivered, and taken away
    absent, naming noted      the same digest   not renamed yet: go on from there
    absent, naming noted      other content     not renamed yet: upload it again
    absent, naming noted      absent            unknown: renamed, and taken away at once?
    absent, naming not noted  any               not delivered: begin again

Uploaded directly, a file has its name from the first byte: absent after that, it is unknown.

`reliability.md`, 1 to 3.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol, TypeAlias

import structlog
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from iepbridge.errors import OutcomeUnknown, Refused, Unreachable
from iepbridge.settings import EndpointSettings
from iepbridge.transports import AlreadyThere, Interrupted, NotThere, Session

_log = structlog.get_logger(__name__)

Opened: TypeAlias = Callable[[], AbstractContextManager[Session]]
"""Opens a session, with its own retries."""

ARRIVED: Final = "arrived"
FOUND: Final = "found"
ANSWERED: Final = "answered"
"""How a delivery is known: seen through, found there when it was looked for, or told meanwhile by
who got it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to be delivered: its final name, size in bytes, SHA-256, and how to read it anew.

    `to_be_marked` says that one which is found there may lack its marker, cut off in between.
    """

    name: str
    size: int
    sha256: bytes
    open: Callable[[], AbstractContextManager[BinaryIO]]
    to_be_marked: bool = True


class Record(Protocol):
    """Where a delivery notes what it is about to do, and what came of it; each is on the disk."""

    def begin(self) -> bool:
        """Note the intent of an attempt; say False where it is known by now to be delivered."""

    def naming(self) -> None:
        """Note that the final name is about to be given."""

    def failed(self, how: str, *, certain: bool) -> None:
        """Note that the attempt failed; unless that is certain, what it did is to be looked for."""

    @property
    def may_be_named(self) -> bool:
        """Say whether an attempt was about to give the final name, with no outcome known."""


def deliver(parcel: Parcel, endpoint: EndpointSettings, opened: Opened, record: Record) -> str:
    """Deliver a file, looking before each attempt, and say how that is known.

    Raises `Unreachable` when it was not delivered, `OutcomeUnknown` when nobody can tell, and
    `Refused`; then `record.may_be_named` says whether it may have been delivered before.
    """
    delivery = _Delivery(parcel, endpoint, opened, record)
    try:
        return _retrying(endpoint)(delivery.attempt)
    except (Unreachable, Refused) as failure:
        if delivery.named and endpoint.marker is None:
            return ARRIVED
        if isinstance(failure, Refused):
            raise
        if record.may_be_named:
            raise _unknown(
                f"{parcel.name} may be there: it was about to get its name, and could not be looked"
                f" for since. {failure}"
            ) from None
        raise Unreachable(f"{parcel.name} was not delivered: {failure}") from None


def _retrying(endpoint: EndpointSettings) -> Retrying:
    """Try again what was cut in the middle; that connecting failed was tried again already."""
    first, most = endpoint.retry_wait_seconds, endpoint.retry_wait_most_seconds
    return Retrying(
        retry=retry_if_exception_type(Interrupted),
        stop=stop_after_attempt(endpoint.retries + 1),
        wait=wait_exponential_jitter(multiplier=first, max=most, jitter=first),
        reraise=True,
    )


@dataclass(slots=True)
class _Delivery:
    """A file on its way; `named` says that a server has confirmed its final name."""

    parcel: Parcel
    endpoint: EndpointSettings
    opened: Opened
    record: Record
    named: bool = False

    def attempt(self) -> str:
        """Try once, on a session of its own."""
        attempt = None
        try:
            with self.opened() as session:
                attempt = _Attempt(self, session)
                return attempt.go()
        except (Unreachable, Refused) as failure:
            what = type(failure).__name__
            self.record.failed(what, certain=attempt is not None and attempt.undone)
            _log.warning("delivery_cut", file=self.parcel.name, error=what)
            raise


def _gone(name: str) -> OutcomeUnknown:
    return _unknown(
        f"{name} was sent and the answer was lost: neither it nor its temporary file is there, so"
        " it may have been taken away."
    )


def _unknown(what: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{what} The next run looks again; an acknowledgement settles it, or `iepbridge resolve`"
        " once its receiver has been asked."
    )


class _Attempt:
    """One attempt on one session; `undone` says that it surely has not given the final name."""

    def __init__(self, delivery: _Delivery, session: Session) -> None:
        self._delivery = delivery
        self._parcel = delivery.parcel
        self._endpoint = delivery.endpoint
        self._session = session
        self._record = delivery.record
        self._final = delivery.parcel.name
        self._temporary = f"{self._final}{self._endpoint.temporary}"
        self._direct = self._endpoint.upload == "direct"
        self._whole = False  # whether an earlier attempt has left the temporary file whole
        self.undone = False

    def go(self) -> str:
        found = self.look()
        if found is not None:
            return found
        if not self._record.begin():
            return ANSWERED
        if self._direct:
            self._record.naming()
            self._upload(self._final)
            self._mark()
        else:
            self._send_and_name()
        return ARRIVED

    def _send_and_name(self) -> None:
        if not self._whole:
            self._upload(self._temporary)
        self._record.naming()
        left_over = not self._name()
        self._mark()
        if left_over:
            self._tidy()

    def look(self) -> str | None:
        """Say how it is known to be delivered; None when an attempt may begin, or go on."""
        if self._is_there():
            return self._found()
        if self._delivery.named:
            return ARRIVED
        if not self._record.may_be_named or self._can_go_on():
            return None
        if self._is_there():  # it got its name between the looks
            return self._found()
        raise _gone(self._final)

    def _found(self) -> str:
        begun = self._delivery.named or self._record.may_be_named
        if begun or self._parcel.to_be_marked:
            self._mark()
        self._tidy()
        return FOUND

    def _is_there(self) -> bool:
        """Say whether the file stands under its name; part of it, uploaded directly, does not."""
        there = self._session.look(self._final)
        ours = None if there is None else self._is_ours(self._final)
        if there is None or ours is None:
            return False
        part = self._direct and self._record.may_be_named and there.size < self._parcel.size
        if not (ours or part or self._endpoint.overwrite):
            raise self._taken()
        return ours

    def _can_go_on(self) -> bool:
        """Say whether what was begun is still there: then the final name was not given."""
        ours = self._is_ours(self._final if self._direct else self._temporary)
        self._whole = bool(ours) and not self._direct
        return ours is not None

    def _is_ours(self, name: str) -> bool | None:
        """Say whether a file has our content; None where there is no file."""
        if self._endpoint.verify == "digest":
            digest = self._session.digest(name)
            return None if digest is None else digest == self._parcel.sha256.hex()
        there = self._session.look(name)
        return None if there is None else there.size == self._parcel.size

    def _upload(self, name: str) -> None:
        with self._parcel.open() as source, self._noting_refusal():
            self._write(source, name)
        ours = True if self._endpoint.verify == "none" else self._is_ours(name)
        if ours is None:
            self._record.naming()  # whole or not, somebody has it
            raise _gone(self._final)
        if not ours:
            raise Unreachable(
                f"{name}: what arrived is not what was sent. The server may be out of room, or"
                " changes files; the next run sends it again."
            )

    def _name(self) -> bool:
        """Give the final name; say whether the temporary one is gone with that."""
        rename = self._session.replace if self._endpoint.overwrite else self._session.rename
        try:
            with self._noting_refusal():
                rename(self._temporary, self._final)
        except AlreadyThere:
            ours = self._is_ours(self._final)
            if ours is None:  # what had the name was taken: it may have been ours
                raise _gone(self._final) from None
            if not ours:
                self.undone = True
                raise self._taken() from None
            return False
        except NotThere:
            if not self._is_ours(self._final):
                raise _gone(self._final) from None
        else:
            self._delivery.named = True
            self._check_named()
        return True

    @contextmanager
    def _noting_refusal(self) -> Iterator[None]:
        """Note that a step that was refused, or failed by its own answer, was not done."""
        try:
            yield
        except Interrupted:
            raise
        except (Refused, Unreachable) as failure:  # what failed directly may be there in part
            self.undone = isinstance(failure, Refused) or not self._direct
            raise

    def _check_named(self) -> None:
        """Look at the named file; one that is gone was taken, for the rename was confirmed."""
        there = self._session.look(self._final)
        if there is not None and there.size != self._parcel.size:
            self._delivery.named = False
            raise self._taken()

    def _mark(self) -> None:
        if self._endpoint.marker:
            self._write(io.BytesIO(), f"{self._final}{self._endpoint.marker}")

    def _write(self, source: BinaryIO, name: str) -> None:
        try:
            self._session.upload(source, name)
        except NotThere:
            raise Refused(
                f"{name}: the endpoint's folder is not there any more. Have it made again, or mend"
                " the endpoint's `url`; then run again."
            ) from None

    def _tidy(self) -> None:
        """Remove what an earlier attempt has left; that it cannot be removed changes nothing."""
        if not self._direct:
            with suppress(Unreachable, Refused):
                self._session.remove(self._temporary)

    def _taken(self) -> Refused:
        return Refused(
            f"{self._final}: a file of this name with other content is there already. Ask its"
            " receiver whose it is; nothing was overwritten. Once it is gone, run again."
        )
