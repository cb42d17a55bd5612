"""SFTP endpoints, over paramiko: connecting by phases, then files by SFTP's own requests.

connection   resolve, connect, handshake, host key, login, channel    under one watchdog
line         requests and their answers over the channel              under the same
session      what an endpoint can do, in terms of requests
"""

from iepbridge.settings import EndpointSettings
from iepbridge.transports.session import Interrupted
from iepbridge.transports.sftp.connection import Connection, Hop, way_to
from iepbridge.transports.sftp.line import Line, Timeouts
from iepbridge.transports.sftp.phases import Failed, Phase
from iepbridge.transports.sftp.place import Place
from iepbridge.transports.sftp.session import SftpSession

__all__ = ["Connection", "Failed", "Hop", "Phase", "SftpSession", "connect", "way_to"]


def connect(
    endpoint: EndpointSettings, way: tuple[Hop, ...], connection: Connection | None = None
) -> SftpSession:
    """Try once to open a session; raise `Failed` for now, `Refused` for good, nothing left open.

    A `connection` that is given tells afterwards how far it came.
    """
    connection = connection or Connection()
    channel = connection.establish(way)
    timeouts = Timeouts(endpoint.operation_timeout_seconds, endpoint.transfer_timeout_seconds)
    line = Line(endpoint.name, channel, connection.watchdog, timeouts)
    try:
        with line.operation("agreeing on SFTP", endpoint.connect_timeout_seconds):
            line.greet()
        connection.phase = "folder"
        return SftpSession(connection, Place(endpoint.name, endpoint.folder, line))
    except Interrupted:
        connection.close()
        raise Failed("channel", "the connection ended before files could be spoken of") from None
    except BaseException:
        connection.close()
        raise
