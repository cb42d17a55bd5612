"""Code tables, both ways."""

from iepbridge.crosswalk import Crosswalk, Row

FUND = Crosswalk(
    "fund",
    "codes.csv",
    ("code",),
    (
        Row("WIOA", ("97",), "", 2),
        Row("Other", ("999",), "", 3),
        Row("*", ("999",), "write", 4),
        Row("WIOA", ("098",), "read", 5),
    ),
)


def test_a_table_writes_and_reads() -> None:
    assert FUND.codes_of("code") == {"WIOA": "97", "Other": "999"}
    assert FUND.any_other("code") == "999"
    assert FUND.reading == {("97",): "WIOA", ("999",): "Other", ("098",): "WIOA"}
    assert FUND.joined() == {"*": "Other"}
    assert FUND.mistakes() == []


def test_a_table_that_cannot_work_both_ways_is_told_by_line() -> None:
    table = Crosswalk(
        "bad",
        "codes.csv",
        ("code",),
        (
            Row("a", ("1",), "", 2),
            Row("b", ("1",), "", 3),
            Row("a", ("2",), "write", 4),
            Row("c", ("3",), "write", 5),
        ),
    )
    lines = [line for line, _ in table.mistakes()]
    assert lines == [4, 3, 4, 5]
