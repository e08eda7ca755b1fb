"""From page to page of a site in a test: every link is looked at, and two pages of each kind are opened."""

import html
import re
from collections import Counter, deque
from typing import Any

LINK = re.compile(r'(?:href|action|src|formaction|data-[a-z-]*url)="(/[^"#]*)')
ORIGIN = "http://localhost"
"""As WebTest has it."""


def wander(browser: Any, start: str, *, most: int) -> tuple[int, list[tuple[str, str]]]:
    """How many pages of `browser` (of WebTest) were opened, at most `most`, and every link as (page, address).

    The first page is `start`. Links are those in pages and those that answers redirect to; files of style and script
    and the way out are not followed.
    """
    todo, kinds, seen, links = deque([start]), Counter[str](), {start}, []
    opened = 0
    while todo and opened < most:
        here = todo.popleft()
        opened += 1
        for link in _links_of(browser.get(here, expect_errors=True)):
            links.append((here, link))
            if link in seen or "/static/" in link or "logout" in link:
                continue
            seen.add(link)
            kinds[_kind(link)] += 1
            if kinds[_kind(link)] <= 2:
                todo.append(link)
    return opened, links


def _links_of(answer: Any) -> list[str]:
    found = []
    if "Location" in answer.headers:
        found.append(answer.headers["Location"].removeprefix(ORIGIN))
    if answer.content_type == "text/html":
        found += [html.unescape(link) for link in LINK.findall(answer.text)]
    return found


def _kind(path: str) -> str:
    """Pages that differ in numbers and words only are one kind."""
    return re.sub(r"=[^&]*", "=", re.sub(r"\d+", "N", path))
