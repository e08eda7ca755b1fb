"""The commands that the documents on installing show, so that what is tested is what people read.

In Markdown a block that begins with ```` ```sh run ```` is typed by who follows the page, in its order. More words say
when: `online` needs the network, `old` and `new` say on which machine, any other word is a choice (nginx or caddy).
Blocks of `sh` without `run` are shown and not walked. A paragraph that begins with "Steps 1 and 2 of [a small shop]"
stands for their blocks. In INSTALL a command is a line of eight blanks and a prompt: `#` is root, `$` is anybody.
"""

import re
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
SHOP = TOP / "docs" / "install" / "small-shop.md"
MOVING = TOP / "docs" / "install" / "moving.md"
UPGRADING = TOP / "docs" / "install" / "upgrading.md"
CONTAINER = TOP / "docs" / "install" / "container.md"
BACKUP = TOP / "docs" / "administering" / "backup.md"
PAGES = (*sorted((TOP / "docs" / "install").glob("*.md")), BACKUP)
INSTALL = TOP / "INSTALL"

_PIECES = re.compile(
    r"^```sh\b(?P<words>[^\n]*)\n(?P<text>.*?)^```$"
    r"|^## (?P<step>\d*)"
    r"|^Steps? (?P<steps>[\d, and]+) of \[a small shop\]",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of shell, the words at their fence, and where they stand: line, page, number of the step."""

    words: frozenset[str]
    text: str
    line: int
    page: str
    step: str

    def is_chosen(self, choices: frozenset[str]) -> bool:
        """Does somebody type it who chose these?"""
        return "run" in self.words and self.words - {"run", "online"} <= choices


def blocks_of(page: Path, *, followed: bool = False) -> list[Block]:
    """Every block of shell in a page of Markdown; when it is `followed`, with those of the steps it sends to."""
    found, step = [], ""
    text = page.read_text(encoding="utf-8")
    for piece in _PIECES.finditer(text):
        if piece["step"] is not None:
            step = piece["step"]
        elif piece["steps"]:
            steps = re.findall(r"\d+", piece["steps"])
            found += [block for block in blocks_of(SHOP) if followed and block.step in steps]
        else:
            line = text[: piece.start()].count("\n") + 2
            found.append(Block(frozenset(piece["words"].split()), piece["text"], line, page.name, step))
    return found


def commands_of_install() -> list[str]:
    """The commands of INSTALL."""
    return re.findall(r"^ {8}[#$] (.+?)(?: {2,}#.*)?$", INSTALL.read_text(encoding="utf-8"), re.MULTILINE)
