"""Whole files through the child process: what comes out, what is refused, what is left behind."""

import gzip
import io
import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.openpgp.rings import Given, certificate, fingerprint, secret

from iepbridge.errors import Misuse, Unreadable
from iepbridge.openpgp import Ended, decrypt, encrypt, inspect, process
from iepbridge.output import Unwritable

PLAIN = b"made up, line by line\n" * 40


@pytest.fixture
def ours(tmp_path):
    return certificate(tmp_path, "ours")


@pytest.fixture
def theirs(tmp_path):
    return certificate(tmp_path, "theirs")


def made(to, plain=PLAIN, **options):
    target = io.BytesIO()
    encrypt(io.BytesIO(plain), target, to=[to], **options)
    return target.getvalue()


def opened(message, **options):
    target = io.BytesIO()
    signed = decrypt(io.BytesIO(message), target, **{"keys": [secret("ours")], **options})
    return signed, target.getvalue()


@pytest.mark.parametrize("plain", [b"", b"x", os.urandom(3_000_001)])
@pytest.mark.parametrize("armor", [True, False])
def test_what_was_encrypted_and_signed_comes_back(ours, theirs, plain, armor):
    message = made(ours, plain, sign_with=secret("theirs"), armor=armor)
    assert message.startswith(b"-----BEGIN PGP MESSAGE-----") == armor
    signed, found = opened(message, verify_with=[theirs])
    assert found == plain
    assert signed.certificate == fingerprint("theirs")
    assert signed.key != signed.certificate


def test_files_by_path_are_private_and_alone(tmp_path, ours):
    plain, sent, got = (tmp_path / name for name in ("plain", "sent", "got"))
    plain.write_bytes(PLAIN)
    encrypt(plain, sent, to=[ours])
    assert decrypt(sent, got, keys=[secret("ours")]) is None
    assert got.read_bytes() == PLAIN
    assert sent.stat().st_mode & 0o777 == got.stat().st_mode & 0o777 == 0o600
    assert set(tmp_path.iterdir()) == {plain, sent, got, ours}


def test_every_recipient_can_read(tmp_path, ours, theirs):
    both = tmp_path / "both.pgp"
    both.write_bytes(ours.read_bytes() + theirs.read_bytes())
    message = made(both)
    assert opened(message)[1] == opened(message, keys=[secret("theirs")])[1] == PLAIN


def test_the_key_that_fits_is_found_among_several(ours):
    old_and_new = Given(secret("theirs").value + secret("ours").value)
    message = made(ours)
    assert opened(message, keys=[old_and_new])[1] == PLAIN
    assert opened(message, keys=[secret("theirs"), secret("ours")])[1] == PLAIN


def test_two_encryptions_differ(ours):
    assert made(ours) != made(ours)


def test_a_stream_is_read_from_where_it_stands(tmp_path, ours):
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(PLAIN))
    begun = tmp_path / "begun"
    begun.write_bytes(b"skipped" + PLAIN)
    target = io.BytesIO()
    with gzip.open(packed) as stream:
        encrypt(stream, target, to=[ours])
    assert opened(target.getvalue())[1] == PLAIN
    target = io.BytesIO()
    with begun.open("rb") as stream:
        stream.seek(7)
        encrypt(stream, target, to=[ours])
    assert opened(target.getvalue())[1] == PLAIN


REFUSED = {
    "nothing": (lambda _: b"", "no OpenPGP message"),
    "plain text": (lambda _: PLAIN, "no OpenPGP message"),
    "cut short": (lambda message: message[:-1], "no OpenPGP message"),
    "changed": (lambda message: message[:-9] + b"\x00" + message[-8:], "no OpenPGP message"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_whole_message_is_refused_and_nothing_appears(tmp_path, ours, name):
    change, reason = REFUSED[name]
    source, target = tmp_path / "got.pgp", tmp_path / "plain"
    source.write_bytes(change(made(ours)))
    with pytest.raises(Unreadable, match=rf"got\.pgp: {reason}"):
        decrypt(source, target, keys=[secret("ours")])
    assert not target.exists()


def test_a_message_for_another_is_refused(theirs):
    with pytest.raises(Unreadable, match="not for our key"):
        opened(made(theirs))


def test_an_unsigned_message_is_refused_where_a_signature_is_expected(ours, theirs):
    with pytest.raises(Unreadable, match=f"verify_with .{fingerprint('theirs')}"):
        opened(made(ours), verify_with=[theirs])


def test_a_message_signed_by_another_is_refused(ours, theirs):
    message = made(ours, sign_with=secret("other"))
    with pytest.raises(Unreadable, match="not validly signed"):
        opened(message, verify_with=[theirs])


def test_a_signature_that_nobody_asked_about_is_passed_over(ours):
    assert opened(made(ours, sign_with=secret("theirs"))) == (None, PLAIN)


def test_a_message_may_not_grow_beyond_its_limit(ours):
    message = made(ours)
    assert opened(message, most=len(PLAIN))[1] == PLAIN
    with pytest.raises(Unreadable, match="max_bytes"):
        opened(message, most=len(PLAIN) - 1)


def test_certificates_tell_of_themselves(ours, theirs):
    found = inspect([ours, theirs])
    assert [(entry.file, entry.fingerprint) for entry in found] == [
        (ours, fingerprint("ours")),
        (theirs, fingerprint("theirs")),
    ]


def test_no_recipient_and_no_key_are_mistakes(tmp_path):
    with pytest.raises(Misuse, match="encrypt_to"):
        encrypt(io.BytesIO(PLAIN), io.BytesIO(), to=[])
    with pytest.raises(Misuse, match="decrypt_with"):
        decrypt(io.BytesIO(PLAIN), io.BytesIO(), keys=[])


def test_a_source_that_is_not_there_is_told(tmp_path, ours):
    with pytest.raises(Misuse, match="absent: cannot be read"):
        encrypt(tmp_path / "absent", io.BytesIO(), to=[ours])


def test_a_place_that_cannot_be_written_to_is_told(tmp_path, ours):
    with pytest.raises(Misuse, match="there is no such folder"):
        encrypt(io.BytesIO(PLAIN), tmp_path / "absent" / "sent", to=[ours])


@pytest.mark.linux
def test_a_full_disk_is_told(ours):
    with pytest.raises(Unwritable, match="full"):
        encrypt(io.BytesIO(PLAIN), Path("/dev/full"), to=[ours])
    with (
        pytest.raises(Unwritable, match="No space left"),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        encrypt(io.BytesIO(PLAIN), full, to=[ours])


def test_without_the_library_the_remedy_is_named(monkeypatch, ours):
    monkeypatch.setattr(process, "find_spec", lambda _: None)
    with pytest.raises(Misuse, match=r"pip install 'iepbridge\[openpgp\]'"):
        made(ours)


def test_a_child_that_ends_early_is_told(monkeypatch, tmp_path, ours):
    monkeypatch.setattr(process, "_WORKER", "iepbridge.nothing")
    with pytest.raises(Ended, match=r"ended early \(exit 1\)"):
        encrypt(io.BytesIO(PLAIN), tmp_path / "sent", to=[ours])
    assert not (tmp_path / "sent").exists()


def test_a_child_that_takes_too_long_is_stopped(tmp_path, ours):
    with pytest.raises(Ended, match="was stopped"):
        encrypt(io.BytesIO(PLAIN), tmp_path / "sent", to=[ours], deadline_seconds=0.001)
    assert not (tmp_path / "sent").exists()


def test_secrets_stand_in_no_argument_and_no_variable(monkeypatch, ours):
    seen = {}

    def run(argv, **options):
        seen.update(argv=argv, **options)
        return subprocess.CompletedProcess(argv, 0, json.dumps({"signed": None}).encode(), b"")

    monkeypatch.setattr(process.subprocess, "run", run)
    opened(b"", passphrase=Given(b"open sesame"))
    assert b"open sesame" in seen["input"]
    assert "open sesame" not in f"{seen['argv']} {seen['env']}"
