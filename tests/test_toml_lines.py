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
