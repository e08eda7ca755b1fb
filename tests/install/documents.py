"""The commands that the documents on installing show, so that what is tested is what people read.

In Markdown a block that begins with ```` ```sh run ```` is typed by who follows the page, in its order. More words say
when: `online` needs the network, any other word is a choice (nginx or caddy). Blocks of `sh` without `run` are shown
and not walked. In INSTALL a command is a line of eight blanks and a prompt: `#` is root, `$` is anybody.
"""

import re
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGES = tuple(sorted((TOP / "docs" / "install").glob("*.md")))
INSTALL = TOP / "INSTALL"


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of shell, the words at their fence, and the line at which they begin."""

    words: frozenset[str]
    text: str
    line: int

    def is_chosen(self, choices: frozenset[str]) -> bool:
        """Does somebody type it who chose these?"""
        return "run" in self.words and self.words - {"run", "online"} <= choices


def blocks_of(page: Path) -> list[Block]:
    """Every block of shell in a page of Markdown."""
    found = []
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"^```sh\b([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text[: block.start()].count("\n") + 2
        found.append(Block(frozenset(block[1].split()), block[2], line))
    return found


def commands_of_install() -> list[str]:
    """The commands of INSTALL."""
    return re.findall(r"^ {8}[#$] (.+?)(?: {2,}#.*)?$", INSTALL.read_text(encoding="utf-8"), re.MULTILINE)
