"""Bad input takes time in proportion to its size, whatever is wrong with it."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.plugins.test_laws import read

FULL = {
    system: (Path(__file__).parents[1] / "oracles" / f"full_{system}.xml").read_text("utf-8")
    for system in ("toolbox", "twist")
}
NOTE = '<CounselorNote ref="R{n}" part="1" parts="2"><Date>2024-01-01</Date></CounselorNote>'


def _with(system: str, piece: str, count: int) -> bytes:
    """Put many of one piece into the first plan of a file, its counts mended."""
    end = {"twist": "</Customer>", "toolbox": "</IEP>"}[system]
    pieces = "".join(piece.replace("{n}", str(number)) for number in range(count))
    text = FULL[system].replace(end, pieces + end, 1)
    stated = re.search("<CounselorNoteCount>([0-9]+)", text)
    if stated and "CounselorNote" in piece:
        more = f"<CounselorNoteCount>{int(stated[1]) + count}"
        text = text.replace(stated[0], more)
    return text.encode()


WRONG: list[tuple[str, str]] = [
    ("toolbox", "<x>1</x>"),
    ("toolbox", '<Extra name="{n}" odd="1">x</Extra>'),
    ("twist", '<Barrier ref="b{n}" code="ZZ"/>'),
    ("twist", '<Barrier ref="b{n}" code="AT" odd="1"/>'),
    ("twist", NOTE),
]


@pytest.mark.parametrize(("system", "piece"), WRONG, ids=[piece for _, piece in WRONG])
def test_many_faults_take_time_in_proportion(system: str, piece: str) -> None:
    def effort(count: int) -> float:
        content = _with(system, piece, count)
        return min(_timed(lambda: read(system, content)) for _ in range(3))

    # Eight times as many take about eight times as long; in a square they take 64 times.
    assert effort(8_000) < 30 * effort(1_000)


def _timed(call: Callable[[], object]) -> float:
    begin = time.process_time()
    call()
    return time.process_time() - begin
