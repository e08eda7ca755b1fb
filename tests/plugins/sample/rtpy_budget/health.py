"""What the plugin says of itself to who watches over the server."""

from sqlalchemy import func, select

from rtpy.health import HealthCheck
from rtpy_budget.models import Allowance

MOST = 10_000


def checks(db):
    """Is no allowance so big that budgets mean nothing?"""
    too_big = db.scalar(select(func.count()).select_from(Allowance).where(Allowance.minutes > MOST))
    return [
        HealthCheck(
            "allowances", not too_big, f"{too_big} are of more than {MOST} minutes." if too_big else ""
        )
    ]


def vital(db):
    """The minutes of all allowances."""
    return {"allowed minutes": str(db.scalar(select(func.sum(Allowance.minutes))) or 0)}
