"""What a file of a format is, beside its plans: `[file]` of `mapping.toml`, by codec."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

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


class FixedFile(_FileForm):
    """Records of one length: type, number in the file, then fields by position from 1.

    `first` and `last` are the types of the frame's records, `further` that of a record which goes
    on with a text. Sizes count bytes of the code page.
    """

    codec: Literal["fixed"]
    code_page: Literal["windows-1252"]
    length: int = Field(ge=20, le=32_000)
    first: str
    last: str
    further: str


FileForm: TypeAlias = Annotated[XmlFile | DelimitedFile | FixedFile, Field(discriminator="codec")]
