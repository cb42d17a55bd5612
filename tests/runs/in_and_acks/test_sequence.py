"""Where a file stands: as two parties would count who never forget how often they began anew."""

from hypothesis import example, given
from hypothesis import strategies as st

from iepbridge.ledger.sequences import HIGHEST, Number
from iepbridge.runs.sequence import Place, stand

AHEAD = HIGHEST // 2

counts = st.integers(0, 5 * HIGHEST) | st.integers(1, 4).map(lambda turn: turn * HIGHEST - 1)
steps = st.integers(-AHEAD, AHEAD - 1) | st.integers(-3, 3)


def numbered(count: int) -> Number:
    """Give the number of a file by how many were made before it."""
    return Number(count // HIGHEST, count % HIGHEST + 1)


def test_the_first_file_fixes_the_start() -> None:
    assert stand(None, 417) == (Place.NEXT, Number(0, 417), None)


@given(counts, steps)
@example(HIGHEST - 1, 0)
@example(HIGHEST - 2, 1)
@example(HIGHEST, -1)
def test_a_file_stands_where_its_sender_counted_it(read: int, step: int) -> None:
    """`read` files before the last one, and one that is `step` after the one that is due."""
    count = read + 1 + step
    found = stand(numbered(read), numbered(count).sequence)
    assert found.number == numbered(count)
    assert found.expected == numbered(read + 1).sequence
    assert found.place is (Place.NEXT if step == 0 else Place.GAP if step > 0 else Place.REPEAT)


@given(st.integers(1, HIGHEST), st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_files_are_read_once_each_in_the_order_they_were_made(start: int, order: list[int]) -> None:
    """However files come, what is read is the longest run from the start that is there."""
    made = [numbered(start - 1 + step).sequence for step in range(8)]
    last = numbered(start - 1)._replace(cycle=0)
    waiting, read = [made[step] for step in order], [0]
    while (now := next((one for one in waiting if _is_next(last, one)), None)) is not None:
        last = stand(last, now).number
        read.append(made.index(now))
    assert read == list(range(len(read)))
    assert len(read) not in order


def _is_next(last: Number, sequence: int) -> bool:
    return stand(last, sequence).place is Place.NEXT
