"""Lines of keys in TOML text."""

import pytest

from iepbridge.toml_lines import line_of

TEXT = """\
# a comment
[mapping]
system = "x"

[defaults."services[].funding"]
value = "WIOA"

[[flattened]]
line = "a"
parts = [
    { field = "label" },
]

[[flattened]]
line = "b"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("mapping", "system"), 3),
        (("mapping", "no such key"), 2),
        (("defaults", "services[].funding"), 5),
        (("defaults", "services[].funding", "value"), 6),
        (("flattened", 0, "line"), 9),
        (("flattened", 0, "parts", 0, "field"), 11),
        (("flattened", 1, "line"), 15),
        (("nowhere",), 1),
    ],
)
def test_a_key_is_found_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, path) == line


OTHER = """\
top = 1
a.b."c d" = 2
[x]
text = '''
[not.a.header]
key = 1
'''
list = [
  "one", # a comment
  # another
  [2,
   3],
]
inline = { deep = { er = 1 } }
[ x . y ]
z = 1
[[many]]
[[many.inner]]
[[many.inner]]
k = 1
[many.table]
k = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("a",), 2),
        (("a", "b", "c d"), 2),
        (("x", "text"), 4),
        (("not",), 1),
        (("x", "key"), 3),
        (("x", "list"), 8),
        (("x", "list", 0), 9),
        (("x", "list", 1, 1), 12),
        (("x", "list", 7), 8),
        (("x", "inline", "deep", "er"), 14),
        (("x", "y", "z"), 16),
        (("many", 0, "inner", 1, "k"), 20),
        (("many", 0, "table", "k"), 22),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_are_those_of_the_parser(path: tuple[str | int, ...], line: int, ending: str) -> None:
    assert line_of(OTHER.replace("\n", ending), path) == line


def test_a_long_list_is_told_by_its_first_line() -> None:
    text = "\n".join(["long = [", *("1,\n" for _ in range(150)), "]", "after = 1"])
    assert line_of(text, ("long",)) == 1
    assert line_of(text, ("after",)) == text.count("\n") + 1


def test_a_text_that_is_not_toml_has_the_lines_before() -> None:
    assert line_of("a = 1\nb = 2\nc = = 3\nd = 4", ("b",)) == 2
