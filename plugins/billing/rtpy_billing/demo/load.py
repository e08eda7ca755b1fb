"""Loading and removing the sample consultancy's part of billing."""

from datetime import date, timedelta

from sqlalchemy import func, select

from rtpy.demo.made import Made
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_billing.demo.months import live
from rtpy_billing.demo.removing import remove
from rtpy_billing.demo.setting_up import set_up
from rtpy_billing.models import Seller

__all__ = ["load_demo", "remove"]


def load_demo(work: Work, made: Made) -> None:
    """Seller, customers and agreements, and the months on invoices. Nothing where a firm is set up already."""
    if work.db.scalar(select(func.count(Seller.id))):
        return
    oldest = work.db.scalar(select(func.min(Ticket.created)).where(Ticket.id.in_(made.tickets)))
    began = oldest.date() if oldest else work.now.date() - timedelta(days=90)
    first = _month_after(began) if began.day > 20 else began.replace(day=1)
    set_up(work, first)
    live(work, first)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
