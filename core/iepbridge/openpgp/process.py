"""The child process that holds the OpenPGP library: asked by one JSON object, it answers by one."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Final, Protocol

from iepbridge.errors import IepbridgeError, Misuse, Unreadable
from iepbridge.output import Unwritable

LIBRARY: Final = "pysequoia"
_WORKER: Final = "iepbridge.openpgp.worker"
_ERRORS: Final = {error.__name__: error for error in (Misuse, Unreadable, Unwritable)}


class Reference(Protocol):
    """A secret that is read when it is used; settings give such ones."""

    @property
    def key(self) -> str:
        """Give the dotted key it was set under, for messages."""

    def text(self) -> str:
        """Give the secret as text."""

    def data(self) -> bytes:
        """Give the secret as bytes."""


class Ended(IepbridgeError):
    """The child process ended without an answer, or took too long; nothing was written."""


def ask(
    operation: str,
    request: Mapping[str, Any],
    files: Sequence[int] = (),
    deadline_seconds: float | None = None,
) -> dict[str, Any]:
    """Have the child do one operation on open files; give its answer or raise its error.

    What is secret in the request goes through a pipe, never through arguments or environment.
    """
    _require_library()
    question = json.dumps({"operation": operation, **request}).encode()
    return _answered(operation, _run(operation, question, files, deadline_seconds))


def packed(secret: bytes) -> str:
    """Put bytes into the text of a request."""
    return base64.b64encode(secret).decode()


def _require_library() -> None:
    if find_spec(LIBRARY) is None:
        raise Misuse("OpenPGP needs a library: pip install 'iepbridge[openpgp]'.")


def _run(
    operation: str, question: bytes, files: Sequence[int], deadline_seconds: float | None
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(  # noqa: S603 - our own module, run by our own interpreter
            [sys.executable, "-P", "-m", _WORKER],
            input=question,
            capture_output=True,
            pass_fds=files,
            env={**os.environ, "RUST_BACKTRACE": "0"},  # its errors are read, not shown
            timeout=deadline_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"OpenPGP: to {operation} took more than {deadline_seconds:g} s and was stopped."
        raise Ended(f"{message} Nothing was written; run again when the machine is idle.") from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise Ended(f"OpenPGP: its process could not be started: {reason}; run again.") from None


def _answered(operation: str, done: "subprocess.CompletedProcess[bytes]") -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        message = f"OpenPGP: the process to {operation} ended early ({_ending(done.returncode)})."
        remedy = "Nothing was written; see whether the machine ran out of memory, and run again."
        raise Ended(f"{message} {remedy}") from None
    if "error" in answer:
        raise _ERRORS[answer["error"]](answer["message"])
    return answer


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
