"""Messages that were changed on their way."""

import io
import tempfile
from pathlib import Path

from tests.openpgp.rings import certificate, secret
from tests.torture.claims import Trial, claim

from iepbridge.errors import Unreadable
from iepbridge.openpgp import decrypt, encrypt

PLAIN = b"a made-up plan\n" * 200
MOST = 400  # each takes a process of its own


@claim("An OpenPGP file with any byte changed is refused, or gives what was sent")
def changed_anywhere(trial: Trial) -> None:
    """Change one byte at a time, through the same child process as a run."""
    with tempfile.TemporaryDirectory() as folder:
        sender = certificate(Path(folder), "theirs")
        message = io.BytesIO()
        to = [certificate(Path(folder), "ours")]
        encrypt(io.BytesIO(PLAIN), message, to=to, sign_with=secret("theirs"))
        whole = message.getvalue()
        count = min(MOST, trial.most or MOST)
        for place in sorted(trial.random.sample(range(len(whole)), min(count, len(whole)))):
            mask = trial.random.randrange(1, 256)
            with trial.case(f"byte {place} changed by {mask:#04x}"):
                _refused_or_same(_changed(whole, place, mask), sender)


def _changed(whole: bytes, place: int, mask: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ mask]) + whole[place + 1 :]


def _refused_or_same(changed: bytes, sender: Path) -> None:
    target = io.BytesIO()
    try:
        decrypt(io.BytesIO(changed), target, keys=[secret("ours")], verify_with=[sender])
    except Unreadable:
        assert not target.getvalue()
    else:
        assert target.getvalue() == PLAIN
