"""Lines of known_hosts, against what ssh-keygen finds in them."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.servers import make_key
from tests.servers.running import program

from iepbridge.transports.sftp.pins import read_pins

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGu3DSbHTcXuFNnW9wVhUKnvX3sh8rQNyyXK8FD8VD9B"

MATCHING = [
    ("sftp.example", 22, "sftp.example", True),
    ("SFTP.Example", 22, "sftp.example", True),
    ("sftp.example", 22, "other.example,sftp.example", True),
    ("sftp.example", 22, "*.example", True),
    ("sftp.example", 22, "?ftp.example", True),
    ("sftp.example", 22, "*.example,!sftp.example", False),
    ("sftp.example", 22, "!other.example,*.example", True),
    ("sftp.example", 2222, "sftp.example", False),
    ("sftp.example", 2222, "[sftp.example]:2222", True),
    ("sftp.example", 2222, "[sftp.example]:22", False),
    ("sftp.example", 22, "s[f]tp.example", False),
    ("sftp.example", 22, "|1|bm90|aGFzaGVk", False),
    ("sftp.example", 22, "|1|???", False),
    ("fe80::1", 22, "fe80::1", True),
]


@pytest.mark.parametrize(("host", "port", "names", "found"), MATCHING)
def test_names(tmp_path: Path, host: str, port: int, names: str, found: bool) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"{names} {KEY} a comment\n")
    assert bool(read_pins("texas", path, host, port).keys) == found


_WORDS = st.text("ab.*?!", min_size=1, max_size=5)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_WORDS, min_size=1, max_size=3), st.text("ab.", min_size=1, max_size=4))
def test_patterns_mean_what_they_mean_to_openssh(
    tmp_path: Path, words: list[str], host: str
) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"{','.join(words)} {KEY}\n")
    keygen = [program("ssh-keygen", "openssh-client"), "-F", host, "-f", str(path)]
    found = subprocess.run(keygen, check=False, capture_output=True).stdout != b""
    assert bool(read_pins("texas", path, host, 22).keys) == found


def test_keys_that_nobody_speaks_pin_nothing(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"sftp.example ssh-dss AAAA\nsftp.example {make_key(tmp_path / 'k').public}\n")
    assert read_pins("texas", path, "sftp.example", 22).types == ("ssh-ed25519",)
