"""In which line of a TOML text each key and array element stands, which tomllib does not tell.

Only for text that tomllib has read without complaint: this scan trusts it and checks nothing.
"""

import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]


def find_lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every key, table and array element, by its path in the parsed document."""
    scan = _Scan(text.replace("\r\n", "\n"))
    scan.document()
    return scan.lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(here + 1 for here, char in enumerate(text) if char == "\n")]
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self.skip(" \t\n"):
            if self.text.startswith("[[", self.at):
                table = self.header(2)
            elif self.text.startswith("[", self.at):
                table = self.header(1)
            else:
                self.pair(table)

    def header(self, brackets: int) -> Path:
        here = self.at
        self.at += brackets
        keys = self.keys()
        self.at += brackets
        table: Path = ()
        for key in keys[:-1]:
            table = (*table, key)
            if table in self.counts:
                table = (*table, self.counts[table] - 1)
        table = (*table, keys[-1])
        if brackets == 2:
            self.note(table, here)
            self.counts[table] = self.counts.get(table, 0) + 1
            table = (*table, self.counts[table] - 1)
        self.note(table, here)
        return table

    def pair(self, table: Path) -> None:
        here = self.at
        path = (*table, *self.keys())
        self.note(path, here)
        self.at += 1  # the equals sign
        self.skip(" \t")
        self.value(path)

    def keys(self) -> list[str]:
        keys = [self.key()]
        while self.skip(" \t") and self.text[self.at] == ".":
            self.at += 1
            self.skip(" \t")
            keys.append(self.key())
        return keys

    def key(self) -> str:
        self.skip(" \t")
        here = self.at
        if self.text[here : here + 1] in ('"', "'"):
            self.string()
            return str(tomllib.loads("key = " + self.text[here : self.at])["key"])
        self.run_until(" \t=.]\n")
        return self.text[here : self.at]

    def value(self, path: Path) -> None:
        if self.text.startswith("[", self.at):
            self.at += 1
            count = 0
            while self.skip(" \t\n,") and self.text[self.at] != "]":
                self.note((*path, count), self.at)
                self.value((*path, count))
                count += 1
            self.at += 1
        elif self.text.startswith("{", self.at):
            self.at += 1
            while self.skip(" \t\n,") and self.text[self.at] != "}":
                self.pair(path)
            self.at += 1
        elif self.text[self.at : self.at + 1] in ('"', "'"):
            self.string()
        else:
            self.run_until(",]}#\n")

    def string(self) -> None:
        quote = self.text[self.at]
        end = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(end)
        while self.at < len(self.text) and not self.text.startswith(end, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(end)
        while len(end) == 3 and self.text.startswith(quote, self.at):
            self.at += 1  # a multi-line string may end in one or two quotes of its own

    def skip(self, blanks: str) -> bool:
        """Passes blanks, and comments where lines may end; whether anything is left."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#" and "\n" in blanks:
                self.run_until("\n")
            elif char in blanks:
                self.at += 1
            else:
                return True
        return False

    def run_until(self, ends: str) -> None:
        while self.at < len(self.text) and self.text[self.at] not in ends:
            self.at += 1

    def note(self, path: Path, here: int) -> None:
        line = bisect_right(self.starts, here)
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
