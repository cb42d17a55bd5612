"""An SSH connection, perhaps through others, up to its SFTP channel: one try, phase by phase."""

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import paramiko

from iepbridge.errors import Misuse, Refused
from iepbridge.settings import EndpointSettings
from iepbridge.transports.session import Facts
from iepbridge.transports.sftp.algorithms import disagreement, restrict
from iepbridge.transports.sftp.keys import Credentials, credentials
from iepbridge.transports.sftp.login import log_in
from iepbridge.transports.sftp.network import connected
from iepbridge.transports.sftp.observer import Observer
from iepbridge.transports.sftp.phases import Failed, Phase
from iepbridge.transports.sftp.pins import Pins, fingerprint, read_pins
from iepbridge.transports.sftp.transport import LoginTransport
from iepbridge.transports.sftp.watchdog import Watchdog

_WINDOW_BYTES: Final = 4 << 20
_PACKET_BYTES: Final = 256 << 10
_KEEPALIVE_SECONDS: Final = 15
_PROHIBITED: Final = 1
_REFUSALS: Final = {"use SFTP": (_PROHIBITED, 2, 3), "connect onward": (_PROHIBITED, 3)}
"""The codes of RFC 4254, 5.1, that say no: for a session, "connect failed" does too."""
_NEVER: Final = 86_400.0
"""Paramiko's own deadlines, which stop waiting and no more: the watchdog has the real ones."""


class Hop(NamedTuple):
    """A server on the way, with all that is needed of this machine's to log in to it."""

    endpoint: EndpointSettings
    pins: Pins
    credentials: Credentials


def way_to(
    endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]
) -> tuple[Hop, ...]:
    """Read pins and credentials of an endpoint and of those it jumps through, outermost first."""
    way = [endpoint]
    while jump := way[0].jump:
        if jump not in endpoints or endpoints[jump].kind != "sftp":
            raise Misuse(f"Endpoint {way[0].name}: `jump` names no sftp endpoint: {jump}.")
        if jump in {passed.name for passed in way}:
            raise Misuse(f"Endpoint {endpoint.name}: its jumps go round in a circle by {jump}.")
        way.insert(0, endpoints[jump])
    return tuple(map(_hop, way))


def _hop(endpoint: EndpointSettings) -> Hop:
    pins = read_pins(endpoint.name, endpoint.host_keys, endpoint.host, endpoint.port)
    return Hop(endpoint, pins, credentials(endpoint))


class Connection:
    """A live connection: its `channel` speaks SFTP, its `watchdog` ends it in time."""

    def __init__(self) -> None:
        self.watchdog = Watchdog()
        self.facts = Facts("sftp")
        self.phase: Phase = "connect"
        """The phase that was begun last, for who asks where a refusal came."""
        self._open = contextlib.ExitStack()
        self._open.callback(self.watchdog.close)

    def establish(self, way: Sequence[Hop]) -> paramiko.Channel:
        """Go the whole way and give the channel; raise `Failed` or `Refused`, all closed."""
        total = sum(hop.endpoint.connect_timeout_seconds for hop in way)
        try:
            with self.watchdog.limits(total, total):
                return self._establish(way)
        except Failed as failed:
            self.close()
            if self.watchdog.expired:
                raise Failed(failed.phase, f"no answer within {total:g} seconds") from None
            raise
        except BaseException:
            self.close()
            raise

    def _establish(self, way: Sequence[Hop]) -> paramiko.Channel:
        first = way[0].endpoint
        tcp = connected(first.host, first.port, first.connect_timeout_seconds)
        self._open.callback(tcp.close)
        self.watchdog.guard(tcp)
        carrier: socket.socket | paramiko.Channel = tcp
        for number, hop in enumerate(way, 1):
            transport = self._enter(hop, carrier)
            if number < len(way):
                self.phase = "channel"
                carrier = _forwarded(hop.endpoint, way[number].endpoint, transport)
        self.phase = "channel"
        return _sftp(way[-1].endpoint, transport)

    def _enter(self, hop: Hop, carrier: "socket.socket | paramiko.Channel") -> paramiko.Transport:
        self.phase = "handshake"
        transport = _transport(hop, carrier)
        self._open.callback(transport.close)
        observer = transport.packetizer
        assert isinstance(observer, Observer)
        _shake_hands(hop, transport, observer)
        self.phase = "host_key"
        hop.pins.check(transport.get_remote_server_key())
        self.phase = "login"
        method = log_in(hop.endpoint, transport, observer, hop.credentials)
        transport.set_keepalive(_KEEPALIVE_SECONDS)
        self.facts = _facts(transport, observer, method)
        return transport

    def close(self) -> None:
        """Close everything, innermost first; once more is fine."""
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            self._open.close()


def _transport(hop: Hop, carrier: "socket.socket | paramiko.Channel") -> LoginTransport:
    transport = LoginTransport(carrier, packetizer_class=Observer)
    transport.banner_timeout = transport.handshake_timeout = _NEVER
    transport.auth_timeout = transport.channel_timeout = _NEVER
    transport.clear_to_send_timeout = hop.endpoint.operation_timeout_seconds
    restrict(transport, hop.pins.types)
    return transport


def _shake_hands(hop: Hop, transport: paramiko.Transport, observer: Observer) -> None:
    with _phase("handshake", "the connection ended before keys were agreed on"):
        try:
            transport.start_client()
        except paramiko.ssh_exception.IncompatiblePeer:
            what = disagreement(transport, observer.offered) or "it speaks an old version of SSH"
            raise Refused(
                f"Endpoint {hop.endpoint.name}: no common algorithm with {hop.endpoint.host}:"
                f" {what}. CBC, 3DES, SHA-1 and MD5 are not spoken here. Have the server offer"
                " newer ones."
            ) from None


@contextlib.contextmanager
def _phase(phase: Phase, why: str) -> Iterator[None]:
    try:
        yield
    except (paramiko.SSHException, EOFError, OSError):
        raise Failed(phase, why) from None


def _forwarded(
    jump: EndpointSettings, target: EndpointSettings, transport: paramiko.Transport
) -> paramiko.Channel:
    place = target.host, target.port
    why = f"{jump.name} could not connect to {target.host} port {target.port}"
    with _phase("channel", why), _allowed(jump, "connect onward"):
        return transport.open_channel("direct-tcpip", place, ("127.0.0.1", 0))


def _sftp(endpoint: EndpointSettings, transport: paramiko.Transport) -> paramiko.Channel:
    with (
        _phase("channel", "the connection ended before files could be spoken of"),
        _allowed(endpoint, "use SFTP"),
    ):
        channel = transport.open_session(_WINDOW_BYTES, _PACKET_BYTES)
        try:
            channel.invoke_subsystem("sftp")
        except paramiko.SSHException:
            if transport.is_active():
                raise paramiko.ChannelException(_PROHIBITED, "") from None
            raise
    return channel


@contextlib.contextmanager
def _allowed(endpoint: EndpointSettings, what: str) -> Iterator[None]:
    try:
        yield
    except paramiko.ChannelException as error:
        if error.code not in _REFUSALS[what]:
            raise
        raise Refused(
            f"Endpoint {endpoint.name}: {endpoint.host} let {endpoint.user} log in, but does not"
            f" allow the account to {what}. Ask its operator."
        ) from None


def _facts(transport: paramiko.Transport, observer: Observer, method: str) -> Facts:
    key = transport.get_remote_server_key()
    options = transport.get_security_options()
    cipher = _agreed(options.ciphers, observer, "ciphers")
    return Facts(
        "sftp",
        server=transport.remote_version,
        host_key=f"{key.get_name()} {fingerprint(key.asbytes())}",
        key_exchange=_agreed(options.kex, observer, "kex"),
        cipher=cipher,
        mac="" if "gcm" in cipher else _agreed(options.digests, observer, "macs"),
        login=method,
    )


def _agreed(ours: Sequence[str], observer: Observer, kind: str) -> str:
    """Give the first of ours that the server offers: the one that was agreed on (RFC 4253, 7.1)."""
    return next((name for name in ours if name in observer.offered.get(kind, ())), "")
