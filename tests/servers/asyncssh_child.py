"""The process of `asyncssh_server`: serves until it is told to end; its options are JSON."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import asyncssh


class _Accounts(asyncssh.SSHServer):
    """Users with one password; every try to log in is a line of the log."""

    def __init__(self, log: Path, password: str) -> None:
        self._log = log
        self._password = password

    def begin_auth(self, username: str) -> bool:
        self._tell(f"login of {username}")
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        right = password == self._password
        self._tell(f"password {'right' if right else 'wrong'}")
        return right

    def connection_requested(self, dest_host: str, dest_port: int, *_: Any) -> bool:
        self._tell(f"forwarded to {dest_port}")
        return True

    def _tell(self, what: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{what}\n")


async def _serve(port: int, log: Path, password: str, options: dict[str, Any]) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with asyncssh.listen(
        "127.0.0.1", port, server_factory=lambda: _Accounts(log, password), **options
    ):
        await ended.wait()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    asyncio.run(_serve(given["port"], Path(given["log"]), given["password"], given["options"]))
