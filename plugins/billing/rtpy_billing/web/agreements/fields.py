"""The fields of the forms of agreements and their lines, and what stands in them."""

from collections.abc import Mapping

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import Organization, User
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field
from rtpy.working_hours import offered
from rtpy_billing.agreements.terms import APPROVALS, GROUPINGS, last_day, next_number
from rtpy_billing.models import Agreement
from rtpy_billing.money import plain
from rtpy_billing.web.agreements.words import EVERY
from rtpy_billing.web.fields import Fields

RENEWALS = {
    "none": "None: it ends",
    "automatic": "By itself, unless notice is given",
    "ask": "Only when somebody renews it",
}


def typed_agreement(request: Request, agreement: Agreement | None) -> dict[str, str]:
    """The form's texts for an agreement, or for a new one."""
    if agreement is None:
        asked = request.GET.get("customer", "")
        return {
            "number": next_number(request.work),
            "organization": asked.replace("\0", "")[:200],
            "renewal": "none",
            "renewal_months": "12",
            "notice_days": "0",
            "every": "monthly",
            "anchor": "1",
            "approval": "both",
        }
    chosen = [id_ for id_ in (agreement.approver_id, agreement.customer_approver_id) if id_ is not None]
    people = {
        row.id: row.name for row in request.db.execute(select(User.id, User.name).where(User.id.in_(chosen)))
    }
    ends = last_day(agreement.ends_on)
    limit = agreement.purchase_order_limit
    return {
        "name": agreement.name,
        "number": agreement.number,
        "starts_on": agreement.starts_on.isoformat(),
        "last_day": ends.isoformat() if ends else "",
        "renewal": agreement.renewal,
        "renewal_months": str(agreement.renewal_months),
        "notice_days": str(agreement.notice_days),
        "every": agreement.every,
        "anchor": str(agreement.anchor or ""),
        "in_advance": "1" if agreement.in_advance else "",
        "calendar": str(agreement.calendar_id or ""),
        "approval": agreement.approval,
        "grouping": agreement.grouping,
        "approver": people.get(agreement.approver_id or 0, ""),
        "customer_approver": people.get(agreement.customer_approver_id or 0, ""),
        "needs_clock_times": "1" if agreement.needs_clock_times else "",
        "purchase_order": agreement.purchase_order,
        "purchase_order_required": "1" if agreement.purchase_order_required else "",
        "purchase_order_limit": plain(limit, agreement.currency) if limit is not None else "",
        "notes": agreement.notes,
    }


def agreement_sections(
    request: Request, agreement: Agreement | None, given: Mapping[str, str]
) -> tuple[Section, ...]:
    """Every field, in sections."""
    f = Fields(given)
    chosen = agreement.calendar_id if agreement is not None else None
    calendars = offered(request.app, request.db, {chosen})
    whose: tuple[Field, ...] = ()
    if agreement is None:
        names = request.db.scalars(
            select(Organization.name).where(Organization.disabled.is_(False)).order_by(Organization.name)
        ).all()
        whose = (
            f.choice("organization", "Customer", {"": "Choose", **{name: name for name in names}}),
            f.text(
                "currency", "Currency", "Its code, such as EUR; empty: the customer’s. It stays for ever."
            ),
        )
    return (
        Section(
            "The agreement",
            (
                *whose,
                f.text("name", "Name", "As the customer knows it.", required=True),
                f.text("number", "Number", "Stands on invoices; no other agreement has it."),
            ),
        ),
        Section(
            "When it runs",
            (
                f.text("starts_on", "First day", kind="date", required=True),
                f.text("last_day", "Last day", "Empty: until further notice.", "date"),
                f.choice("renewal", "Renewal", RENEWALS),
                f.text("renewal_months", "Months of a further term", kind="number"),
                f.text("notice_days", "Days of notice", "Before the end of the term.", "number"),
            ),
        ),
        Section(
            "Billing",
            (
                f.choice("every", "Billed", EVERY),
                f.text(
                    "anchor",
                    "Periods begin on day",
                    "Of the month, 1 to 28; of the week, 1 for Monday. Empty: the day on which it started.",
                    "number",
                ),
                f.box("in_advance", "Fees are billed before the period begins"),
                f.choice("grouping", "Work on invoices", {"": "As the customer wants it", **GROUPINGS}),
                f.text("purchase_order", "Purchase order"),
                f.box("purchase_order_required", "Nothing is billed without a purchase order"),
                f.text(
                    "purchase_order_limit",
                    "Limit of the purchase order",
                    "A warning comes when it is reached.",
                ),
            ),
        ),
        Section(
            "Work",
            (
                f.one_of("calendar", "Agreed hours", calendars, "The customer’s"),
                f.choice("approval", "Approval of work", APPROVALS),
                f.text(
                    "approver",
                    "Who approves it",
                    "Login name or mail address; hears of warnings, too.",
                ),
                f.text(
                    "customer_approver",
                    "Who may agree to more",
                    "Login name or mail address of one of them: the link goes there when a balance is used up.",
                ),
                f.box("needs_clock_times", "Entries need a beginning and an end"),
                f.area("notes", "Notes", "For ourselves; the customer never sees them."),
            ),
        ),
    )
