"""Pages on loopback: whether the scheduler lives, whether it is ready, its metrics.

A page is a WSGI application in the table by its path; further ones are added to it.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client import CollectorRegistry, make_wsgi_app

from iepbridge.errors import Misuse
from iepbridge.schedule.metrics import FeedMetrics
from iepbridge.schedule.scheduler import Scheduler

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HOST: Final = "127.0.0.1"
_TEXT: Final = (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"))
_SILENCE_SECONDS: Final = 10

_log = structlog.get_logger(__name__)


def pages_of(scheduler: Scheduler) -> "dict[str, WSGIApplication]":
    """Give the pages of a scheduler by their paths."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FeedMetrics(scheduler))
    pulse = scheduler.pulse
    return {
        "/live": _telling(lambda: [] if pulse.is_live else ["the loop stands still"]),
        "/ready": _telling(pulse.troubles),
        "/metrics": make_wsgi_app(registry),
    }


@contextmanager
def served(pages: "Mapping[str, WSGIApplication]", port: int) -> Iterator[int]:
    """Serve pages on loopback while the block lasts; give the port, chosen freely for 0.

    Raises `Misuse` where the port is taken.
    """
    try:
        server = make_server(HOST, port, _chosen_by_path(pages), _Server, _Handler)
    except OSError as error:
        raise Misuse(
            f"[serve] port: {HOST}:{port} cannot be listened on ({type(error).__name__}); another"
            " program may have it. Choose another port, or 0 for none."
        ) from None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    _log.info("health_told", host=HOST, port=server.server_port)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _chosen_by_path(pages: "Mapping[str, WSGIApplication]") -> "WSGIApplication":
    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        page = pages.get(environ.get("PATH_INFO", ""), _absent)
        return page(environ, start)

    return answer


def _absent(_: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    start("404 Not Found", list(_TEXT))
    return [b"There is no such page.\n"]


def _telling(troubles: Any) -> "WSGIApplication":
    """Make a page that says ok, or with status 503 what is wrong."""

    def page(_: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        found = troubles()
        start("503 Service Unavailable" if found else "200 OK", list(_TEXT))
        return ["".join(f"{line}\n" for line in found or ["ok"]).encode()]

    return page


class _Server(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own, and ends with the process."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Say nothing: who went away while being answered is no concern of a log."""


class _Handler(WSGIRequestHandler):
    """Keeps requests out of standard error, and ends connections that say nothing."""

    timeout = _SILENCE_SECONDS

    def address_string(self) -> str:
        """Give the address as it is, without asking for a name."""
        return str(self.client_address[0])

    def log_message(self, *_: object) -> None:
        """Say nothing."""
