"""What a file of a format is, beside its plans: `[file]` of `mapping.toml`, by codec."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

_Span: TypeAlias = Annotated[list[int], Field(min_length=2, max_length=2)]
_Encoding: TypeAlias = Literal["UTF-8", "UTF-16"]


class _FileForm(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, frozen=True)

    name: str
    extension: str


class XmlFile(_FileForm):
    """Elements; `first` and `last` frame the plans.

    Elements and attributes in the namespaces `ignored` are passed over without a word.
    """

    codec: Literal["xml"]
    root: str
    namespace: str = ""
    first: str = ""
    last: str = ""
    encodings: list[_Encoding] = ["UTF-8"]
    ignored: list[str] = []

    @property
    def home(self) -> str:
        """Give the namespace as it stands before a tag."""
        return f"{{{self.namespace}}}" if self.namespace else ""

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Give the ignored namespaces as they stand before a tag."""
        return tuple(f"{{{namespace}}}" for namespace in self.ignored)


class DelimitedFile(_FileForm):
    """An archive of members with a row a record, the first of them a manifest of the others.

    A member is called by its group's name and `member`; the manifest has a row for each other one
    (its name, its rows, its SHA-256) and then the envelope, a name and a value each.
    """

    codec: Literal["delimited"]
    member: str
    delimiter: str = Field(min_length=1, max_length=1)
    manifest: str
    columns: Annotated[list[str], Field(min_length=3, max_length=3)]


class FurtherForm(BaseModel):
    """The record that goes on with a text: its type, and where its own fields stand.

    Each is a position from 1 and a size in bytes: the number of the record that it belongs to,
    the field of that, which part this is, and the text.
    """

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, frozen=True)

    record: str
    OwnerRecord: _Span
    Field: _Span
    Part: _Span
    Text: _Span


class FixedFile(_FileForm):
    """Records of one length, each ending in CR LF: type, number, then fields by position from 1.

    `first` and `last` are the types of the frame's records. Types have two bytes, the number of
    the record in the file six; sizes count bytes of the code page.
    """

    codec: Literal["fixed"]
    code_page: Literal["windows-1252"]
    length: Annotated[int, Field(ge=60, le=32_000)]
    first: str
    last: str
    further: FurtherForm


FileForm: TypeAlias = Annotated[XmlFile | DelimitedFile | FixedFile, Field(discriminator="codec")]
