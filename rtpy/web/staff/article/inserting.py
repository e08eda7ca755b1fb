"""What of an article gets into a message, and where in it."""

from rtpy.changes.articles import HTML
from rtpy.content.plain import html_to_text
from rtpy.customfields.kinds import Lookup
from rtpy.fields.contents import read_values
from rtpy.fields.definitions import fields_for
from rtpy.models import Article
from rtpy.search.articles import ClassKnown
from rtpy.work import Work

SIGNED = "\n-- \n"


def inserted_text(work: Work, article: Article, known: ClassKnown) -> str:
    """The parts that its class takes along, as plain text with a blank line between them. One query with fields."""
    parts = []
    if "title" in known.takes:
        parts.append(article.name)
    if "summary" in known.takes:
        parts.append(article.summary)
    if "content" in known.takes:
        parts.append(html_to_text(article.content) if article.format == HTML else article.content)
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
