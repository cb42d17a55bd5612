"""The plans of source files: each content once, where it stands, and files taken whole."""

from pathlib import Path

import pytest
from tests.runs.place import Data, lines, plan

from iepbridge.codecs.jsonl import content_digest
from iepbridge.errors import Unreadable
from iepbridge.output import Unwritable
from iepbridge.runs.source import Found, SourceIndex, source_files


def lay(folder: Path, name: str, *plans: Data | bytes) -> Path:
    path = folder / name
    path.write_bytes(b"".join(one if isinstance(one, bytes) else lines(one) for one in plans))
    return path


def groups(*files: Path) -> list[list[tuple[str, int]]]:
    with SourceIndex() as index:
        for file in files:
            index.add(file)
        return [[(one.plan_id, one.version) for one in group] for group in index.groups()]


def test_contents_come_by_plan_in_the_order_they_first_stand(tmp_path: Path) -> None:
    a = lay(tmp_path, "a", plan("P-2"), plan("P-1", 2), plan("P-2", 3))
    b = lay(tmp_path, "b", plan("P-1", 1), plan("P-3"), plan("P-2"))
    assert groups(a, b) == [[("P-2", 1), ("P-2", 3)], [("P-1", 2), ("P-1", 1)], [("P-3", 1)]]


def test_contents_come_by_plan_once_and_say_who_is_closed(tmp_path: Path) -> None:
    nameless = {key: value for key, value in plan().items() if key != "plan_id"}
    ended = plan("P-2", 3, status="closed")
    a = lay(tmp_path, "a", plan("P-2"), nameless, plan("P-1", 2), ended, plan("P-2"))
    with SourceIndex() as index:
        index.add(a)
        found = dict(index.contents())
        assert {one: [own.version for own in found[one]] for one in found} == {
            "P-1": [2],
            "P-2": [1, 3],
        }
        assert [index.is_closed("P-2", one) for one in found["P-2"]] == [False, True]


def test_lines_are_found_again_whatever_stands_between(tmp_path: Path) -> None:
    """A byte order mark, empty lines, another line end, no end at all."""
    texts = [lines(plan(f"P-{number}", comments="é" * number)) for number in range(3)]
    a = lay(tmp_path, "a", b"\xef\xbb\xbf", texts[0], b"\n \r\n", texts[1])
    b = lay(tmp_path, "b", texts[2].rstrip(b"\n"))
    with SourceIndex() as index:
        index.add(a)
        index.add(b)
        found = [one for group in index.groups() for one in group]
        for one, text in zip(found, texts, strict=True):
            line, parsed = index.line(one)
            assert line.rstrip(b"\n") == text.rstrip(b"\n")
            assert content_digest(parsed.data) == one.digest
        assert index.plans == 3


@pytest.mark.parametrize(
    "damage",
    [b"{", b"[]", b'{"a": 1, "a": 2}', b'{"x": ' + b"[" * 101 + b"]" * 101 + b"}", b"\xff"],
    ids=["cut", "a list", "a key twice", "too deep", "no UTF-8"],
)
def test_a_damaged_file_is_refused_whole_and_told_by_line(tmp_path: Path, damage: bytes) -> None:
    """What an earlier file has of its plans stays; what only it has does not come in."""
    earlier = lay(tmp_path, "a", plan("P-1"))
    damaged = lay(tmp_path, "b", plan("P-1"), plan("P-2"), plan("P-3"), damage)
    later = lay(tmp_path, "c", plan("P-3"))
    with SourceIndex() as index:
        index.add(earlier)
        with pytest.raises(Unreadable, match=r"b: .*line 4"):
            index.add(damaged)
        index.add(later)
        found = [[one.plan_id for one in group] for group in index.groups()]
        assert (found, index.plans) == ([["P-1"], ["P-3"]], 2)


def test_plans_without_an_id_are_each_by_themselves(tmp_path: Path) -> None:
    nameless = {"schema": "iep/1", "version": 1}
    a = lay(tmp_path, "a", nameless, {"plan_id": "P-1"}, {"plan_id": "P 1", "version": 1}, nameless)
    assert groups(a) == [[("", 0)], [("", 0)], [("P-1", 0)]]


@pytest.mark.parametrize("change", ["other", "shorter", "torn"])
def test_a_file_that_changed_is_not_believed(tmp_path: Path, change: str) -> None:
    path = lay(tmp_path, "a", plan("P-1", comments="before"))
    with SourceIndex() as index:
        index.add(path)
        (found,) = next(index.groups())
        text = path.read_bytes()
        new = {"other": text.replace(b"before", b"after_"), "shorter": b"", "torn": text[:-9]}
        path.write_bytes(new[change])
        with pytest.raises(Unreadable, match="changed while it was read"):
            index.line(found)


def test_a_file_that_is_renamed_away_stays_what_it_was(tmp_path: Path) -> None:
    path = lay(tmp_path, "a", plan("P-1"))
    with SourceIndex() as index:
        index.add(path)
        (found,) = next(index.groups())
        lay(tmp_path, "b", plan("P-9")).rename(path)
        assert index.line(found)[1].data["plan_id"] == "P-1"


def test_what_was_found_is_known_by_its_content(tmp_path: Path) -> None:
    with SourceIndex() as index:
        index.add(lay(tmp_path, "a", plan("P-1")))
        (found,) = next(index.groups())
        assert isinstance(found, Found)
        assert index.has("P-1", found.digest)
        assert not index.has("P-2", found.digest)
        assert not index.has("P-1", bytes(32))


def test_a_file_that_is_not_there_any_more_is_unreadable(tmp_path: Path) -> None:
    with SourceIndex() as index, pytest.raises(Unreadable, match="cannot be read"):
        index.add(tmp_path / "gone")


def test_a_full_disk_is_no_fault_of_a_file(tmp_path: Path) -> None:
    path = lay(tmp_path, "a", *({"plan_id": f"P-{n}", "version": 1} for n in range(500)))
    with SourceIndex() as index:
        index._execute("PRAGMA max_page_count = 2")
        with pytest.raises(Unwritable, match="TMPDIR"):
            index.add(path)


def test_source_files_are_files_that_the_pattern_names(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "c.json", ".d.jsonl", "[e].jsonl"):
        (tmp_path / name).touch()
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "nowhere.jsonl").symlink_to(tmp_path / "gone")
    found = [path.name for path in source_files(tmp_path / "*.jsonl")]
    assert found == ["[e].jsonl", "a.jsonl", "b.jsonl"]
    assert source_files(tmp_path / "x" / "*.jsonl") == []
