"""The text form of a written ICC member: one character after the other."""

from typing import Final

MARK: Final = b"\xef\xbb\xbf"


def read(content: bytes) -> tuple[list[list[str]], list[str]]:
    """Give the rows, the header among them, and the complaints about how they are written."""
    complaints = []
    if not content.startswith(MARK):
        complaints.append("no byte order mark")
    try:
        text = content.removeprefix(MARK).decode("utf-8")
    except UnicodeDecodeError:
        return [], [*complaints, "not UTF-8"]
    found, faults = _Scan(text).rows()
    return found, complaints + faults


class _Scan:
    """A scan of a text from its first character to its last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._faults: list[str] = []
        self._rows: list[list[str]] = []

    def rows(self) -> tuple[list[list[str]], list[str]]:
        while self._at < len(self._text):
            self._rows.append(self._row())
        return self._rows, self._faults

    def _fault(self, what: str) -> None:
        self._faults.append(f"line {len(self._rows) + 1}: {what}")

    def _row(self) -> list[str]:
        cells = []
        while True:
            quoted = self._text.startswith('"', self._at)
            cells.append(self._quoted() if quoted else self._bare())
            if self._text.startswith("|", self._at):
                self._at += 1
                continue
            self._end_row()
            return cells

    def _end_row(self) -> None:
        if self._text.startswith("\r\n", self._at):
            self._at += 2
        elif self._at >= len(self._text):
            self._fault("the last row does not end in CR LF")
        else:
            self._fault(f"{self._text[self._at]!a} where a cell or a row must end")
            self._at += 1

    def _quoted(self) -> str:
        pieces: list[str] = []
        while True:
            end = self._text.find('"', self._at + 1)
            if end < 0:
                self._fault("quotes left open")
                self._at = len(self._text)
                return "".join(pieces)
            pieces.append(self._text[self._at + 1 : end])
            self._at = end + 1
            if not self._text.startswith('"', self._at):
                return '"'.join(pieces)

    def _bare(self) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in '|\r\n"':
            self._at += 1
        return self._text[start : self._at]
