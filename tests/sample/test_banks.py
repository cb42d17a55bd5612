"""The word banks: every section is read, every slot filled, every text fit for its place."""

import pytest

from iepbridge.sample.banks import VARIANTS, bank, columns, filled, rows, table, texts

BANKS = ("actions", "barriers", "goals", "names", "notes", "people", "services", "slots")
COLUMNS = {"actions": 3, "barriers": 2}


@pytest.mark.parametrize("name", BANKS)
def test_every_section_has_entries(name: str) -> None:
    assert all(bank(name).values())


@pytest.mark.parametrize("name", [name for name in BANKS if name != "goals"])
def test_no_slot_stays_open(name: str) -> None:
    assert not [text for entries in texts(name).values() for text in entries if "{" in text]


@pytest.mark.parametrize("name", COLUMNS)
def test_entries_have_their_columns(name: str) -> None:
    lengths = {len(row) for entries in rows(name).values() for row in entries}
    assert lengths == {COLUMNS[name]}


def test_only_texts_said_to_be_foreign_leave_the_code_page() -> None:
    for name in BANKS:
        for section, entries in bank(name).items():
            if not section.startswith("foreign"):
                "".join(entries).encode("cp1252")


def test_marks_stand_for_what_a_line_cannot_hold() -> None:
    exotic = "".join(bank("people")["exotic"])
    assert {"\n", "\r\n", "\t"} <= {exotic[i : i + n] for i in range(len(exotic)) for n in (1, 2)}
    assert not set("¶␍→␣") & set(exotic)


def test_a_line_gives_several_texts_and_no_text_twice() -> None:
    made = filled(["{n} of {many}"], {})
    assert 1 < len(made) <= VARIANTS
    assert len(set(made)) == len(made)


def test_one_slot_has_one_value_in_a_text() -> None:
    assert all(text.split()[0] == text.split()[1] for text in filled(["{day} {day}"], {}))


def test_a_given_word_stands_in_every_variant() -> None:
    assert filled(["{job}"], {"job": "a cook"}) == ("a cook",)
    assert all(text.startswith("a cook ") for text in filled(["{job} {n}"], {"job": "a cook"}))


def test_columns_after_the_first_begin_with_a_capital() -> None:
    assert columns(["staff | émigré class | 3 hours"]) == (("staff", "Émigré class", "3 hours"),)


def test_a_table_has_its_header() -> None:
    assert {"state", "city", "county", "zip", "area_code"} == set(next(table("cities")))


def test_an_unknown_bank_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        bank("verbs")
