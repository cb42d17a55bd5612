"""Both ways with GnuPG: what it makes is read here, what is made here it reads."""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from tests.openpgp.rings import Given, certificate, fingerprint, key, secret

from iepbridge.errors import Misuse, Unreadable
from iepbridge.openpgp import decrypt, encrypt, inspect

PLAIN = b"made up, line by line\n" * 40
UNPACKED = ("--compress-algo", "none")
LONG_AGO = ("--faked-system-time", "20200101T000000")

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg (Debian: gnupg)")


class Gpg:
    """A ring of keys of its own, in a folder whose path is short enough for its sockets."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __call__(self, *arguments, given=b"", passphrase=""):
        quiet = ["--batch", "--quiet", "--no-permission-warning", "--trust-model", "always"]
        words = [*quiet, "--pinentry-mode", "loopback", "--passphrase", passphrase, *arguments]
        found = subprocess.run(
            ["gpg", "--homedir", self.folder, *words],
            input=given,
            capture_output=True,
            timeout=60,
            check=True,
        )
        return found.stdout

    def person(self, name, algorithm, use, *options, lasting="never", passphrase=""):
        self(*options, "--quick-gen-key", name, algorithm, use, lasting, passphrase=passphrase)
        lines = self("--list-keys", "--with-colons", name).decode().splitlines()
        return next(line.split(":")[9] for line in lines if line.startswith("fpr"))

    def subkey(self, name, algorithm, *options, lasting="never", passphrase=""):
        self(*options, "--quick-add-key", name, algorithm, "encr", lasting, passphrase=passphrase)

    def certificate(self, name):
        path = self.folder / f"{name}.asc"
        path.write_bytes(self("--armor", "--export", name))
        return path

    def secret(self, name, passphrase=""):
        return Given(self("--armor", "--export-secret-keys", name, passphrase=passphrase))


@pytest.fixture(scope="module")
def gpg():
    with tempfile.TemporaryDirectory(prefix="gpg-", ignore_cleanup_errors=True) as folder:
        yield Gpg(folder)
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "all"], check=False)


@pytest.fixture(scope="module")
def elliptic(gpg):
    name = gpg.person("Elliptic", "ed25519", "sign")
    gpg.subkey(name, "cv25519")
    return name


@pytest.fixture(scope="module")
def rsa(gpg):
    return gpg.person("RSA", "rsa2048", "sign,encr", passphrase="open sesame")


def ours_to(certificate_file, **options):
    target = io.BytesIO()
    encrypt(io.BytesIO(PLAIN), target, to=[certificate_file], **options)
    return target.getvalue()


def ours_from(message, keys, **options):
    target = io.BytesIO()
    return decrypt(io.BytesIO(message), target, keys=keys, **options), target.getvalue()


@pytest.mark.parametrize("armor", [True, False])
@pytest.mark.parametrize(("name", "passphrase"), [("elliptic", ""), ("rsa", "open sesame")])
def test_gpg_reads_what_is_made_here(gpg, request, tmp_path, name, passphrase, armor):
    to = gpg.certificate(request.getfixturevalue(name))
    gpg("--import", given=certificate(tmp_path, "ours").read_bytes())
    message = ours_to(to, sign_with=secret("ours"), armor=armor)
    signed = gpg("--status-fd", "1", "--decrypt", given=message, passphrase=passphrase)
    assert PLAIN in signed
    assert f"VALIDSIG {fingerprint_of_signing_part()}".encode() in signed


def fingerprint_of_signing_part():
    with tempfile.TemporaryDirectory() as folder:
        message = ours_to(certificate(Path(folder), "ours"), sign_with=secret("ours"))
        sender = certificate(Path(folder), "ours")
        return ours_from(message, [secret("ours")], verify_with=[sender])[0].key


@pytest.mark.parametrize("armor", [("--armor",), ()])
@pytest.mark.parametrize(("name", "passphrase"), [("elliptic", ""), ("rsa", "open sesame")])
def test_what_gpg_makes_is_read_here(gpg, request, tmp_path, name, passphrase, armor):
    signer = request.getfixturevalue(name)
    gpg("--import", given=certificate(tmp_path, "ours").read_bytes())
    words = ["--local-user", signer, "--recipient", fingerprint("ours"), "--sign", "--encrypt"]
    message = gpg(*UNPACKED, *armor, *words, given=PLAIN, passphrase=passphrase)
    signed, found = ours_from(message, [secret("ours")], verify_with=[gpg.certificate(signer)])
    assert found == PLAIN
    assert signed.certificate == signer


def test_a_signature_inside_compression_is_refused_with_the_remedy(gpg, elliptic, tmp_path):
    gpg("--import", given=certificate(tmp_path, "ours").read_bytes())
    words = ["--local-user", elliptic, "--recipient", fingerprint("ours"), "--sign", "--encrypt"]
    message = gpg(*words, given=PLAIN)
    assert ours_from(message, [secret("ours")]) == (None, PLAIN)
    with pytest.raises(Unreadable, match="GnuPG: compress-algo none"):
        ours_from(message, [secret("ours")], verify_with=[gpg.certificate(elliptic)])


def test_a_key_with_a_passphrase_opens_with_it_alone(gpg, rsa):
    message = gpg("--recipient", rsa, "--encrypt", given=PLAIN)
    key_file = gpg.secret(rsa, passphrase="open sesame")
    found = ours_from(message, [key_file], passphrase=Given(b"open sesame"))
    assert found == (None, PLAIN)
    with pytest.raises(Misuse, match=f"{rsa} is locked by a passphrase, and the one that is set"):
        ours_from(message, [key_file], passphrase=Given(b"wrong"))
    with pytest.raises(Misuse, match="and none is set"):
        ours_from(message, [key_file])


def test_a_passphrase_that_is_not_needed_does_no_harm(gpg, elliptic):
    message = gpg("--recipient", elliptic, "--encrypt", given=PLAIN)
    unneeded = Given(b"not needed")
    assert ours_from(message, [gpg.secret(elliptic)], passphrase=unneeded)[1] == PLAIN


def test_signing_with_a_locked_key_takes_its_passphrase(gpg, rsa, tmp_path):
    key_file = gpg.secret(rsa, passphrase="open sesame")
    to = certificate(tmp_path, "ours")
    message = ours_to(to, sign_with=key_file, sign_passphrase=Given(b"open sesame"))
    found = ours_from(message, [secret("ours")], verify_with=[gpg.certificate(rsa)])
    assert found[0].certificate == rsa
    with pytest.raises(Misuse, match=f"sign_with: the key {rsa} is locked"):
        ours_to(to, sign_with=key_file)


def test_every_subkey_of_a_key_reads(gpg):
    name = gpg.person("Renewed", "ed25519", "sign")
    for _ in range(3):
        gpg.subkey(name, "cv25519")
    lines = gpg("--list-keys", "--with-colons", name).decode().splitlines()
    parts = [line.split(":")[9] for line in lines if line.startswith("fpr")][1:]
    key_file = gpg.secret(name)
    assert len(parts) == 3
    for part in parts:
        message = gpg("--recipient", f"{part}!", "--encrypt", given=PLAIN)
        assert ours_from(message, [key_file])[1] == PLAIN


def test_a_subkey_that_expired_is_not_encrypted_to(gpg):
    name = gpg.person("Expired", "ed25519", "sign", *LONG_AGO, lasting="30y")
    gpg.subkey(name, "cv25519", *LONG_AGO, lasting="1y")
    with pytest.raises(Misuse, match=f"{name} has no key to encrypt to [(]expired on 2020-12-31"):
        ours_to(gpg.certificate(name))
    with pytest.raises(Misuse, match=r"may decrypt now [(]expired on 2020-12-31"):
        ours_from(b"anything", [gpg.secret(name)])
    gpg.subkey(name, "cv25519", lasting="1y")
    [found] = inspect([gpg.certificate(name)])
    assert found.expires is not None
    message = gpg("--recipient", name, "--encrypt", given=PLAIN)
    assert ours_from(message, [gpg.secret(name)])[1] == PLAIN


def test_a_certificate_that_only_signs_is_not_encrypted_to(gpg):
    name = gpg.person("Signs", "ed25519", "sign")
    with pytest.raises(Misuse, match=r"no key to encrypt to [(]none is meant for that"):
        ours_to(gpg.certificate(name))


def test_a_certificate_that_rests_on_sha1_is_not_encrypted_to(gpg):
    weak = ("--cert-digest-algo", "SHA1")
    name = gpg.person("Weak", "rsa2048", "sign,encr", *weak)
    with pytest.raises(Misuse, match="no longer safe, such as SHA-1"):
        ours_to(gpg.certificate(name))


def test_a_signature_of_a_sender_who_was_revoked_is_refused(gpg, tmp_path):
    name = gpg.person("Leaver", "ed25519", "sign")
    gpg("--import", given=certificate(tmp_path, "ours").read_bytes())
    words = ["--local-user", name, "--recipient", fingerprint("ours"), "--sign", "--encrypt"]
    message = gpg(*UNPACKED, *words, given=PLAIN)
    written = (gpg.folder / "openpgp-revocs.d" / f"{name}.rev").read_text()
    gpg("--import", given=written.replace(":-----BEGIN", "-----BEGIN").encode())
    with pytest.raises(Unreadable, match="see whether it expired or was revoked"):
        ours_from(message, [secret("ours")], verify_with=[gpg.certificate(name)])


@pytest.mark.parametrize("kind", [("--store",), ("--sign", "--local-user", "Elliptic")])
def test_what_is_not_encrypted_is_refused(gpg, elliptic, kind):
    message = gpg(*kind, given=PLAIN)
    with pytest.raises(Unreadable, match="not encrypted, though decrypt_with"):
        ours_from(message, [secret("ours")], verify_with=[gpg.certificate(elliptic)])


def test_what_is_locked_by_a_password_alone_is_refused(gpg):
    message = gpg("--symmetric", given=PLAIN, passphrase="open sesame")
    with pytest.raises(Unreadable, match="not for our key"):
        ours_from(message, [secret("ours")])


def test_a_small_message_that_unfolds_to_a_large_one_is_refused(gpg, elliptic, tmp_path):
    words = ["--compress-algo", "zlib", "--recipient", elliptic, "--encrypt"]
    message = gpg(*words, given=bytes(64 << 20))
    assert len(message) < 1 << 20
    target = tmp_path / "plain"
    source = tmp_path / "sent"
    source.write_bytes(message)
    with pytest.raises(Unreadable, match="max_bytes"):
        decrypt(source, target, keys=[gpg.secret(elliptic)], most=1 << 20)
    assert list(tmp_path.iterdir()) == [source]


def test_what_is_no_secret_key_is_told(gpg, elliptic):
    with pytest.raises(Misuse, match="without its secret key"):
        ours_from(b"", [Given(gpg.certificate(elliptic).read_bytes())])
    with pytest.raises(Misuse, match="decrypt_with: this is no OpenPGP key"):
        ours_from(b"", [Given(b"no key")])
    with pytest.raises(Misuse, match=r"feeds.x.decrypt_with: this is no OpenPGP key"):
        ours_from(b"", [Given(b"", "feeds.x.decrypt_with")])


def test_keys_made_here_are_known_by_the_same_name(gpg):
    found = gpg("--with-colons", "--show-keys", given=bytes(key("ours").extract_certificate()))
    assert fingerprint("ours").encode() in found
