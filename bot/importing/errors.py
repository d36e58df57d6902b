"""What is wrong with an imported file. Tree: ImportMistakes (all of them at once)."""

from dataclasses import dataclass

#: More are counted, not listed.
LISTED = 200


@dataclass(frozen=True, slots=True)
class ImportMistake:
    """One thing that is wrong: in the file as a whole (row 0), or at a row and a column's header."""

    row: int
    column: str
    text: str

    def __str__(self) -> str:
        if not self.row:
            return self.text
        return f"第 {self.row} 行「{self.column}」：{self.text}" if self.column else f"第 {self.row} 行：{self.text}"


class ImportMistakes(Exception):  # noqa: N818 - several at once
    """The file was not imported; `mistakes` holds every reason."""

    def __init__(self, mistakes: list[ImportMistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = mistakes

    def lines(self) -> list[str]:
        """What to show: the first `LISTED` of them, and how many more there are."""
        more = len(self.mistakes) - LISTED
        return [*map(str, self.mistakes[:LISTED]), *([f"…… 另有 {more} 处"] if more > 0 else [])]


def whole(text: str) -> ImportMistakes:
    """A mistake of the file as a whole."""
    return ImportMistakes([ImportMistake(0, "", text)])
