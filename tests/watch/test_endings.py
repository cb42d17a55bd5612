"""Credentials that end: days that were set, OpenSSH certificates, OpenPGP certificates."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    SSHCertificateBuilder,
    SSHCertificateType,
)
from pysequoia import Tsk
from tests.openpgp.rings import key

from iepbridge.settings import EndpointSettings, FeedSettings, Settings
from iepbridge.watch import Missing, endings

NOW = datetime.now(UTC).replace(microsecond=0)
FOREVER = 2**64 - 1


def endpoint(**keys: Any) -> Settings:
    own = EndpointSettings.model_validate({"name": "box", "url": "file:box", **keys})
    return Settings(endpoints={"box": own})


def feed(*certificates: Path, **keys: Any) -> Settings:
    table = {"name": "out", "direction": "out", "system": "twist", "endpoint": "box"}
    own = FeedSettings.model_validate({**table, "encrypt_to": certificates, **keys})
    return Settings(feeds={"out": own})


def told(settings: Settings, at: datetime = NOW) -> list[Missing]:
    return list(endings(settings, at))


def test_a_day_is_told_a_month_ahead() -> None:
    settings = endpoint(credentials_expire=date(2027, 1, 31))
    assert told(settings, datetime(2027, 1, 1, 23, tzinfo=UTC)) == []
    (found,) = told(settings, datetime(2027, 1, 2, 1, tzinfo=UTC))
    assert (found.kind, found.endpoint, found.feed) == ("credentials", "box", None)
    assert found.since == "2027-02-01T00:00:00.000000Z"
    assert found.what == "Password, key or certificate ends on 2027-01-31."
    assert "ended on" in told(settings, datetime(2027, 2, 1, tzinfo=UTC))[0].what


def ssh_certificate(path: Path, ends: int) -> Path:
    builder = (
        SSHCertificateBuilder()
        .public_key(Ed25519PrivateKey.generate().public_key())
        .type(SSHCertificateType.USER)
        .valid_for_all_principals()
        .key_id(b"feed")
        .valid_after(0)
        .valid_before(ends)
    )
    path.write_bytes(builder.sign(Ed25519PrivateKey.generate()).public_bytes())
    return path


@pytest.mark.parametrize(
    ("days", "words"), [(31, None), (29, "ends on"), (-1, "ended on"), (None, None)]
)
def test_the_end_of_an_openssh_certificate(
    tmp_path: Path, days: int | None, words: str | None
) -> None:
    ends = FOREVER if days is None else int(time.time()) + 86_400 * days
    file = ssh_certificate(tmp_path / "box-cert.pub", ends)
    found = told(endpoint(certificate=file))
    assert [words in one.what for one in found if words] == [True] * len(found)
    assert len(found) == (words is not None)


def test_what_is_no_openssh_certificate_is_told(tmp_path: Path) -> None:
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    (tmp_path / "plain.pub").write_bytes(
        Ed25519PrivateKey.generate().public_key().public_bytes(*form)
    )
    for name in ("plain.pub", "absent.pub"):
        (found,) = told(endpoint(certificate=tmp_path / name))
        assert "is no OpenSSH certificate" in found.what


def openpgp_certificate(folder: Path, name: str, days: int) -> Path:
    own = key(name)
    certificate = own.extract_certificate().set_expiration(
        expiration=NOW + timedelta(days=days), certifier=own.certifier()
    )
    path = folder / f"{name}.pgp"
    path.write_bytes(bytes(certificate))
    return path


def test_the_end_of_an_openpgp_certificate(tmp_path: Path) -> None:
    far = openpgp_certificate(tmp_path, "far", 40)
    near = openpgp_certificate(tmp_path, "near", 20)
    (found,) = told(feed(far, near))
    assert (found.feed, found.endpoint) == ("out", None)
    assert f"The OpenPGP certificate in {near} ends on" in found.what
    assert len(told(feed(far, near), NOW + timedelta(days=11))) == 2
    assert told(feed(far, near, enabled=False)) == []


def test_what_is_no_openpgp_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.pgp").write_text("hello")
    (found,) = told(feed(tmp_path / "text.pgp"))
    assert "no OpenPGP certificate" in found.what


def test_the_end_of_a_signers_certificate(tmp_path: Path) -> None:
    near = openpgp_certificate(tmp_path, "near", 20)
    (found,) = told(feed(verify_with=[near]))
    assert f"The OpenPGP certificate in {near} ends on" in found.what


@pytest.mark.parametrize("use", ["sign_with", "decrypt_with"])
def test_the_end_of_our_own_key(tmp_path: Path, use: str) -> None:
    file = tmp_path / "own.pgp"
    named = {use: {"file": str(file)}}
    file.write_bytes(bytes(Tsk.generate("own", validity_seconds=86_400 * 20)))
    (found,) = told(feed(**named))
    assert found.what.startswith(f"The OpenPGP key of {use} ends on")
    assert told(feed(**named), NOW - timedelta(days=12)) == []
    file.write_bytes(bytes(Tsk.generate("own")))
    assert told(feed(**named)) == []
    file.write_bytes(b"hello")
    assert "no OpenPGP key" in told(feed(**named))[0].what
