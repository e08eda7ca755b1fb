"""The articles that the sample consultancy has written: their class, the topics, who wrote what and when."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rtpy.demo.people import demo_folder


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article in HTML; `author` is a login, `at` when it was written, `topics` the last names of their paths."""

    at: datetime
    author: str
    name: str
    summary: str
    content: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A class of articles; `topics` are names with those below each."""

    name: str
    description: str
    topics: tuple[tuple[str, tuple[str, ...]], ...]
    articles: tuple[DemoArticle, ...]


def knowledge(begin: datetime, folder: Path | None = None) -> Knowledge:
    """All of it, the articles in order of time; `begin` is when the three months begin."""
    path = (folder or demo_folder()) / "knowledge.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    articles = [
        DemoArticle(
            at=begin.replace(hour=9, minute=12, second=0) + timedelta(days=each["day"]),
            author=each["author"],
            name=each["name"],
            summary=each["summary"],
            content=each["content"].strip(),
            topics=tuple(each["topics"]),
        )
        for each in content["article"]
    ]
    return Knowledge(
        content["class"],
        content["description"],
        tuple((each["name"], tuple(each.get("below", ()))) for each in content["topic"]),
        tuple(sorted(articles, key=lambda each: each.at)),
    )
