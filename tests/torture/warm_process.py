"""The process behind `warm`: loads the program once, and forks it for each order.

stdin    a line of JSON: argv, cwd           then one byte, once the child is watched
stdout   the child's number, and how it ended, a line each
"""

import ctypes
import json
import os
import sys
from collections.abc import Callable, Sequence

import alembic.command

import iepbridge.ledger.migrations
import iepbridge.openpgp
from iepbridge.cli import main as program
from iepbridge.cli import running
from iepbridge.formats import compiled_mapping
from iepbridge.registry import load_registry

_PR_SET_PTRACER = 0x59616D61
_ANY = ctypes.c_ulong(-1)

LOADED = (alembic.command, iepbridge.ledger.migrations, iepbridge.openpgp, running)
"""What a run loads while it goes on."""


def main() -> None:
    """Serve until nobody orders any more."""
    registry = load_registry()
    for system in registry.adapters:
        compiled_mapping(registry.adapter(system), ())
    while order := _line():
        told = json.loads(order)
        if (child := os.fork()) == 0:
            _run(program, told["argv"], told["cwd"])
        _tell(child)
        _, status = os.waitpid(child, 0)
        _tell(os.waitstatus_to_exitcode(status))


def _line() -> bytes:
    """Read a line and no more: a child shares what is left."""
    read = bytearray()
    while (byte := os.read(0, 1)) not in (b"\n", b""):
        read += byte
    return bytes(read)


def _tell(number: int) -> None:
    os.write(1, b"%d\n" % number)


def _run(call: Callable[[Sequence[str]], int], argv: Sequence[str], cwd: str) -> None:
    """Be the program, in a process group of its own, once somebody watches."""
    os.setpgid(0, 0)
    os.chdir(cwd)
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY, 0, 0, 0)  # strace is not our ancestor
    os.read(0, 1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    code = 70
    try:
        code = call(argv)
        sys.stdout.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
