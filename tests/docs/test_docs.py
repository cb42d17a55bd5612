"""The documentation is true: its commands run, its tables are whole, its links lead somewhere."""

import re
import typing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel
from tests.docs.pages import Played, Player, blocks, steps

from iepbridge import crosswalk, errors
from iepbridge.adapter import Adapter
from iepbridge.cli import boundary
from iepbridge.cli.parser import Parser, add_common
from iepbridge.cli.translate import add_arguments
from iepbridge.codecs import json_text, jsonl
from iepbridge.codecs.xml import XmlLimits
from iepbridge.finding import Finding, Loss, LossKind
from iepbridge.mapping import layout, rows
from iepbridge.mapping.settings import Settings
from iepbridge.plan import refusals

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))]
LINKED = [
    *sorted(REPOSITORY.glob("*.md")),
    *sorted(DOCS.rglob("*.md")),
    *sorted(REPOSITORY.glob("plugins/*/README.md")),
]
SOURCES = [*REPOSITORY.glob("core/**/*.py"), *REPOSITORY.glob("plugins/**/*.py")]


def name_of(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """Give what became of each page; they are played side by side."""

    players = [Player(REPOSITORY, tmp_path_factory.mktemp("page")) for _ in PAGES]
    texts = [page.read_text("utf-8") for page in PAGES]
    with ThreadPoolExecutor() as pool:
        outcomes = pool.map(Player.play, players, texts)
        return dict(zip(map(name_of, PAGES), outcomes, strict=True))


@pytest.mark.linux
@pytest.mark.long
@pytest.mark.parametrize("page", [name_of(page) for page in PAGES])
def test_commands_do_what_the_page_says(played: dict[str, Played], page: str) -> None:
    faults = played[page].faults
    assert not faults, "\n\n".join(["", *faults])


@pytest.mark.linux
@pytest.mark.long
def test_commands_were_run(played: dict[str, Played]) -> None:
    assert sum(page.steps for page in played.values()) > 40


def test_a_page_is_taken_apart_as_a_reader_does() -> None:
    made, console = blocks(
        "`a/b.txt`\n```text\nhere\n```\n"
        "```console\n$ cat <<'END'\none\nEND\n$ ls \\\n  -l\nout\n```\n"
    )
    assert (made.caption, made.lines) == ("a/b.txt", ("here",))
    first, second = steps(console)
    assert (first.command, first.shown) == ("cat <<'END'\none\nEND", "")
    assert (second.command, second.shown, second.line) == ("ls \\\n  -l", "out", 9)


@pytest.mark.linux
def test_a_page_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    page = "```console\n$ echo one\ntwo\n$ false\n$ false\n$ echo $?\n1\n```\n"
    faults = Player(REPOSITORY, tmp_path).play(page).faults
    assert [fault.partition("\n")[0] for fault in faults] == ["line 2: echo one", "line 4: false"]


# Tables


@cache
def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def section(name: str, heading: str) -> str:
    """Give a page's text under a heading, up to the next heading of its level or above."""
    level = heading.partition(" ")[0]
    after = page(name).partition(f"\n{heading}\n")[2]
    assert after, f"{name} has no {heading}"
    return re.split(rf"\n#{{1,{len(level)}}} ", after)[0]


def first_column(text: str, column: str) -> set[str]:
    """Give what stands between backticks in the first column of the table headed so."""
    table = text.partition(f"| {column} |")[2].partition("\n\n")[0]
    return {one for row in table.splitlines()[2:] for one in re.findall("`([^`]+)`", cell(row))}


def cell(row: str) -> str:
    return row.split("|")[1]


def in_sources(pattern: str) -> set[str]:
    return {one for path in SOURCES for one in re.findall(pattern, path.read_text("utf-8"))}


def test_every_finding_code_is_documented_and_no_other() -> None:
    emitted = in_sources(r'"(FMT-[A-Z]+)"') | {f"MODEL-{number}" for number in refusals.REMEDIES}
    assert first_column(section("translate.md", "## Findings"), "code") == emitted


def test_every_field_of_the_reports_is_documented() -> None:
    findings = first_column(section("translate.md", "## Findings"), "field")
    assert findings == {field.name for field in fields(Finding)}
    losses = section("translate.md", "## Losses")
    assert first_column(losses, "kind") == set(typing.get_args(LossKind))
    assert all(f'"{name}"' in losses for name in Loss._fields)


def test_every_exit_code_is_documented() -> None:
    table = section("translate.md", "## Exit codes")
    codes = " ".join(cell(row) for row in table.splitlines() if row.startswith("|"))
    documented = {int(code) for code in re.findall(r"[0-9]+", codes)}
    raised = {error.exit_code for error in _tree(errors.IepbridgeError)}
    assert documented == raised | {0, boundary.FAULT, 129, 130, 143, 141}


def _tree(error: type[errors.IepbridgeError]) -> Iterator[type[errors.IepbridgeError]]:
    yield error
    for kind in error.__subclasses__():
        yield from _tree(kind)


def test_every_option_of_translate_is_documented() -> None:
    parser = Parser()
    add_arguments(parser)
    add_common(parser)
    options = {text for action in parser._actions for text in action.option_strings}
    options -= {"-h", "--help", "--output"}
    written = page("translate.md")
    assert not [option for option in options if not re.search(rf"[` ]{option}\b", written)]


def test_every_event_of_the_log_is_documented() -> None:
    logged = in_sources(r'\n +(?:_?log|logger\(\))(?:\.[a-z]+)?\(\s*"([a-z_]+)"')
    documented = first_column(section("translate.md", "## In a scheduled job"), "event")
    assert documented == logged


LANGUAGE = {
    ("## Read fields.csv", "column"): set(rows.FIELD_COLUMNS),
    ("### Fields", "kind"): set(typing.get_args(layout.FieldKind)),
    ("### Groups", "kind"): set(typing.get_args(layout.GroupKind)),
    ("### Frame", "kind"): set(typing.get_args(layout.FrameKind)),
    ("## Read fields.csv", "required"): set(typing.get_args(layout.Required)) - {""},
    ("## Code tables", "column of `codes.csv`"): set(rows.CODE_COLUMNS),
}


@pytest.mark.parametrize(("heading", "column"), LANGUAGE)
def test_every_word_of_the_table_is_documented(heading: str, column: str) -> None:
    documented = first_column(section("mappings.md", heading), column)
    assert documented == LANGUAGE[heading, column]


def test_every_setting_of_a_mapping_is_documented() -> None:
    documented = first_column(section("mappings.md", "## mapping.toml"), "setting")
    assert documented == set(_settings(Settings, ""))


def _settings(model: type[BaseModel], within: str) -> Iterator[str]:
    """Give the settings of a table, and of the tables in it, as dotted names."""
    for name, one in model.model_fields.items():
        inner = [kind for kind in _types(one.annotation) if issubclass(kind, BaseModel)]
        if not inner:
            yield f"{within}{name}"
        for kind in inner:
            yield from _settings(kind, f"{within}{name}.")


def _types(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type) and not typing.get_args(annotation):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _types(inner)


def test_every_form_and_direction_of_a_mapping_is_documented() -> None:
    text = page("mappings.md")
    forms = in_settings("date") | in_settings("codec") | in_settings("encodings")
    names = forms | set(crosswalk.DIRECTIONS) - {""} | {crosswalk.ANY_OTHER} | rows._FOR_PEOPLE
    assert not {name for name in names if f"`{name}`" not in text}


def in_settings(name: str) -> set[str]:
    """Give the words that a setting takes."""
    tables = (Settings.model_fields[table].annotation for table in ("file", "forms"))
    annotations = [t.model_fields[name].annotation for t in tables if name in t.model_fields]
    return {word for one in annotations for word in _words(one)}


def _words(annotation: object) -> Iterator[str]:
    for inner in typing.get_args(annotation):
        yield from [inner] if isinstance(inner, str) else _words(inner)


def test_every_field_of_an_adapter_is_documented() -> None:
    documented = first_column(section("plugins.md", "## The contract"), "field of `Adapter`")
    assert documented == {field.name for field in fields(Adapter)}


def test_every_reason_of_a_broken_plugin_is_as_it_is_told() -> None:
    text = section("plugins.md", "## When a plugin is broken")
    told = (REPOSITORY / "core" / "iepbridge" / "registry.py").read_text("utf-8")
    raised = told.count("raise Misuse(") - 2  # less the two that the registry itself is asked for
    reasons = first_column(text, "reason")
    assert len(reasons) == raised + told.count("_broken(entry, ") - 1
    for reason in reasons:
        assert all(piece.strip() in told for piece in reason.split("…")), reason


def test_the_caps_are_those_of_the_readers() -> None:
    limits = XmlLimits()
    caps = {
        "bytes": (limits.record_bytes, jsonl.LINE_BYTES),
        "elements; values": (limits.elements, json_text.VALUES),
        "levels": (limits.depth, json_text.LEVELS),
        "characters of one text": (limits.text, json_text.TEXT_CHARACTERS),
    }
    rows = [f"| {name} | {xml:,} | {json:,} |" for name, (xml, json) in caps.items()]
    rows.append(f"| attributes | {limits.attributes:,} | |")
    assert "\n".join(rows) in page("security.md")


# Links


@pytest.mark.parametrize("source", [name_of(page) for page in LINKED])
def test_links_lead_somewhere(source: str) -> None:
    own = REPOSITORY / source
    text = re.sub(r"```.*?```", "", own.read_text("utf-8"), flags=re.DOTALL)
    targets = [t for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
    lost = [target for target in targets if not _is_there(own, target)]
    assert not lost, f"{source} links to {lost}"


def _is_there(own: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (own.parent / path).resolve() if path else own
    return file.exists() and (not anchor or anchor in _anchors(file))


def _anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading).strip().lower() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    assert not [page.name for page in DOCS.glob("*.md") if f"docs/{page.name}" not in readme]
