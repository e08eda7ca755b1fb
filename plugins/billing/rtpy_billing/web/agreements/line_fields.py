"""The fields of a line of an agreement, by its kind, and what stands in them."""

from collections.abc import Mapping

from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import OrganizationSite, Queue, User
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field, Option
from rtpy_billing.agreements.conditions import CHOSEN, HOURS, TITLES
from rtpy_billing.agreements.counting import SOURCES
from rtpy_billing.agreements.line_terms import AT_ZERO, DRAW_ORDERS, MODES, ROLLOVERS
from rtpy_billing.agreements.milestones import milestones_text
from rtpy_billing.agreements.terms import last_day
from rtpy_billing.balances.kinds import GRANTED, UNITS, LineKind
from rtpy_billing.balances.quantities import hours
from rtpy_billing.ledgers.values import Unit
from rtpy_billing.models import Agreement, AgreementLine, Role, WorkType
from rtpy_billing.money import plain
from rtpy_billing.pricing.words import About
from rtpy_billing.web.fields import Fields

FOR_WORK = frozenset(LineKind) - {LineKind.PASS_THROUGH, LineKind.DISCOUNT}


def typed_line(
    request: Request, agreement: Agreement, line: AgreementLine | None, kind: LineKind
) -> dict[str, str]:
    """The form's texts for a line, or for a new one."""
    if line is None:
        return {
            "weight_in": "100",
            "weight_out": "100",
            "at_zero": "overflow",
            "draw_order": "expiry first",
            "rollover": "none",
            "rollover_periods": "1",
            "tax_class": "standard",
            "quantity": "",
        }
    currency, details, unit = agreement.currency, line.details or {}, UNITS.get(kind)
    ends = last_day(line.ends_on)

    def money(amount: int | None) -> str:
        return plain(amount, currency) if amount is not None else ""

    def much(quantity: int | None) -> str:
        if quantity is None:
            return ""
        if unit is Unit.SECONDS:
            return hours(quantity)
        return money(quantity) if unit is Unit.MONEY else str(quantity)

    rollover = "all" if line.rollover_limit is None else "some" if line.rollover_limit else "none"
    margin = details.get("margin")
    given = {
        "name": line.name,
        "description": line.description,
        "starts_on": line.starts_on.isoformat() if line.starts_on else "",
        "last_day": ends.isoformat() if ends else "",
        "position": str(line.position),
        "charge_mode": line.charge_mode or "",
        "role": str(line.role_id or ""),
        "tax_class": line.tax_class,
        "account": line.account,
        "price": money(line.price) if line.price or kind is not LineKind.DISCOUNT else "",
        "quantity": much(line.quantity),
        "at_zero": line.at_zero,
        "deficit_limit": much(line.deficit_limit),
        "draw_order": line.draw_order,
        "only_when_paid": "1" if line.only_when_paid else "",
        "overflow_rate": money(line.overflow_rate),
        "weight_in": str(line.weight_in // 10),
        "weight_out": str(line.weight_out // 10),
        "top_up_quantity": much(line.top_up_quantity),
        "top_up_price": money(line.top_up_price),
        "low_water": str(line.low_water or ""),
        "rollover": rollover,
        "rollover_limit": much(line.rollover_limit or None),
        "rollover_periods": str(line.rollover_periods),
        "is_prorated": "1" if line.is_prorated else "",
        "expires_months": str(line.expires_months or ""),
        "cap": money(line.cap),
        "fair_use": hours(details["fair_use"]) if details.get("fair_use") else "",
        "milestones": milestones_text(details, currency),
        "unit": str(details.get("unit") or ""),
        "covers": "1" if details.get("covers") else "",
        "quantity_source": line.quantity_source,
        "count_query": str(details.get("count_query") or ""),
        "count_group": str(details.get("count_group") or ""),
        "cost": money(line.cost),
        "margin": f"{margin / 100:g}" if margin else "",
        "discount": f"{line.discount / 100:g}" if line.discount else "",
    }
    for condition in line.conditions or ():
        about, values = condition["about"], condition["values"]
        if about == About.PERSON:
            names = request.db.scalars(select(User.name).where(User.id.in_(values)).order_by(User.name))
            given[f"condition.{about}"] = ", ".join(names)
        else:
            given[f"condition.{about}"] = ",".join(str(value) for value in values)
        given[f"exclude.{about}"] = "1" if condition.get("excluded") else ""
    return given


def line_sections(
    request: Request, agreement: Agreement, kind: LineKind, given: Mapping[str, str]
) -> tuple[Section, ...]:
    """The fields that a line of this kind has, in sections."""
    f = Fields(given)
    sections = [
        Section(
            "The line",
            (f.text("name", "Name", "Stands on invoices.", required=True), *_price(f, kind, agreement)),
        )
    ]
    if kind in UNITS:
        sections.append(Section("The balance", _balance(f, kind, agreement.currency)))
    if kind in FOR_WORK:
        sections.append(
            Section(
                "Which work it is for",
                _conditions(request, agreement, f, given),
                "All of these must hold; nothing chosen means any. What does not fit is offered to the next line, "
                "and then billed by time and materials.",
            )
        )
    roles = request.db.execute(
        select(Role.id, Role.name).where(Role.disabled.is_(False)).order_by(Role.sort_order, Role.name)
    )
    work = (
        f.one_of("role", "Role of who works", [(row.id, row.name) for row in roles], "As each person’s"),
        f.choice("charge_mode", "Work is", {"": "As its kind of work says", **MODES}),
    )
    sections.append(
        Section(
            "More",
            (
                f.area("description", "Text for invoices", "Under the name.", 2),
                f.text("starts_on", "First day", "Empty: the agreement’s.", "date"),
                f.text("last_day", "Last day", "Empty: the agreement’s.", "date"),
                f.text(
                    "position", "Place", "Lines are tried in this order. Empty: after all others.", "number"
                ),
                *(work if kind in FOR_WORK else ()),
                f.text("tax_class", "Tax class", "Such as standard, reduced or exempt."),
                f.text("account", "Revenue account", "For exports."),
            ),
        )
    )
    return tuple(sections)


def _price(f: Fields, kind: LineKind, agreement: Agreement) -> tuple[Field, ...]:
    currency = agreement.currency
    price = f.text("price", f"Price ({currency})", required=True)
    prorated = f.box("is_prorated", "A part of a period costs its part")
    match kind:
        case LineKind.TIME_MATERIALS:
            return (
                f.text(
                    "cap",
                    f"At most for a period ({currency})",
                    "Empty: no limit.",
                ),
            )
        case LineKind.FIXED_FEE:
            return (
                price,
                prorated,
                f.text("fair_use", "Fair use", "Such as 20h: more in a period is a loose end."),
            )
        case LineKind.FIXED_PRICE:
            hint = "One a line: name; amount; date. Such as Design; 2500; 2026-05-01."
            return (f.area("milestones", f"Milestones ({currency})", hint, 5),)
        case LineKind.PER_UNIT:
            return (
                f.text("price", f"Price of one ({currency})", required=True),
                f.text("quantity", "How many", kind="number", required=True),
                f.text("unit", "What is counted", "Such as device, user or licence."),
                f.choice("quantity_source", "How many are billed", SOURCES, "Counted once a day."),
                f.text(
                    "count_query",
                    "Search for assets",
                    "Such as Catalog = 'Laptops'. Empty: all in use.",
                ),
                f.text("count_group", "Group", "Its name; groups in it count, too."),
                prorated,
                f.box("covers", "It pays for work that fits, too"),
            )
        case LineKind.PASS_THROUGH:
            return (
                f.text("cost", f"Cost of one ({currency})", "What we pay.", required=True),
                f.text("margin", "Margin in %"),
                f.text("quantity", "How many", kind="number"),
            )
        case LineKind.DISCOUNT:
            return (f.text("discount", "Percent off"), f.text("price", f"or an amount off ({currency})"))
        case LineKind.RETAINER:
            return (
                f.text("quantity", f"Amount for a period ({currency})", required=True),
                f.text("price", f"Price ({currency})", "Empty: the amount itself."),
            )
        case LineKind.INCIDENTS:
            return (f.text("quantity", "Incidents in a period", kind="number", required=True), price)
        case _:
            each = "in a period" if kind in GRANTED else "in all"
            return (f.text("quantity", f"Hours {each}", "Such as 10 or 7:30.", required=True), price)


def _balance(f: Fields, kind: LineKind, currency: str) -> tuple[Field, ...]:
    if kind in GRANTED:
        life: tuple[Field, ...] = (
            f.choice("rollover", "What is left is carried over", ROLLOVERS),
            f.text("rollover_limit", "Up to", "With “Up to a limit”."),
            f.text("rollover_periods", "For how many periods", kind="number"),
            f.box("is_prorated", "The first part-period brings its part only"),
        )
    else:
        life = (f.text("expires_months", "Expires after months", "Empty: never.", "number"),)
    weights: tuple[Field, ...] = ()
    if kind is not LineKind.INCIDENTS:
        weights = (
            f.text("weight_in", "In the agreed hours work takes (%)", kind="number"),
            f.text("weight_out", "Out of them it takes (%)", "200 takes two hours for each hour.", "number"),
        )
    return (
        *life,
        f.choice("draw_order", "Work draws from", DRAW_ORDERS),
        *weights,
        f.choice("at_zero", "When it is used up", AT_ZERO),
        f.text("deficit_limit", "At most so far below zero", "Empty: no limit; the rest is billed."),
        f.text("overflow_rate", f"Rate after that ({currency} an hour)", "Empty: as the rates say."),
        f.text("top_up_quantity", "A top-up brings"),
        f.text("top_up_price", f"A top-up costs ({currency})"),
        f.text("low_water", "Warn at % used", "Beside 75, 90 and 100.", "number"),
        f.box("only_when_paid", "Only what is paid can be used"),
    )


def _conditions(
    request: Request, agreement: Agreement, f: Fields, given: Mapping[str, str]
) -> tuple[Field, ...]:
    db = request.db
    options = {
        About.WORK_TYPE: db.execute(select(WorkType.id, WorkType.name).where(WorkType.disabled.is_(False))),
        About.ROLE: db.execute(select(Role.id, Role.name).where(Role.disabled.is_(False))),
        About.QUEUE: db.execute(select(Queue.id, Queue.name).where(Queue.disabled.is_(False))),
        About.SITE: db.execute(
            select(OrganizationSite.id, OrganizationSite.name).where(
                OrganizationSite.organization_id == agreement.organization_id
            )
        ),
    }
    fields: list[Field] = []
    for about in CHOSEN:
        rows = sorted(options[about], key=lambda row: row.name)
        if rows:
            fields.append(_several(about, [(row.id, row.name) for row in rows], given))
            fields.append(f.box(f"exclude.{about.value}", f"{TITLES[about]}: all but these"))
    fields.append(f.text("condition.person", TITLES[About.PERSON], "Login names between commas."))
    fields.append(f.text("condition.asset", TITLES[About.ASSET], "Numbers between commas."))
    fields.append(f.choice("condition.hours", TITLES[About.HOURS], HOURS))
    return tuple(fields)


def _several(about: About, options: list[tuple[int, str]], given: Mapping[str, str]) -> Field:
    name = f"condition.{about.value}"
    chosen = set(given.get(name, "").split(","))
    shown = tuple(Option(str(id_), text, str(id_) in chosen) for id_, text in options)
    return Field(name, TITLES[about], kind="select", multiple=True, options=shown)
