"""`[ledger]`: where the database is, and the key that what is kept of plans is encrypted with."""

from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, PlainValidator, PrivateAttr, ValidationInfo, WithJsonSchema

from iepbridge.errors import Misuse
from iepbridge.settings.kinds import (
    REFERENCES,
    LocalPath,
    Reference,
    Surroundings,
    Table,
    Unfit,
    reference_or_text,
)
from iepbridge.settings.secret import Secret

DEFAULT_URL: Final = "sqlite:///iepbridge.db"
LONGEST_LEASE_SECONDS: Final = 86_400

_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = "postgresql+psycopg"
_EXPECTED: Final = f'expected "{_SQLITE}FILE" or "{_POSTGRESQL}://USER@HOST/DATABASE"'


def _url(value: object, info: ValidationInfo) -> Secret:
    if not isinstance(value, str | dict | Secret):
        raise Unfit(_EXPECTED)
    url = reference_or_text(value, info)
    if url.source == "plain":
        located(url.reference, Path())
        _refuse_password(url.reference)
    return url


def _refuse_password(url: str) -> None:
    parts = urlsplit(url)
    keys = [key for key, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if parts.password is not None or any("password" in key.lower() for key in keys):
        raise Unfit(
            'a password never stands in this file; keep the whole URL elsewhere: { env = "NAME" }'
        )


def located(url: str, folder: Path) -> str:
    """Give a database's URL, its file in a folder; raise `Unfit` where it is none."""
    if any(character < " " for character in url):
        raise Unfit(_EXPECTED)
    if url.startswith(_SQLITE) and _is_file(url.removeprefix(_SQLITE)):
        return f"{_SQLITE}{folder / url.removeprefix(_SQLITE)}"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Unfit(_EXPECTED) from None
    if parts.scheme in ("postgresql", _POSTGRESQL) and parts.path.strip("/"):
        return f"{_POSTGRESQL}{url.removeprefix(parts.scheme)}"
    raise Unfit(_EXPECTED)


def _is_file(name: str) -> bool:
    plain = not name.endswith("/") and "?" not in name
    return bool(name) and plain and not name.startswith((":", "file:"))


LedgerUrl: TypeAlias = Annotated[
    Secret,
    PlainValidator(_url),
    WithJsonSchema({"anyOf": [{"type": "string"}, *REFERENCES], "default": DEFAULT_URL}),
]


class LedgerSettings(Table):
    """Where the ledger is, who can read what it keeps, and for how long."""

    url: LedgerUrl = Secret.plain(DEFAULT_URL, "ledger.url")
    """The database: `sqlite:///FILE`, relative to this file, or
    `postgresql+psycopg://USER@HOST/DATABASE`; a reference where it holds a password"""

    key: Reference | None = None
    """Encrypts what is kept of plans: one or more `id:base64(32 bytes)`, newest first;
    commands that open the ledger need it"""

    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    """Days that content is kept after its acknowledgement, until `iepbridge purge`"""

    lease_seconds: Annotated[int, Field(ge=1, le=LONGEST_LEASE_SECONDS)] = 120
    """Seconds after which the lease of a run that shows no life may be taken over"""

    journal: LocalPath | None = None
    """The folder that remembers each file sent beside the database, so that a ledger restored from
    a backup sends nothing twice; a database in a file has `FILE.sent` where none is named"""

    _folder: Path = PrivateAttr(default_factory=Path)

    def model_post_init(self, context: Any, /) -> None:
        """Keep the folder that a database's file is relative to."""
        if isinstance(context, Surroundings):
            self._folder = context.folder

    def database_url(self) -> str:
        """Give the URL in clear, for SQLAlchemy alone: the file's path made whole.

        Raises `Misuse` where it is a reference to nothing, or to what is no URL of a database.
        """
        try:
            return located(self.url.text(), self._folder)
        except Unfit as error:
            raise Misuse(f"ledger.url: {self.url.told}: {error}.") from None

    def database_file(self) -> Path | None:
        """Give the database's file; None where a server has it."""
        url = self.database_url()
        return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None

    def journal_folder(self) -> Path | None:
        """Give the journal's folder; None where the database is no file and none is named."""
        file = self.database_file()
        if self.journal is not None or file is None:
            return self.journal
        return file.with_name(f"{file.name}.sent")
