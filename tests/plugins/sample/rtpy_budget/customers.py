"""What customers may know of their budget: minutes, summed up and as a file."""

from sqlalchemy import func, not_, select

from rtpy.changes.articles import ArticleText
from rtpy.history.customer_side import CustomerDocument, CustomerFact, CustomerFile, kept_from_customers
from rtpy.models import Article, Ticket

TITLES = {"en": "Minutes used", "de": "Verbrauchte Minuten"}


def documents(work, organization_id, lang):
    """One list, made when it is asked for."""
    return [
        CustomerDocument(
            f"budget.minutes-{organization_id}",
            TITLES.get(lang, TITLES["en"]),
            work.now.date(),
            lambda: _list(work, organization_id),
            is_money=True,
            names_requests=True,
        )
    ]


def facts(work, organization_id):
    """The sum, where anything was used."""
    used = work.db.scalar(
        select(func.sum(Ticket.time_worked)).where(Ticket.organization_id == organization_id)
    )
    return [CustomerFact("Minutes used", str(used), is_money=True)] if used else []


def facts_of_request(ticket):
    """Of one request."""
    return [CustomerFact("Minutes used", str(ticket.time_worked), is_money=True)]


def sender(ticket):
    """Whoever answers about a budget."""
    return "Accounts" if "budget" in ticket.subject.lower() else None


def approved_texts(work, article_ids):
    """Of articles that say so in their summary: all but what stands behind a bar."""
    rows = work.db.scalars(
        select(Article).where(Article.id.in_(article_ids), Article.summary == "approved before the bar")
    )
    return {each.id: ArticleText(each.name, "", each.content.partition("|")[0], each.format) for each in rows}


def is_internal():
    """What customers read nothing of: their subjects begin so."""
    return Ticket.subject.startswith("[internal]")


def _list(work, organization_id):
    rows = work.db.execute(
        select(Ticket.id, Ticket.time_worked)
        .where(Ticket.organization_id == organization_id, not_(kept_from_customers(work.app)))
        .order_by(Ticket.id)
    )
    text = "".join(f"#{number} {minutes}\n" for number, minutes in rows)
    return CustomerFile("minutes.txt", "text/plain", text.encode())
