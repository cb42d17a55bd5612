"""Which certificates may be encrypted to, and until when."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from pysequoia import Cert, CipherSuite, Profile, Tsk
from tests.openpgp.rings import certificate, fingerprint, key

from iepbridge.errors import Misuse
from iepbridge.openpgp import certificates, encrypt, parts
from iepbridge.openpgp.certificates import load, usable_until


def saved(folder, cert):
    path = folder / "cert.pgp"
    path.write_bytes(cert if isinstance(cert, bytes) else bytes(cert))
    return path


def only(path):
    [loaded] = load([os.fspath(path)])
    return loaded


@pytest.mark.parametrize("suite", [CipherSuite.Cv25519, CipherSuite.P384, CipherSuite.RSA2k])
@pytest.mark.parametrize("profile", [Profile.RFC4880, Profile.RFC9580])
def test_a_lasting_certificate_may_be_used(tmp_path, suite, profile):
    made = Tsk.generate("Lasting", profile=profile, cipher_suite=suite).extract_certificate()
    assert usable_until(only(saved(tmp_path, made))) is None


def test_armor_makes_no_difference(tmp_path):
    plain = key("ours").extract_certificate()
    found = load([os.fspath(saved(tmp_path, f"{plain}{plain}".encode()))])
    assert [loaded.fingerprint for loaded in found] == [fingerprint("ours")] * 2


def test_the_end_of_a_certificate_is_known(tmp_path):
    made = Tsk.generate("A year", validity_seconds=365 * 86400).extract_certificate()
    until = usable_until(only(saved(tmp_path, made)))
    assert until == made.expiration
    assert until.tzinfo is not None


def test_an_expired_certificate_is_refused(tmp_path, monkeypatch):
    made = Tsk.generate("A year", validity_seconds=365 * 86400).extract_certificate()
    path = saved(tmp_path, made)
    later = datetime.now(UTC) + timedelta(days=366)
    for module in (certificates, parts):
        monkeypatch.setattr(module, "has_passed", lambda instant: instant <= later)
    day = f"{made.expiration:%Y-%m-%d}"
    with pytest.raises(Misuse, match=f"cert.pgp: .*{made.fingerprint.upper()} expired on {day}"):
        usable_until(only(path))


def test_nothing_is_encrypted_to_a_certificate_that_expired(tmp_path):
    made = Tsk.generate("A second", validity_seconds=1).extract_certificate()
    while not parts.has_passed(made.expiration):
        time.sleep(0.1)
    source = saved(tmp_path, made)
    with pytest.raises(Misuse, match="expired on"):
        encrypt(source, tmp_path / "sent", to=[source])
    assert not (tmp_path / "sent").exists()


def test_nothing_is_encrypted_to_a_certificate_that_was_revoked(tmp_path):
    owner = Tsk.generate("Revoked")
    made = owner.extract_certificate()
    revoked = saved(tmp_path, bytes(made) + bytes(made.revoke(owner.certifier())))
    with pytest.raises(Misuse, match="was revoked; ask its owner"):
        encrypt(revoked, tmp_path / "sent", to=[certificate(tmp_path, "ours"), revoked])
    assert not (tmp_path / "sent").exists()


@pytest.mark.parametrize("content", [b"", b"no certificate", bytes(100)])
def test_what_is_no_certificate_is_told(tmp_path, content):
    with pytest.raises(Misuse, match=r"cert\.pgp: this is no OpenPGP certificate"):
        only(saved(tmp_path, content))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Misuse, match="absent: cannot be read: No such file"):
        only(tmp_path / "absent")


def test_a_secret_key_gives_its_certificate_alone(tmp_path):
    loaded = only(saved(tmp_path, bytes(key("ours"))))
    assert bytes(loaded.certificate) == bytes(Cert.from_bytes(bytes(loaded.certificate)))
    assert usable_until(loaded) is None
