"""What tests of writing knowledge share."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from rtpy.work import Work
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Chapter, Page


@pytest.fixture
def chapter(db) -> Chapter:
    """The first chapter of the first book."""
    return db.scalar(select(Chapter).order_by(Chapter.id))


@pytest.fixture
def write(work, chapter) -> Callable[..., Page]:
    """A draft by root: `write("Set up mail", "Open the settings.", audience=…)`."""

    def made(
        title: str, content: str = "Some text.", original: Page | None = None, by: Work = work, **more: object
    ) -> Page:
        values = PageValues(title, chapter.id, content=content, **more)
        return create_page(by, values, original)

    return made


@pytest.fixture
def published(work, write) -> Callable[..., Page]:
    """The same, given to readers."""

    def made(title: str, content: str = "Some text.", **more: object) -> Page:
        page = write(title, content, **more)
        publish(work, page)
        return page

    return made
