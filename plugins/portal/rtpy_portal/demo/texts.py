"""The texts of the sample portal, as they lie beside this file."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any  # what TOML holds can be anything


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """A question under a page and our answer, on a day of the three months; `name` is what others read."""

    mailbox: str
    name: str
    text: str
    day: int
    answer: str


@dataclass(frozen=True, slots=True)
class DemoPage:
    """A page; `translates` is the key of its original, `readers` names organisations, `review` days from now."""

    key: str
    chapter: str
    title: str
    summary: str
    content: str
    author: str
    day: int
    lang: str = "en"
    translates: str = ""
    readers: tuple[str, ...] = ()
    staff: bool = False
    draft: bool = False
    review: int | None = None
    questions: tuple[DemoQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoBook:
    """A book with the names of its chapters."""

    name: str
    description: str
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of it, pages after those that they translate or lead to."""

    synonyms: str
    books: tuple[DemoBook, ...]
    pages: tuple[DemoPage, ...]


def knowledge() -> Knowledge:
    """Books, pages with their questions, synonyms."""
    content = read("knowledge")
    books = tuple(
        DemoBook(each["name"], each["description"], tuple(each["chapters"])) for each in content["book"]
    )
    return Knowledge("\n".join(content["synonyms"]), books, tuple(_page(each) for each in content["page"]))


def read(name: str) -> dict[str, Any]:
    """One of the files, as it is."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def _page(given: dict[str, Any]) -> DemoPage:
    kept = {name: value for name, value in given.items() if name not in ("for", "question", "content")}
    return DemoPage(
        **{"chapter": "", **kept},
        content=given["content"].strip(),
        readers=tuple(given.get("for", ())),
        questions=tuple(DemoQuestion(**each) for each in given.get("question", ())),
    )
