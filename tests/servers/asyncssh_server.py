"""An asyncssh server in a thread of the tests: any algorithm, any way to log in, as asked."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
from tests.servers.keys import make_key
from tests.servers.running import PASSWORD, Server, pin

_USER = "feed"
_WAIT_SECONDS = 30


class _Accounts(asyncssh.SSHServer):
    """One user with a password; every try of it is logged."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def begin_auth(self, username: str) -> bool:
        self._tell(f"login of {username}")
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        right = password == PASSWORD
        self._tell(f"password {'right' if right else 'wrong'}")
        return right

    def _tell(self, what: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{what}\n")


@contextlib.contextmanager
def asyncssh_server(tmp_path: Path, host_key: str = "ed25519", **options: Any) -> Iterator[Server]:
    """Serve a new folder by asyncssh; `options` are those of `asyncssh.listen`."""
    base = tmp_path / f"asyncssh-{os.urandom(3).hex()}"
    folder = base / "served"
    folder.mkdir(parents=True)
    host, client = make_key(base / "host", host_key), make_key(base / "client")
    (base / "authorized").write_text(f"{client.public}\n")
    log = base / "log"
    log.touch()
    given = {
        "server_factory": lambda: _Accounts(log),
        "server_host_keys": [str(host.path)],
        "authorized_client_keys": str(base / "authorized"),
        "sftp_factory": True,
        **options,
    }
    with _listening(given) as port:
        yield Server("127.0.0.1", port, _USER, folder, pin(base, host), client.path, log, host)


@contextlib.contextmanager
def _listening(options: dict[str, Any]) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Callable[[], Awaitable[Any]]) -> Any:
        return asyncio.run_coroutine_threadsafe(work(), loop).result(_WAIT_SECONDS)

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen("127.0.0.1", 0, **options)

    async def end() -> None:
        acceptor.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    acceptor = run(listen)
    try:
        yield acceptor.get_port()
    finally:
        run(end)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
