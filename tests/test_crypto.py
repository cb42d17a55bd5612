"""Keys: what they seal opens in its place only, and nothing of them is ever shown."""

import base64
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.crypto import KEY_BYTES, Damaged, Keyring, Sealed
from iepbridge.errors import Misuse


def key(number: int) -> str:
    return base64.b64encode(bytes([number]) * KEY_BYTES).decode()


OLD = Keyring.parse(f"1:{key(1)}")
BOTH = Keyring.parse(f"2:{key(2)}, 1:{key(1)}\n")
NEW = Keyring.parse(f"2:{key(2)}")


@given(st.binary(), st.binary())
def test_what_was_sealed_opens_in_its_place(plain: bytes, context: bytes) -> None:
    sealed = OLD.seal(plain, context)
    assert BOTH.open(sealed, context) == plain


@given(st.binary(), st.integers(min_value=0), st.integers(0, 7))
def test_a_bit_that_flipped_is_found(plain: bytes, place: int, bit: int) -> None:
    sealed = OLD.seal(plain, b"here")
    joined = bytearray(sealed.nonce + sealed.data)
    joined[place % len(joined)] ^= 1 << bit
    changed = Sealed(sealed.key_id, bytes(joined[:12]), bytes(joined[12:]))
    with pytest.raises(Damaged, match="under key 1 does not open"):
        OLD.open(changed, b"here")


@given(st.binary(), st.binary())
def test_another_place_is_found(one: bytes, other: bytes) -> None:
    if one != other:
        with pytest.raises(Damaged):
            OLD.open(OLD.seal(b"plain", one), other)


@pytest.mark.parametrize("nonce", [b"", b"x" * 7, b"x" * 200])
def test_a_nonce_of_another_size_is_damage(nonce: bytes) -> None:
    with pytest.raises(Damaged):
        OLD.open(Sealed("1", nonce, bytes(40)), b"")


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    assert BOTH.seal(b"", b"").key_id == BOTH.newest == "2"
    assert NEW.open(BOTH.seal(b"plain", b""), b"") == b"plain"


def test_a_key_that_is_missing_is_named() -> None:
    with pytest.raises(Misuse, match="no key 1,"):
        NEW.open(OLD.seal(b"plain", b""), b"")


def test_the_same_bytes_are_never_sealed_the_same() -> None:
    assert len({OLD.seal(b"plain", b"") for _ in range(100)}) == 100


def test_a_mark_is_the_same_for_the_same_number_under_one_key() -> None:
    assert OLD.mark("900-11-2233") == OLD.mark("900-11-2233") != OLD.mark("900-11-2234")
    assert set(BOTH.marks("x")) == {OLD.mark("x"), NEW.mark("x")}
    assert BOTH.mark("x") == BOTH.marks("x")[0] == NEW.mark("x")


@pytest.mark.parametrize("separator", [",", " ", "\n", ", ", ",\n", "\r\n"])
def test_keys_are_parted_by_commas_or_white_space(separator: str) -> None:
    ring = Keyring.parse(separator.join([f"b:{key(1)}", f"a:{key(2)}"]) + separator)
    assert ring.ids == ("b", "a")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        key(1),
        f":{key(1)}",
        f"a b:{key(1)}",
        f"{'x' * 33}:{key(1)}",
        f"1:{key(1)[:-2]}",
        f"1:{key(1)}A",
        f"1:{base64.b64encode(bytes(31)).decode()}",
        f"1:{base64.b64encode(bytes(33)).decode()}",
        f"1:{key(1)};2:{key(2)}",
        f"1:{key(1)},1:{key(2)}",
        f"1:{key(1)},2",
    ],
)
def test_what_is_no_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(Misuse, match=r"\[ledger\] key") as refused:
        Keyring.parse(text)
    shown = "".join(traceback.format_exception(refused.value))
    assert not any(key(number)[:8] in shown for number in (1, 2))


def test_a_ring_shows_ids_alone() -> None:
    assert repr(BOTH) == str(BOTH) == "Keyring(2, 1)"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(BOTH)
