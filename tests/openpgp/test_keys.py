"""Which of our own keys sign and decrypt."""

import time

import pytest
from pysequoia import Tsk, decrypt, encrypt
from tests.openpgp.rings import key

from iepbridge.errors import Misuse
from iepbridge.openpgp import parts
from iepbridge.openpgp.keys import Secret, decryptors, signer


def secret(*keys):
    return Secret("feeds.x.decrypt_with", b"".join(map(bytes, keys)), None)


def expired():
    made = Tsk.generate("A second", validity_seconds=1)
    ends = made.extract_certificate().expiration
    while not parts.has_passed(ends):
        time.sleep(0.1)
    return made


def revoked():
    made = Tsk.generate("Revoked")
    word = made.extract_certificate().revoke(made.certifier())
    packets = [packet for part in parts.split(bytes(made))[0] for packet in part.packets]
    [signature] = parts.PacketPile.from_bytes(bytes(word))
    return Tsk.from_packets([packets[0], signature, *packets[1:]])


def test_armored_keys_may_stand_one_after_the_other():
    both = f"{key('ours')}\n{key('theirs')}".encode()
    assert len(decryptors(Secret("decrypt_with", both, None))) == 2


def test_an_old_key_may_stand_beside_its_successor():
    message = encrypt(b"made up", [key("ours").extract_certificate()])
    for old in (expired(), revoked()):
        [found] = decryptors(secret(old, key("ours")))
        assert decrypt(message, found).bytes == b"made up"
        assert encrypt(b"", [key("ours").extract_certificate()], signer(secret(old, key("ours"))))


@pytest.mark.parametrize(("make", "reason"), [(expired, "expired on"), (revoked, "was revoked")])
@pytest.mark.parametrize("use", [signer, decryptors])
def test_a_key_that_may_not_be_used_is_refused_with_its_reason(make, reason, use):
    with pytest.raises(Misuse, match=f"decrypt_with: .* {reason}.* extend it"):
        use(secret(make()))


@pytest.mark.parametrize("data", [b"", b"no key", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n"])
def test_what_is_no_key_is_told(data):
    with pytest.raises(Misuse, match="this is no OpenPGP key"):
        signer(Secret("sign_with", data, None))
