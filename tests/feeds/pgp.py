"""OpenPGP as the other side uses it: its own key, ours as a certificate; by the library alone."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pysequoia import Tsk, decrypt, encrypt


@cache
def _key(name: str) -> Tsk:
    return Tsk.generate(f"{name} <{name}@example.org>")


@dataclass(frozen=True)
class Pgp:
    """The keys of both sides, and what a configuration says of them; `wanted` is false for none."""

    folder: Path
    wanted: bool

    @property
    def ending(self) -> str:
        """What encrypted files end in."""
        return ".pgp" if self.wanted else ""

    def out(self) -> dict[str, Any]:
        """Give the keys of a feed out: encrypted to them, signed by us."""
        if not self.wanted:
            return {}
        return {"encrypt_to": self._certificate("theirs"), "sign_with": self._secret("ours")}

    def back(self, by: str = "theirs", to: str = "ours") -> dict[str, Any]:
        """Give the keys of a feed that reads what one has signed and encrypted to another."""
        if not self.wanted:
            return {}
        verify_with = [str(self._certificate(by))]
        return {"decrypt_with": self._secret(to), "verify_with": verify_with}

    def opened(self, content: bytes) -> bytes:
        """Open what came for the other side, and see that we have signed it."""
        if not self.wanted:
            return content
        ours = _key("ours").extract_certificate()
        found = decrypt(content, _key("theirs").decryptor(), lambda _: [ours])
        assert [one.certificate.lower() for one in found.valid_sigs] == [ours.fingerprint.lower()]
        assert found.bytes is not None
        return found.bytes

    def sealed(self, content: bytes) -> bytes:
        """Sign and encrypt what the other side sends us."""
        if not self.wanted:
            return content
        to = [_key("ours").extract_certificate()]
        return encrypt(content, recipients=to, signer=_key("theirs").signer(), armor=False)

    def _certificate(self, name: str) -> Path:
        path = self.folder / f"{name}.cert.pgp"
        path.write_bytes(bytes(_key(name).extract_certificate()))
        return path

    def _secret(self, name: str) -> dict[str, Any]:
        path = self.folder / f"{name}.key.pgp"
        path.touch(0o600)
        path.write_bytes(bytes(_key(name)))
        return {"file": path}
