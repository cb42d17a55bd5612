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
from iepbridge.codecs import json_text, jsonl, zip_layout
from iepbridge.codecs.xml import XmlLimits
from iepbridge.finding import Finding, Loss, LossKind
from iepbridge.ledger import files, holds, schema
from iepbridge.mapping import file_forms, layout, plan_writer, rows
from iepbridge.mapping.delimited import lint as delimited_lint
from iepbridge.mapping.fixed import lint as fixed_lint
from iepbridge.mapping.records import lint as records_lint
from iepbridge.mapping.settings import FormsTable, Settings
from iepbridge.mapping.xml import lint as xml_lint
from iepbridge.plan import refusals
from iepbridge.runs import guard

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
    assert findings == set(Finding._fields)
    losses = section("translate.md", "## Losses")
    assert first_column(losses, "kind") == set(typing.get_args(LossKind))
    assert all(f'"{name}"' in losses for name in Loss._fields)


def test_every_exit_code_is_documented() -> None:
    raised = {error.exit_code for error in _tree(errors.IepbridgeError)}
    every = raised | {0, boundary.FAULT, 129, 130, 143, 141}
    assert _exit_codes("operations.md") == every
    assert _exit_codes("translate.md") == every - {4, 5, 6, 7, 8}


def _exit_codes(name: str) -> set[int]:
    table = section(name, "## Exit codes")
    codes = " ".join(cell(row) for row in table.splitlines() if row.startswith("|"))
    return {int(code) for code in re.findall(r"[0-9]+", codes)}


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
    logged = in_sources(r'\n +(?:_?log|(?:logs\.)?logger\(\))(?:\.[a-z]+)?\(\s*"([a-z_]+)"')
    chosen = {*CHOSEN["batch"], *CHOSEN["file"], "answers_read"} - {"batch_not_delivered"}
    of_files = first_column(section("translate.md", "## In a scheduled job"), "event")
    of_feeds = first_column(section("operations.md", "## Events of the log"), "event")
    assert of_files | of_feeds == logged | chosen


CHOSEN = {
    "batch": ("batch_delivered", "batch_not_delivered", "batch_unknown"),
    "file": ("file_fetched", "file_again", "file_gap", "file_repeat"),
}
"""Events whose names are put together from what happened."""


def test_every_event_of_the_ledger_is_documented() -> None:
    added = in_sources(r'\.event\(\s*"([a-z_]+)"') | in_sources(r'\.write\("(batch_[a-z_]+)"')
    states = (files.READ, files.GAP, files.REPEAT, files.REFUSED, files.FOREIGN)
    added |= {*CHOSEN["batch"], *(f"file_{state}" for state in states)}
    added |= {guard.TRIPPED, guard.ACCEPTED}
    deeds = ("shown", "exported", "released")
    added |= {f"{what}_{deed}" for what in ("plan", "file") for deed in deeds}
    documented = first_column(section("operations.md", "## Events of the ledger"), "event")
    assert documented == added


def test_every_reason_of_a_hold_is_documented() -> None:
    reasons = {*holds.RELEASABLE, *holds._MEND}
    assert first_column(section("feeds.md", "## What is held"), "reason") == reasons


def test_every_state_is_documented() -> None:
    states = first_column(section("feeds.md", "## What is sent, and what is not"), "state")
    assert states == set(schema.STATES)


WORDS = "mappings-reference.md"
LANGUAGE = {
    ("## fields.csv", "column"): set(rows.FIELD_COLUMNS),
    ("## Fields", "kind"): set(typing.get_args(layout.FieldKind)),
    ("## Groups", "kind"): set(typing.get_args(layout.GroupKind)),
    ("## Frame", "kind"): set(typing.get_args(layout.FrameKind)),
    ("## fields.csv", "required"): set(typing.get_args(layout.Required)) - {""},
    ("## Code tables", "column of `codes.csv`"): set(rows.CODE_COLUMNS),
}
FILES = {
    _word: model
    for model in typing.get_args(typing.get_args(file_forms.FileForm)[0])
    for _word in typing.get_args(model.model_fields["codec"].annotation)
}
"""What `[file]` of a mapping is, by codec."""

IN_EVERY_FILE = set.intersection(*(set(model.model_fields) for model in FILES.values()))
_NOT_RECORDS = {
    *records_lint._NOT_HERE,
    *set(typing.get_args(layout.GroupKind)) - set(records_lint._GROUPS),
}
NOT_IN = {
    "xml": xml_lint._NOT_HERE,
    "delimited": {
        *_NOT_RECORDS,
        "item count",
        *set(typing.get_args(layout.FrameKind)) - set(delimited_lint._FRAME),
    },
    "fixed": {*_NOT_RECORDS, *fixed_lint._NOT_HERE},
}
"""The kinds that the check of a codec refuses."""


@pytest.mark.parametrize(("heading", "column"), LANGUAGE)
def test_every_word_of_the_table_is_documented(heading: str, column: str) -> None:
    documented = first_column(section(WORDS, heading), column)
    assert documented == LANGUAGE[heading, column]


@pytest.mark.parametrize("heading", ["## Fields", "## Groups", "## Frame"])
def test_every_kind_names_the_codecs_that_take_it(heading: str) -> None:
    found = re.findall(r"^\| `([^`]+)` \| .* \| ([^|]+) \|$", section(WORDS, heading), re.MULTILINE)
    assert {kind for kind, _ in found} == LANGUAGE[heading, "kind"]
    for kind, codecs in found:
        named = set(FILES) if codecs == "all" else set(re.findall("`([^`]+)`", codecs))
        assert named
        assert named <= set(FILES)
        assert not [codec for codec in named if kind in NOT_IN[codec]], kind


def test_every_setting_of_a_mapping_is_documented() -> None:
    common = {one for one in _settings(Settings, "") if not one.startswith("file.")}
    common |= {f"file.{name}" for name in IN_EVERY_FILE}
    assert first_column(section(WORDS, "## mapping.toml"), "setting") == common


@pytest.mark.parametrize("codec", FILES)
def test_every_setting_of_a_file_is_documented(codec: str) -> None:
    own = {one for one in _settings(FILES[codec], "file.") if one[5:] not in IN_EVERY_FILE}
    assert first_column(section(WORDS, f"### file, codec {codec}"), "setting") == own


def _settings(model: type[BaseModel], within: str) -> Iterator[str]:
    """Give the settings of a table, and of the tables in it, as dotted names."""
    for name, one in model.model_fields.items():
        inner = [kind for kind in _types(one.annotation) if issubclass(kind, BaseModel)]
        if not inner:
            yield f"{within}{one.alias or name}"
        for kind in inner:
            yield from _settings(kind, f"{within}{name}.")


def _types(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type) and not typing.get_args(annotation):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _types(inner)


def test_every_form_and_direction_of_a_mapping_is_documented() -> None:
    text = page(WORDS)
    settings = [*FILES.values(), FormsTable]
    forms = {
        one for name in ("date", "codec", "encodings", "code_page") for one in taken(name, settings)
    }
    names = forms | set(crosswalk.DIRECTIONS) - {""} | rows._FOR_PEOPLE
    names |= {crosswalk.ANY_OTHER, crosswalk.NOTHING, layout.EVERY_RECORD}
    assert not {name for name in names if f"`{name}`" not in text}


def taken(name: str, tables: list[type[BaseModel]]) -> set[str]:
    """Give the words that a setting takes."""
    annotations = [t.model_fields[name].annotation for t in tables if name in t.model_fields]
    assert annotations
    return {word for one in annotations for word in _words(one)}


def _words(annotation: object) -> Iterator[str]:
    for inner in typing.get_args(annotation):
        yield from [inner] if isinstance(inner, str) else _words(inner)


def test_the_rows_shown_are_those_of_the_shipped_mappings() -> None:
    shipped = {
        line
        for file in REPOSITORY.glob("mappings/*/*.csv")
        for line in file.read_text("utf-8").splitlines()
    }
    shown = [
        line
        for name in ("mappings.md", WORDS)
        for block in blocks(page(name))
        if block.language == "text"
        for line in block.lines
    ]
    assert len(shown) > 30
    assert not [line for line in shown if line not in shipped]


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
    records = f"at most {plan_writer.MOST_BYTES:,} bytes in {plan_writer.MOST_PIECES:,} rows"
    assert records in page("security.md")


@pytest.mark.parametrize("name", ["security.md", "translate.md"])
def test_the_caps_of_an_archive_are_those_of_its_reader(name: str) -> None:
    caps = (
        f"{zip_layout.LARGEST_BYTES // 2**30} GiB",
        f"{zip_layout.QUIET_BYTES // 2**20} MiB",
        f"{zip_layout.DENSEST}:1",
    )
    assert not [cap for cap in caps if cap not in page(name)]


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
