"""Hostile messages, and what the child makes of a library that panics."""

import os
import resource
import tempfile
from functools import cache

import pytest
from pysequoia import encrypt as make_message
from pysequoia import sign
from tests.openpgp.rings import certificate, key

from iepbridge.errors import Unreadable
from iepbridge.openpgp import worker
from iepbridge.openpgp.process import packed

PLAIN = b"a made-up plan"


@cache
def message(armor):
    to, by = key("ours").extract_certificate(), key("theirs").signer()
    return make_message(PLAIN, [to], by, armor=armor)


@pytest.fixture
def decrypted(tmp_path):
    """Give what the child answers, and the plain text that it would publish."""
    sender = os.fspath(certificate(tmp_path, "theirs"))
    own = {"name": "decrypt_with", "data": packed(bytes(key("ours")))}

    def decrypted(received, verify_with=(sender,)):
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
            source.write(received)
            source.flush()
            request = {
                "keys": [own],
                "passphrase": None,
                "verify_with": verify_with,
                "most": resource.RLIM_INFINITY,  # a limit would bind the tests themselves
                "name": "The file",
                "source": source.fileno(),
                "target": target.fileno(),
            }
            return worker.decrypt(request), target.read()

    return decrypted


@pytest.fixture
def attempt(decrypted):
    """Give the plain text, or None where the child refuses."""

    def attempt(received):
        try:
            return decrypted(received)[1]
        except Unreadable:
            return None

    return attempt


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
@pytest.mark.parametrize("armor", [False, True])
def test_no_byte_can_be_changed_so_that_other_text_comes_out(attempt, armor, mask):
    whole = message(armor)
    assert attempt(whole) == PLAIN
    found = set()
    for place, byte in enumerate(whole):
        found.add(attempt(whole[:place] + bytes([byte ^ mask]) + whole[place + 1 :]))
    assert None in found
    assert found <= {None, PLAIN}


@pytest.mark.parametrize("armor", [False, True])
def test_no_cut_message_gives_other_text(attempt, armor):
    whole = message(armor)
    found = {attempt(whole[:length]) for length in range(len(whole) - 1)}
    assert found <= ({None, PLAIN} if armor else {None})


def test_clear_text_is_refused_where_encryption_is_expected(decrypted):
    literal = b"\xcb" + bytes([6 + len(PLAIN)]) + b"b\0\0\0\0\0" + PLAIN
    with pytest.raises(Unreadable, match="in clear text"):
        decrypted(literal, verify_with=())
    signed = sign(key("theirs").signer(), PLAIN)
    with pytest.raises(Unreadable, match="in clear text"):
        decrypted(signed)


class PanicException(BaseException):
    """What the library raises where it meets a mistake of its own."""


def test_a_panic_of_the_library_is_a_broken_message(monkeypatch, attempt):
    def panic(*_):
        raise PanicException

    monkeypatch.setattr(worker, "decrypt_file", panic)
    assert attempt(b"anything") is None


def test_what_is_no_failure_of_the_library_is_not_caught(monkeypatch, attempt):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "decrypt_file", interrupt)
    with pytest.raises(KeyboardInterrupt):
        attempt(b"anything")
