"""Service reports as customers find them among their documents: those that were made, as they were frozen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from rtpy.history.customer_side import CustomerDocument, CustomerFile, kept_among
from rtpy.work import Work
from rtpy_sla.models import ServiceReport
from rtpy_sla.printed.figures import Figures
from rtpy_sla.printed.pdf import render
from rtpy_sla.printed.words import Language
from rtpy_sla.reports.service import next_month

MOST = 36


def documents_of(work: Work, organization_id: int, lang: str) -> Sequence[CustomerDocument]:
    """One for each month of which a report was made, the newest first. One query; the PDF is made when it is read."""
    rows = work.db.execute(
        select(ServiceReport.id, ServiceReport.month)
        .where(ServiceReport.organization_id == organization_id)
        .order_by(ServiceReport.month.desc())
        .limit(MOST)
    )
    say = Language(lang[:2])
    return [_document(work, row.id, row.month, say) for row in rows]


def _document(work: Work, report_id: int, month: date, say: Language) -> CustomerDocument:
    def read() -> CustomerFile:
        stored = work.db.get_one(ServiceReport, report_id).figures
        figures = without_kept(work, Figures.from_json(stored))
        return CustomerFile(f"service-report-{month:%Y-%m}.pdf", "application/pdf", render(figures))

    return CustomerDocument(
        f"sla.report-{month:%Y-%m}",
        f"{say.word('title')} {say.month(month)}",
        next_month(month),
        read,
        names_requests=True,
    )


def without_kept(work: Work, figures: Figures) -> Figures:
    """No line of a request that was kept from customers since; the sums stay. One query at most."""
    lists = (figures.requests, figures.pauses, figures.promises)
    kept = kept_among(work, {line.number for lines in lists for line in lines})
    if not kept:
        return figures
    return replace(
        figures,
        requests=tuple(each for each in figures.requests if each.number not in kept),
        pauses=tuple(each for each in figures.pauses if each.number not in kept),
        promises=tuple(each for each in figures.promises if each.number not in kept),
    )
