"""Public corpora of bad and hostile XML: what must be refused is, for the right reason."""

import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from iepbridge.codecs.xml import XmlDocument
from iepbridge.errors import Unreadable
from iepbridge.formats import open_reader
from iepbridge.registry import load_registry

pytestmark = pytest.mark.corpora

BASE = "{http://www.w3.org/XML/1998/namespace}base"
Corpora = Callable[[str], Path]

# Names with characters that XML 1.0 allows since its fifth edition, which libxml2 follows: the
# suite has both documents a second time, as well-formed ones of that edition.
SINCE_FIFTH_EDITION = {"rmt-016", "rmt-019"}
# Begin with a malformed declaration or instruction, so that nothing behind it counts.
MALFORMED_BEFORE_DOCTYPE = {
    "o-p39fail5",
    "ibm-not-wf-P01-ibm01n02.xml",
    "ibm-not-wf-P23-ibm23n05.xml",
    "ibm-not-wf-P23-ibm23n06.xml",
    "ibm-not-wf-P83-ibm83n02.xml",
}
# In a comment, an instruction, a CDATA section.
NO_REAL_DOCTYPE = {"o-p15pass1", "o-p16pass1", "o-p18pass1"}


def verdict(data: bytes) -> str:
    """Say what became of a document: read, or the kind of its refusal."""
    try:
        encodings = frozenset({"UTF-8", "UTF-16"})
        document = XmlDocument(io.BytesIO(data), record="no-such", encodings=encodings)
        for child in document.children():
            for inner in child.iter():
                assert isinstance(inner.tag, str)
    except Unreadable as error:
        kinds = {
            "DOCTYPE": "DOCTYPE",
            "only XML 1.0 is taken": "version",
            "declaration (line 1) is malformed": "declaration",
            "Ask its sender for UTF": "encoding",
            "is not well-formed XML": "fault",
        }
        return next(kind for words, kind in kinds.items() if words in str(error))
    return "read"


@pytest.fixture(scope="module")
def suite(corpora: Corpora) -> list[tuple[dict[str, str], bytes]]:
    """The tests of the W3C's suite with their documents."""
    folder = corpora("xmlconf") / "build" / "dist"
    catalogue = folder / "cleaned" / "xmlconf-flattened.xml"
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return [
        (dict(test.attrib), (folder / "xmlconf" / path / test.get("URI", "")).read_bytes())
        for test in etree.parse(catalogue, parser).iter("TEST")
        for path in ["".join(one.get(BASE, "") for one in reversed([*test.iterancestors()]))]
    ]


def has_doctype(data: bytes) -> bool:
    return b"<!DOCTYPE" in data.replace(b"\0", b"")


def test_what_is_not_well_formed_is_refused(suite: list[tuple[dict[str, str], bytes]]) -> None:
    tests = [(test["ID"], verdict(data)) for test, data in suite if test["TYPE"] == "not-wf"]
    assert len(tests) == 1_498
    assert {name for name, found in tests if found == "read"} == SINCE_FIFTH_EDITION
    assert Counter(found for _, found in tests) == {
        "DOCTYPE": 1_176,
        "fault": 212,
        "version": 70,
        "declaration": 33,
        "encoding": 5,
        "read": 2,
    }


def test_both_systems_refuse_all_that_is_not_well_formed(
    suite: list[tuple[dict[str, str], bytes]],
) -> None:
    bad = [data for test, data in suite if test["TYPE"] == "not-wf"]
    registry = load_registry()
    for system in ("toolbox", "twist"):
        refused = 0
        for data in bad:
            with pytest.raises(Unreadable):
                list(open_reader(system, registry).read(io.BytesIO(data)))
            refused += 1
        assert refused == 1_498


def test_every_doctype_is_refused_for_that_reason(
    suite: list[tuple[dict[str, str], bytes]],
) -> None:
    tests = [(test["ID"], verdict(data)) for test, data in suite if has_doctype(data)]
    others = {name for name, found in tests if found != "DOCTYPE"}
    assert others == MALFORMED_BEFORE_DOCTYPE | NO_REAL_DOCTYPE
    assert (len(tests), len(tests) - len(others)) == (2_189, 2_181)


def test_what_is_well_formed_is_read(suite: list[tuple[dict[str, str], bytes]]) -> None:
    tests = [
        ("with colons in names" if test.get("NAMESPACE") == "no" else "", verdict(data))
        for test, data in suite
        if test["TYPE"] in {"valid", "invalid"}
    ]
    assert Counter(tests) == {
        ("", "read"): 73,
        ("", "DOCTYPE"): 964,
        ("", "version"): 3,
        ("with colons in names", "DOCTYPE"): 12,
        ("with colons in names", "fault"): 2,
    }


def test_entity_bombs_and_foreign_files_are_refused(corpora: Corpora) -> None:
    folder = corpora("defusedxml") / "xmltestdata"
    found = {path.name: verdict(path.read_bytes()) for path in folder.iterdir()}
    refused = {name for name, kind in found.items() if kind == "DOCTYPE"}
    assert refused == {
        "cyclic.xml",
        "dtd.xml",
        "dtd_element.xml",
        "external.xml",
        "external_file.xml",
        "quadratic.xml",
        "xmlbomb.xml",
        "xmlbomb2.xml",
    }
    assert {found[name] for name in found.keys() - refused} == {"read"}


def payloads(corpora: Corpora) -> Iterator[tuple[str, bytes]]:
    """The payloads, each with its heading."""
    (path,) = (corpora("xxe-payloads") / "Intruder").iterdir()
    heading = ""
    for part in re.split(rb"(?m)^(\*.*)\n|\n\s*\n(?=<\?xml)", path.read_bytes()):
        if part and part.startswith(b"*"):
            heading = part.decode().strip("* \r")
        elif part and part.strip():
            yield heading, part.strip()


def test_payloads_are_refused(corpora: Corpora) -> None:
    found = [(heading, verdict(data)) for heading, data in payloads(corpora)]
    harmless = {heading for heading, kind in found if kind == "read"}
    assert harmless == {"XXE: Basic XML Example", "XXE: XXE inside SVG"}
    # A heading, a prefix that nothing declares; UTF-7.
    assert Counter(kind for _, kind in found) == {
        "DOCTYPE": 13,
        "fault": 2,
        "encoding": 1,
        "read": 2,
    }


def test_bombs_take_little_time_and_memory(corpora: Corpora, tmp_path: Path) -> None:
    files = [*(corpora("defusedxml") / "xmltestdata").iterdir()]
    for number, (_, data) in enumerate(payloads(corpora)):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(data)
    script = """
import resource, sys
from iepbridge.codecs.xml import XmlDocument
from iepbridge.errors import Unreadable
def most(): return resource.getrusage(resource.RUSAGE_SELF)
before = most()
for name in sys.argv[1:]:
    try:
        with open(name, "rb") as stream: list(XmlDocument(stream, record="r").children())
    except Unreadable: pass
print(most().ru_maxrss - before.ru_maxrss, most().ru_utime - before.ru_utime)
"""
    command = [sys.executable, "-c", script, *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    kilobytes, seconds = run.stdout.split()
    assert int(kilobytes) < 5_000
    assert float(seconds) < 2
