"""Secrets: named by reference, read when they are used, masked wherever they are shown."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Self

from iepbridge.errors import Misuse
from iepbridge.privacy import MASK

_MOST_BYTES: Final = 1 << 20


def _environment() -> Mapping[str, str]:
    return os.environ


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that an environment variable or a file holds; `plain` where no secret is meant.

    `key` is the dotted key it was given under, for messages.
    """

    source: Literal["env", "file", "plain"]
    reference: str
    key: str = ""
    environ: Mapping[str, str] = field(default_factory=_environment, compare=False)

    @classmethod
    def of_file(cls, path: Path, key: str = "") -> Self:
        """Name a file whose content is the secret."""
        return cls("file", str(path), key)

    @classmethod
    def of_variable(cls, name: str, key: str = "") -> Self:
        """Name an environment variable whose value is the secret."""
        return cls("env", name, key)

    @classmethod
    def plain(cls, text: str, key: str = "") -> Self:
        """Wrap a value that stands in the configuration itself."""
        return cls("plain", text, key)

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def text(self) -> str:
        """Give the value as text, without the newline that ends a file.

        Raises `Misuse` where the variable or the file is missing, empty or no text.
        """
        try:
            text = self.data().decode()
        except UnicodeDecodeError:
            raise self._misuse("does not hold text in UTF-8; save it as UTF-8") from None
        if self.source == "file":
            text = text.removesuffix("\n").removesuffix("\r")
        if not text:
            raise self._misuse("is empty; put the value there")
        return text

    def data(self) -> bytes:
        """Give the value as bytes, a file's content as it is.

        Raises `Misuse` where the variable or the file is missing or empty.
        """
        data = self._file() if self.source == "file" else self._given()
        if not data:
            raise self._misuse("is empty; put the value there")
        return data

    @property
    def told(self) -> str:
        """The reference as one writes it, fit for messages: `{ env = "NAME" }`."""
        return MASK if self.source == "plain" else f'{{ {self.source} = "{self.reference}" }}'

    def _given(self) -> bytes:
        if self.source == "plain":
            return self.reference.encode()
        value = self.environ.get(self.reference)
        if value is None:
            raise self._misuse("names a variable that is not set; set it in the environment")
        return value.encode("utf-8", "surrogateescape")

    def _file(self) -> bytes:
        path = Path(self.reference)
        try:
            if not path.is_file():
                what = "is not a file" if path.exists() else "names a file that is not there"
                raise self._misuse(f"{what}; put the value into that file")
            with path.open("rb") as stream:
                data = stream.read(_MOST_BYTES + 1)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else type(error).__name__
            raise self._misuse(f"cannot be read ({why}); mend the file's permissions") from None
        if len(data) > _MOST_BYTES:
            raise self._misuse("is larger than 1 MiB, which no secret is; name another file")
        return data

    def _misuse(self, what: str) -> Misuse:
        return Misuse(f"{self.key or 'A secret'}: {self.told} {what}.")
