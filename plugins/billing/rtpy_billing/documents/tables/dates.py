"""Dates as accounting programs of America and of everywhere else write them."""

from datetime import date

from rtpy_billing.documents.tables.books import Books


def short_date(day: date, books: Books) -> str:
    """22/11/2026, or 11/22/2026 where the month comes first."""
    return day.strftime("%m/%d/%Y" if books.month_first else "%d/%m/%Y")
