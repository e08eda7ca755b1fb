"""What is wrong with the text of a query, and where."""

from rtpy.errors import RtpyError


class QueryError(RtpyError):
    """A text that is no query.

    `message` says in plain words what was found and what was expected; `column` is where, counted from 1 over the
    whole text, `line` and `line_column` the same place by lines. `str()` of it names the place too.
    """

    def __init__(self, message: str, column: int, text: str) -> None:
        before = text[: column - 1]
        self.message = message
        self.column = column
        self.line = before.count("\n") + 1
        self.line_column = len(before) - (before.rfind("\n") + 1) + 1
        place = f"Line {self.line}, column {self.line_column}" if "\n" in text.strip() else f"Column {column}"
        super().__init__(f"{place}: {message}")


def clip(text: str, length: int = 40) -> str:
    """The text, shortened for a sentence about it."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
