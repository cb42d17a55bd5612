"""Endpoints: folders that files go to or come from, here or over SFTP.

open_session(endpoint, endpoints) --> FolderSession | SftpSession, both a Session
"""

from iepbridge.transports.opening import open_session
from iepbridge.transports.session import (
    AlreadyThere,
    Facts,
    Interrupted,
    NotThere,
    RemoteFile,
    Session,
)

__all__ = [
    "AlreadyThere",
    "Facts",
    "Interrupted",
    "NotThere",
    "RemoteFile",
    "Session",
    "open_session",
]
