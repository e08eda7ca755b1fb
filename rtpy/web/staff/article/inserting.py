"""What of an article gets into a message, and where in it."""

from collections.abc import Sequence

from rtpy.changes.articles import HTML, ArticleText
from rtpy.content.plain import html_to_text
from rtpy.customfields.kinds import Lookup
from rtpy.fields.contents import read_values
from rtpy.fields.definitions import fields_for
from rtpy.models import Article
from rtpy.search.articles import ClassKnown
from rtpy.work import Work

SIGNED = "\n-- \n"


def texts_to_insert(work: Work, articles: Sequence[Article]) -> dict[int, ArticleText]:
    """What these articles say in a message, by number: what plugins say of them, else their own text.

    The hook is `rtpy_article_texts`; no query without plugins.
    """
    ids = [each.id for each in articles]
    told = work.app.hooks.rtpy_article_texts(work=work, article_ids=ids) if ids else []
    found = {each.id: ArticleText(each.name, each.summary, each.content, each.format) for each in articles}
    for texts in reversed(told):
        found |= {number: text for number, text in texts.items() if number in found}
    return found


def inserted_text(work: Work, article: Article, known: ClassKnown) -> str:
    """The parts that its class takes along, as plain text with a blank line between them. One query with fields."""
    parts = []
    text = texts_to_insert(work, [article])[article.id]
    if "title" in known.takes:
        parts.append(text.name)
    if "summary" in known.takes:
        parts.append(text.summary)
    if "content" in known.takes:
        parts.append(html_to_text(text.content) if text.format == HTML else text.content)
    if "fields" in known.takes and fields_for(work.app, work.db, Lookup.ARTICLE, known.id):
        values = read_values(work, Lookup.ARTICLE, article.id, known.id)
        parts += [f"{name}: {', '.join(texts)}" for name, texts in values.items() if texts]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def put_below(text: str, inserted: str) -> str:
    """The text with something below what was typed, and above the signature when there is one."""
    plain = text.replace("\r\n", "\n")
    at = plain.rfind(SIGNED)
    typed, signature = (plain[:at], plain[at:]) if at >= 0 else (plain, "")
    typed = typed.rstrip()
    whole = f"{typed}\n\n{inserted}" if typed else inserted
    return f"{whole}\n{signature}" if signature else f"{whole}\n"
