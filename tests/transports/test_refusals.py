"""What the end of a try means, by what the server had said: each case by itself."""

from collections.abc import Callable

import paramiko
import pytest
from paramiko.message import Message

from iepbridge.errors import Refused
from iepbridge.settings import EndpointSettings
from iepbridge.transports.sftp.keys import Credentials
from iepbridge.transports.sftp.login import log_in
from iepbridge.transports.sftp.observer import Observer
from iepbridge.transports.sftp.phases import Failed

ENDPOINT = EndpointSettings(name="texas", url="sftp://feed@sftp.example/in")


def refusal(methods: str = "password") -> Message:
    message = Message()
    message.add_string(methods)
    message.add_boolean(False)
    return Message(message.asbytes())


def farewell(code: int) -> Message:
    message = Message()
    message.add_int(code)
    return Message(message.asbytes())


class Transport:
    """A transport whose server says, at each try, what a test wants it to, and lives or not."""

    def __init__(self, observer: Observer, *says: Callable[[Observer], bool]) -> None:
        self._observer = observer
        self._says = iter(says)
        self._active = True
        self.tries: list[str] = []

    def is_active(self) -> bool:
        return self._active

    def _try(self, what: str) -> list[str]:
        self.tries.append(what)
        self._active = next(self._says)(self._observer)
        raise paramiko.AuthenticationException("cut or refused: the same")

    def auth_none(self, _: str) -> list[str]:
        return self._try("none")

    def auth_password(self, _: str, __: str, fallback: bool) -> list[str]:
        assert not fallback
        return self._try("password")


def refuses(observer: Observer) -> bool:
    observer.see_refusal(refusal())
    return True


def refuses_and_ends(observer: Observer) -> bool:
    observer.see_refusal(refusal())
    return False


def ends(_: Observer) -> bool:
    return False


def says_goodbye(code: int) -> Callable[[Observer], bool]:
    def say(observer: Observer) -> bool:
        observer.see_farewell(farewell(code))
        return False

    return say


def wants_a_new_one(observer: Observer) -> bool:
    observer.see_question(Message())
    return False


CASES = [
    ((refuses, refuses), Refused, 2),
    ((refuses, refuses_and_ends), Refused, 2),
    ((refuses, ends), Failed, 2),
    ((refuses_and_ends,), Failed, 1),
    ((ends,), Failed, 1),
    ((refuses, says_goodbye(2)), Refused, 2),
    ((refuses, says_goodbye(14)), Refused, 2),
    ((refuses, says_goodbye(12)), Failed, 2),
    ((says_goodbye(14),), Refused, 1),
    ((says_goodbye(7),), Failed, 1),
    ((refuses, wants_a_new_one), Refused, 2),
]


@pytest.mark.parametrize(("says", "expected", "tries"), CASES)
def test_a_refusal_is_told_from_an_end(
    says: tuple[Callable[[Observer], bool], ...], expected: type[Exception], tries: int
) -> None:
    observer = Observer(None)  # type: ignore[arg-type]
    transport = Transport(observer, *says)
    with pytest.raises(expected) as caught:
        log_in(ENDPOINT, transport, observer, Credentials(password="a secret"))  # type: ignore[arg-type]
    assert len(transport.tries) == tries
    assert "a secret" not in str(caught.value)
