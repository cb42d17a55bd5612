"""A proxy in front of a server that cuts, or stalls, its connections at a byte."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

_CHUNK_BYTES = 65536


@dataclass
class Proxy:
    """A proxy: each connection is cut after a number of bytes up or down, the first `times` ones.

    With `stall` it stops forwarding there and keeps the connection open instead.
    """

    target: tuple[str, int]
    after_bytes_up: int | None = None
    after_bytes_down: int | None = None
    stall: bool = False
    times: int | None = None
    host: str = "127.0.0.1"
    port: int = 0
    connections: int = 0
    up: int = 0
    """Bytes of the last connection, towards the server."""
    down: int = 0
    _open: list[socket.socket] = field(default_factory=list, repr=False)
    _ended: threading.Event = field(default_factory=threading.Event, repr=False)
    _frozen: threading.Event = field(default_factory=threading.Event, repr=False)

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            spare = self.times is not None and self.connections > self.times
            with contextlib.suppress(OSError):
                self._join(client, spare)

    def _join(self, client: socket.socket, spare: bool) -> None:
        self._open.append(client)
        server = socket.create_connection(self.target)
        self._open.append(server)
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.up = self.down = 0
        up, down = (None, None) if spare else (self.after_bytes_up, self.after_bytes_down)
        for source, sink, most, name in (
            (client, server, up, "up"),
            (server, client, down, "down"),
        ):
            thread = threading.Thread(target=self._pass, args=(source, sink, most, name))
            thread.daemon = True
            thread.start()

    def _pass(self, source: socket.socket, sink: socket.socket, most: int | None, way: str) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while most is None or passed < most:
                left = _CHUNK_BYTES if most is None else min(_CHUNK_BYTES, most - passed)
                data = source.recv(left)
                if not data:
                    break
                if self._frozen.is_set():
                    self._ended.wait()
                passed += len(data)
                setattr(self, way, passed)
                sink.sendall(data)
            if self.stall and most is not None and passed >= most:
                self._ended.wait()
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """Forward nothing more, on any connection, and keep them all open."""
        self._frozen.set()

    def end(self) -> None:
        """Close every connection."""
        self._ended.set()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextlib.contextmanager
def cutting_proxy(
    target: tuple[str, int],
    after_bytes_up: int | None = None,
    after_bytes_down: int | None = None,
    *,
    stall: bool = False,
    times: int | None = None,
) -> Iterator[Proxy]:
    """Run a proxy on a port of loopback; without bytes it only counts them."""
    proxy = Proxy(target, after_bytes_up, after_bytes_down, stall, times)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy.port = listener.getsockname()[1]
        thread = threading.Thread(target=proxy.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            proxy.end()
