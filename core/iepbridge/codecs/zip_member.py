"""One member of an archive, unpacked as it is read, and held to its size and checksum."""

import hashlib
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from iepbridge.codecs.zip_end import NotSuchZip
from iepbridge.codecs.zip_headers import Packed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_BYTES: Final = 128 * 1024
_PACKED_BYTES: Final = 64 * 1024


class Member(io.BufferedReader):
    """A member's bytes, read once from beginning to end; whatever is wrong raises `NotSuchZip`.

    Nothing beyond the size that the directory states is unpacked, and its last bytes are not given
    before the checksum is found right.
    """

    def __init__(self, stream: BinaryIO, packed: Packed) -> None:
        self._unpacked = _Unpacked(stream, packed)
        super().__init__(self._unpacked, BUFFER_BYTES)

    def hexdigest(self) -> str:
        """Give the SHA-256 of the member's bytes in lower-case hex, once it was read to the end."""
        if not self._unpacked.is_checked:
            raise ValueError("The member has not been read to its end.")
        return self._unpacked.sha256.hexdigest()


class _Unpacked(io.RawIOBase):
    """Inflates from its own place in a stream that other members are read from, too."""

    def __init__(self, stream: BinaryIO, packed: Packed) -> None:
        self.sha256 = hashlib.sha256()
        self.is_checked = False
        self._stream = stream
        self._name = packed.name
        self._crc, self._expected_crc = 0, packed.crc
        self._left = packed.bytes
        self._place = packed.start
        self._packed_left = packed.packed_bytes
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Unpack some bytes into a buffer; give how many, 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = b""
        if self._left:
            data = self._next(min(len(view), self._left))
            self.sha256.update(data)
            self._crc = zlib.crc32(data, self._crc)
            self._left -= len(data)
        if not self._left and not self.is_checked:
            self._check_end()
        view[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        """Unpack at least one byte."""
        while True:
            packed = self._inflate.unconsumed_tail or self._read_packed()
            data = self._inflated(packed, most)
            if data:
                return data
            if not packed or self._inflate.eof:
                raise self._fault("unpacks to less than its stated size")

    def _check_end(self) -> None:
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._read_packed()
            if self._inflated(packed, 1):
                raise self._fault("unpacks to more than its stated size")
            if not packed and not self._inflate.eof:
                raise self._fault("is cut short: its packed bytes have no end")
        if self._inflate.unused_data or self._packed_left:
            raise self._fault("has other bytes behind its packed ones")
        if self._crc != self._expected_crc:
            raise self._fault("has another checksum than stated: its bytes were changed")
        self.is_checked = True

    def _inflated(self, packed: bytes, most: int) -> bytes:
        try:
            return self._inflate.decompress(packed, most)
        except zlib.error:
            raise self._fault("cannot be unpacked: its bytes were changed") from None

    def _read_packed(self) -> bytes:
        self._stream.seek(self._place)
        packed = self._stream.read(min(_PACKED_BYTES, self._packed_left))
        self._place += len(packed)
        self._packed_left -= len(packed)
        return packed

    def _fault(self, what: str) -> NotSuchZip:
        return NotSuchZip(f"{self._name} {what}")
