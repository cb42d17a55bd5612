"""`[endpoints.NAME]`: a place that files go to or come from, and how it is reached."""

import posixpath
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo
from pydantic.json_schema import SkipJsonSchema

from iepbridge.settings.kinds import (
    Day,
    LocalPath,
    Name,
    Reference,
    Seconds,
    Suffix,
    Surroundings,
    Table,
    Unfit,
    folder_of,
    resolved,
)
from iepbridge.settings.place import EndpointKind, Place, place_of


def _url(url: str, info: ValidationInfo) -> str:
    place_of(url, folder_of(info))
    return url


def _archive(folder: str, info: ValidationInfo) -> str:
    url = info.data.get("url")
    if url is None:
        return folder
    place = place_of(url, folder_of(info))
    if place.kind == "folder":
        whole = str(resolved(folder, folder_of(info)))
    else:
        whole = posixpath.join(place.folder, folder)
    if posixpath.normpath(whole) == posixpath.normpath(place.folder):
        raise Unfit("expected a folder other than the endpoint's own")
    return posixpath.normpath(whole)


class EndpointSettings(Table):
    """A place of files. The properties `kind`, `user`, `host`, `port`, `folder` and `path` come
    from its URL.
    """

    name: SkipJsonSchema[Name]
    """The name in the table's header"""

    url: Annotated[str, Field(min_length=1), AfterValidator(_url)]
    """Where: `sftp://USER@HOST:PORT/FOLDER` (`/~/FOLDER` is relative to where the login arrives)
    or `file:FOLDER`, relative to this file"""

    host_keys: LocalPath | None = None
    """sftp, required: a file in the form of OpenSSH's known_hosts that pins the server's keys; an
    unknown or changed key is refused"""

    private_key: Reference | None = None
    """sftp: the private key to log in with: Ed25519, ECDSA or RSA, in OpenSSH's or PEM form"""

    passphrase: Reference | None = None
    """sftp: what the private key is locked with"""

    certificate: LocalPath | None = None
    """sftp: an OpenSSH certificate for the private key (`-cert.pub`)"""

    agent: bool = False
    """sftp: whether keys of a running ssh-agent may be used"""

    password: Reference | None = None
    """sftp: the password to log in with"""

    jump: Name | None = None
    """sftp: the name of another sftp endpoint, whose server is gone through"""

    retries: Annotated[int, Field(ge=0, le=100)] = 5
    """How often each of these is tried again after the first time: connecting; the delivery of a
    file that was cut; a step of fetching (listing, reading, taking away) that was cut"""

    retry_wait_seconds: Seconds = 1.0
    """The wait before the first retry; it doubles with each, with some spread"""

    retry_wait_most_seconds: Seconds = 60.0
    """The longest wait before a retry"""

    connect_timeout_seconds: Seconds = 30.0
    """The most that connecting and logging in may take, each time"""

    operation_timeout_seconds: Seconds = 60.0
    """The most that one request may take, and the longest silence during a transfer"""

    transfer_timeout_seconds: Seconds = 3600.0
    """The most that one whole file may take"""

    settle_seconds: Annotated[float, Field(ge=0, le=86_400)] = 5.0
    """The time between the two looks that must agree on a file's size and time before it is read
    """

    marker: Suffix | None = None
    """The suffix of a done-marker (`.done`): written after an upload, waited for before a download
    """

    archive: Annotated[str, Field(min_length=1), AfterValidator(_archive)] | None = None
    """The folder that files move to after reading: on a server relative to the endpoint's folder,
    on this machine to this file"""

    delete: bool = False
    """Whether files are deleted after reading; not together with archive"""

    upload: Literal["rename", "direct"] = "rename"
    """`rename`: under a temporary name, then renamed; `direct`: under the final name at once, for
    servers that allow no rename"""

    overwrite: bool = False
    """Whether an upload may replace a file of its name (posix-rename)"""

    verify: Literal["digest", "size", "none"] = "digest"
    """How an upload is proven: `digest` reads it back, `size` compares sizes, `none` does neither;
    and how a file that was read is looked at before it is archived or deleted: `digest` reads it
    once more, `size` and `none` compare size and time alone"""

    temporary: Suffix = ".part"
    """The suffix of the temporary name of an upload"""

    max_bytes: Annotated[int, Field(ge=1, le=1 << 50)] = 1 << 30
    """The largest file that is read, in bytes (1 GiB)"""

    test: bool = False
    """Whether this is a test system of the receiver"""

    credentials_expire: Day | None = None
    """The day on which password, key or certificate end; told ahead"""

    _place: Place = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Take the URL apart, once."""
        folder = context.folder if isinstance(context, Surroundings) else Path()
        self._place = place_of(self.url, folder)

    @property
    def kind(self) -> EndpointKind:
        """`folder` or `sftp`."""
        return self._place.kind

    @property
    def user(self) -> str:
        """Who logs in; empty for a folder."""
        return self._place.user

    @property
    def host(self) -> str:
        """The server's name or address; empty for a folder."""
        return self._place.host

    @property
    def port(self) -> int:
        """The server's port."""
        return self._place.port

    @property
    def folder(self) -> str:
        """The folder's path: on the server, relative to the login's where it has no `/` before."""
        return self._place.folder

    @property
    def path(self) -> Path:
        """The folder on this machine, for the kind `folder`."""
        return self._place.path
