"""One file to an endpoint: whole under its final name, or not there, or its outcome is unknown.

    look: is it there already?
    begun    --> upload under the temporary name --> read it back
    naming   --> rename --> look
             --> done-marker

What is about to be done is noted before it is done (`Record`), so that whoever goes on after a cut
or a kill knows what to look for:

    final name                temporary name    then
    the same digest           -                 delivered
    other content             -                 refused: it is somebody else's
    absent, naming noted      the same digest   not renamed yet: go on from there
    absent, naming noted      other content     not renamed yet: upload it again
    absent, naming noted      absent            unknown: renamed, and taken away at once
    absent, naming not noted  any               not delivered: begin again

`reliability.md`, 1 to 3.
"""

import hashlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
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
"""How a delivery is known: seen through, or found there when it was looked for."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to be delivered: its final name, size in bytes, SHA-256, and how to read it anew."""

    name: str
    size: int
    sha256: bytes
    open: Callable[[], AbstractContextManager[BinaryIO]]


class Record(Protocol):
    """Where a delivery notes what it is about to do, and what came of it; each is on the disk."""

    def begin(self) -> None:
        """Note the intent of an attempt."""

    def naming(self) -> None:
        """Note that the final name is about to be given."""

    def failed(self, how: str) -> None:
        """Note that the attempt was cut; what it did is to be looked for."""

    @property
    def may_be_named(self) -> bool:
        """Say whether an attempt was about to give the final name, with no outcome known."""


def deliver(parcel: Parcel, endpoint: EndpointSettings, opened: Opened, record: Record) -> str:
    """Deliver a file, looking before each attempt, and say how that is known.

    Raises `Unreachable` when it was not delivered, `OutcomeUnknown` when nobody can tell, and
    `Refused`.
    """
    try:
        return _retrying(endpoint)(_attempt, parcel, endpoint, opened, record)
    except Unreachable as failure:
        if record.may_be_named:
            raise _unknown(parcel.name) from None
        raise Unreachable(f"{parcel.name} was not delivered: {failure}") from None


def _retrying(endpoint: EndpointSettings) -> Retrying:
    """Try again what was cut in the middle; that connecting failed was tried again already."""
    return Retrying(
        retry=retry_if_exception_type(Interrupted),
        stop=stop_after_attempt(endpoint.retries + 1),
        wait=wait_exponential_jitter(
            initial=endpoint.retry_wait_seconds,
            max=endpoint.retry_wait_most_seconds,
            jitter=endpoint.retry_wait_seconds,
        ),
        reraise=True,
    )


def _attempt(parcel: Parcel, endpoint: EndpointSettings, opened: Opened, record: Record) -> str:
    try:
        with opened() as session:
            return _Attempt(parcel, endpoint, session, record).go()
    except Unreachable as failure:
        record.failed(type(failure).__name__)
        _log.warning("delivery_cut", file=parcel.name, error=type(failure).__name__)
        raise


def look_for(
    parcel: Parcel, endpoint: EndpointSettings, opened: Opened, record: Record
) -> str | None:
    """Look for a file whose outcome is unknown: delivered, or None when it may be sent again.

    Raises `OutcomeUnknown` when it still cannot be told.
    """
    with opened() as session:
        return _Attempt(parcel, endpoint, session, record).look()


def _unknown(name: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{name} was sent and the answer was lost: neither it nor its temporary file is there, so"
        " it may have been taken away. The next run looks again; an acknowledgement settles it, or"
        " `iepbridge resolve` once its receiver has been asked."
    )


class _Attempt:
    """One attempt on one session."""

    def __init__(
        self, parcel: Parcel, endpoint: EndpointSettings, session: Session, record: Record
    ) -> None:
        self._parcel = parcel
        self._endpoint = endpoint
        self._session = session
        self._record = record
        self._final = parcel.name
        self._temporary = f"{parcel.name}{endpoint.temporary}"
        self._direct = endpoint.upload == "direct"
        self._whole = False  # whether an earlier attempt has left the temporary file whole

    def go(self) -> str:
        found = self.look()
        if found is not None:
            return found
        self._record.begin()
        if self._direct:
            self._record.naming()
            self._upload(self._final)
        else:
            if not self._whole:
                self._upload(self._temporary)
            self._record.naming()
            self._rename()
        self._mark()
        return ARRIVED

    def look(self) -> str | None:
        """Give `found` for a file that is there; None when an attempt may begin, or go on."""
        if self._is_there():
            self._mark()
            self._session.remove(self._temporary)
            return FOUND
        if self._record.may_be_named and not self._can_go_on():
            raise _unknown(self._final)
        return None

    def _is_there(self) -> bool:
        """Say whether the file stands under its name; part of it, uploaded directly, does not."""
        there = self._session.look(self._final)
        if there is None:
            return False
        if self._is_ours(self._final):
            return True
        if self._direct and self._record.may_be_named and there.size < self._parcel.size:
            return False
        raise self._taken()

    def _can_go_on(self) -> bool:
        """Say whether what was begun is still there: then the final name was not given."""
        name = self._final if self._direct else self._temporary
        if self._session.look(name) is None:
            return False
        self._whole = not self._direct and self._is_ours(name)
        return True

    def _is_ours(self, name: str) -> bool:
        if self._endpoint.verify == "digest":
            return self._session.digest(name) == self._parcel.sha256.hex()
        there = self._session.look(name)
        return there is not None and there.size == self._parcel.size

    def _upload(self, name: str) -> None:
        with self._parcel.open() as source:
            self._session.upload(source, name)
        if self._endpoint.verify != "none" and not self._is_ours(name):
            raise Unreachable(
                f"{name}: what arrived is not what was sent. The server may be out of room, or"
                " changes files; the next run sends it again."
            )

    def _rename(self) -> None:
        try:
            if self._endpoint.overwrite:
                self._session.replace(self._temporary, self._final)
            else:
                self._session.rename(self._temporary, self._final)
        except AlreadyThere:
            if not self._is_ours(self._final):
                raise self._taken() from None
        except NotThere:
            raise _unknown(self._final) from None
        else:
            self._check_named()

    def _check_named(self) -> None:
        """Look at the named file; one that is gone was taken, for the rename was confirmed."""
        there = self._session.look(self._final)
        if there is not None and there.size != self._parcel.size:
            raise self._taken()

    def _mark(self) -> None:
        if self._endpoint.marker:
            self._session.upload(io.BytesIO(), f"{self._final}{self._endpoint.marker}")

    def _taken(self) -> Refused:
        return Refused(
            f"{self._final}: a file of this name with other content is there already. Ask its"
            " receiver whose it is; nothing was overwritten. Once it is gone, run again."
        )


def sha256_of(stream: BinaryIO) -> tuple[bytes, int]:
    """Give the SHA-256 and the size of what a stream holds from where it stands."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    return digest.digest(), size
