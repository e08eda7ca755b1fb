"""The index of pages: which words the version has that readers see, written whenever that version changes."""

from collections import Counter

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from rtpy.content.plain import html_to_text
from rtpy.db.base import table_of
from rtpy_portal.knowledge.folding import STOP_WORDS, stem, words_of
from rtpy_portal.models import Page, PageVersion, PageWord

TITLE, SUMMARY, MOST_IN_TEXT = 12, 5, 3
"""The weight of a word in the title, in the summary, and at most in the text, where each time counts one."""
MOST_WORDS = 4000
"""Different words of a page that are kept."""


def index_page(db: Session, page_id: int) -> None:
    """Write the words of the page's published version anew; a page without one is found no longer.

    To be called after `published_version` has changed, in the same transaction.
    """
    # what the caller has changed of the page must stand in the database before it is read here
    db.flush()
    db.execute(delete(PageWord).where(PageWord.page_id == page_id))
    version = db.execute(
        select(PageVersion.title, PageVersion.summary, PageVersion.content)
        .join(Page, Page.id == PageVersion.page_id)
        .where(Page.id == page_id, PageVersion.number == Page.published_version)
    ).first()
    if version is not None:
        found = weigh(version.title, version.summary, html_to_text(version.content))
        rows = [
            {"page_id": page_id, "word": word, "stem": stem(word), "weight": weight}
            for word, weight in found.items()
        ]
        if rows:
            db.execute(insert(table_of(PageWord)), rows)


def weigh(title: str, summary: str, text: str) -> dict[str, int]:
    """How much each folded word says about a page; those that stand in every text are left out."""
    found: Counter[str] = Counter()
    for word, times in Counter(words_of(text)).items():
        found[word] = min(times, MOST_IN_TEXT)
    for part, weight in ((summary, SUMMARY), (title, TITLE)):
        for word in set(words_of(part)):
            found[word] += weight
    heaviest = found.most_common(MOST_WORDS + len(STOP_WORDS))
    return dict([(word, weight) for word, weight in heaviest if word not in STOP_WORDS][:MOST_WORDS])
