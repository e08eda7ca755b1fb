"""The words by which pages of knowledge are kept: for whom they are, how far they are, how their text is written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rtpy_portal.models import Page, PageVersion


class Audience(StrEnum):
    """For whom a page is, once it is published."""

    EVERYONE = "everyone"
    ORGANIZATIONS = "organizations"
    STAFF = "staff"


class State(StrEnum):
    """How far the working copy of a page is. What readers see is said by its published version alone."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Place:
    """A book or a chapter, as readers meet it."""

    id: int
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another page: the one before or after it, of the same chapter, or the same in another language."""

    page_id: int
    title: str
    slug: str
    lang: str


@dataclass(frozen=True, slots=True)
class PageShown:
    """A page as its readers see it: always its last published version, `content` as sanitised HTML."""

    page: Page
    version: PageVersion
    book: Place
    chapter: Place
    content: str
    siblings: tuple[Neighbour, ...]
    """All pages of its chapter that this reader may read in its language, itself among them, in their order."""
    translations: tuple[Neighbour, ...]
    """The same page in other languages, as far as this reader may read them."""
    is_behind: bool
    """A translation of an older version than the one that the original has now."""

    @property
    def page_id(self) -> int:
        """The number by which it is found for ever."""
        return self.page.id

    @property
    def title(self) -> str:
        """What it is called."""
        return self.version.title

    @property
    def published(self) -> datetime | None:
        """When readers got this version."""
        return self.page.published

    @property
    def before(self) -> Neighbour | None:
        """The page before it in its chapter."""
        at = self._at
        return self.siblings[at - 1] if at > 0 else None

    @property
    def after(self) -> Neighbour | None:
        """The page after it in its chapter."""
        at = self._at
        return self.siblings[at + 1] if 0 <= at < len(self.siblings) - 1 else None

    @property
    def _at(self) -> int:
        return next((n for n, each in enumerate(self.siblings) if each.page_id == self.page.id), -1)
