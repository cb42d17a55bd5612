"""Logging in: each credential at most once, and a refusal told from a connection that was cut."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

import paramiko

from iepbridge.errors import Refused
from iepbridge.settings import EndpointSettings
from iepbridge.transports.sftp.keys import Credentials, agent_keys
from iepbridge.transports.sftp.observer import Observer
from iepbridge.transports.sftp.phases import Failed

_MOST_AGENT_KEYS: Final = 5
"""Servers hang up after six tries of a login, and may lock the account."""

_PASSWORD: Final = "the password"  # noqa: S105  what it is called, not what it is
_WITHOUT_SHA1: Final = frozenset({"rsa-sha2-256", "rsa-sha2-512"})

_Method = Literal["publickey", "password", "keyboard-interactive"]
_Names = list[tuple[str, bool]]


def log_in(
    endpoint: EndpointSettings,
    transport: paramiko.Transport,
    observer: Observer,
    credentials: Credentials,
) -> str:
    """Log in and give the method that did it.

    Raises `Refused` where the server said no, `Failed` where the connection ended before it spoke.
    """
    with _agent(endpoint, credentials) as keys:
        return _Login(endpoint, transport, observer).run(keys, credentials.password)


@contextlib.contextmanager
def _agent(endpoint: EndpointSettings, given: Credentials) -> Iterator[list[paramiko.PKey]]:
    keys = [given.key] if given.key else []
    if not given.agent:
        yield keys
        return
    try:
        agent = paramiko.Agent()
        keys.extend(agent_keys(endpoint, agent)[:_MOST_AGENT_KEYS])
    except (paramiko.SSHException, OSError):
        raise Refused(
            f"Endpoint {endpoint.name}: the ssh-agent did not answer. Start it anew, or set"
            " `private_key`. No login was tried."
        ) from None
    with contextlib.closing(agent):
        yield keys


class _Login:
    """One login: what may be tried still, and what was."""

    def __init__(
        self, endpoint: EndpointSettings, transport: paramiko.Transport, observer: Observer
    ) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._observer = observer
        self._methods: Sequence[str] | None = None
        self._tried: list[str] = []
        self._answers = 0

    def run(self, keys: Sequence[paramiko.PKey], password: str | None) -> str:
        for key in keys:
            if self._open("publickey") and self._with_key(key):
                return "publickey"
        if password is not None:
            method = self._for_password()
            if method and self._with_password(method, password):
                return method
        raise self._refused("It refused what was tried.")

    def _open(self, method: _Method) -> bool:
        return self._methods is None or method in self._methods

    def _with_key(self, key: paramiko.PKey) -> bool:
        self._usable(key)
        self._tried.append(f"the key {key.fingerprint}")
        return self._try(lambda: self._transport.auth_publickey(self._endpoint.user, key), key)

    def _for_password(self) -> _Method | None:
        """Ask how a password is taken here, so that it is sent once."""
        if self._methods is None:
            self._try(lambda: self._transport.auth_none(self._endpoint.user))
        if self._open("password"):
            return "password"
        return "keyboard-interactive" if self._open("keyboard-interactive") else None

    def _with_password(self, method: _Method, password: str) -> bool:
        user = self._endpoint.user
        self._tried.append(_PASSWORD)
        if method == "password":
            return self._try(lambda: self._transport.auth_password(user, password, fallback=False))

        def answer(_: str, __: str, prompts: _Names) -> list[str]:
            self._answers += len(prompts)
            return [password] if self._answers == 1 and prompts else [""] * len(prompts)

        return self._try(lambda: self._transport.auth_interactive(user, answer))

    def _try(self, attempt: Callable[[], Sequence[str]], key: paramiko.PKey | None = None) -> bool:
        self._observer.forget()
        try:
            self._methods = attempt()
        except (paramiko.SSHException, EOFError, OSError):
            self._judge(key)
            self._methods = self._observer.refusals[-1][0]
            return False
        return not self._methods

    def _judge(self, key: paramiko.PKey | None) -> None:
        """Raise what a failed try means, unless the server waits for another."""
        observer = self._observer
        if observer.asked and not observer.refusals and self._tried[-1:] == [_PASSWORD]:
            raise self._refused("It wants a new password: this one has expired.")
        if key is not None:
            self._usable(key)
        if observer.refusals and self._transport.is_active():
            return
        if not observer.turned_away(bool(self._tried)):
            raise Failed("login", f"the connection ended while logging in{self._hint()}")
        raise self._refused("It refused, and hung up.")

    def _hint(self) -> str:
        by_password = self._tried[-1:] == [_PASSWORD]
        return ", as some servers have it end when a password is wrong" if by_password else ""

    def _usable(self, key: paramiko.PKey) -> None:
        """Refuse an RSA key where the server takes none without SHA-1."""
        taken = self._observer.signatures
        if key.get_name() == "ssh-rsa" and taken and not _WITHOUT_SHA1 & set(taken):
            raise self._refused("It takes RSA keys with SHA-1 alone; use an Ed25519 key.")

    def _refused(self, why: str) -> Refused:
        tried = ", ".join(self._tried) or "nothing"
        takes = f" It takes {', '.join(self._methods)}." if self._methods else ""
        return Refused(
            f"Endpoint {self._endpoint.name}: {self._endpoint.host} does not let"
            f" {self._endpoint.user} log in. {why} Tried: {tried}.{takes} It is not tried again,"
            " so that the account is not locked: mend the credentials, or ask the operator."
        )
