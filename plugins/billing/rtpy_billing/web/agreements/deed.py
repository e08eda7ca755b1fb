"""What is done to an agreement as a whole: activate, end, notice, renew, price rises."""

from collections.abc import Mapping
from fractions import Fraction

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import texts_of
from rtpy_billing.agreements.accepting import accept_milestone
from rtpy_billing.agreements.effects import Unconfirmed
from rtpy_billing.agreements.states import (
    activate,
    add_price_rise,
    end_on,
    give_notice,
    remove_price_rise,
    renew,
)
from rtpy_billing.models import Agreement, AgreementLine
from rtpy_billing.periods.price_rise import PriceRise
from rtpy_billing.rights import ADMIN_AGREEMENTS
from rtpy_billing.typed import Typed
from rtpy_billing.web.agreements.confirming import confirmation, is_confirmed
from rtpy_billing.web.agreements.found import find_agreement


@view_config(route_name="billing.agreements.deed", request_method="POST", permission=ADMIN_AGREEMENTS)
def agreement_deed(resource: SystemResource, request: Request) -> Response:
    """One deed, then its page again; what is wrong is said there."""
    agreement, given = find_agreement(request), texts_of(request)
    back = HTTPSeeOther(request.route_path("billing.agreements.display", id=agreement.id))
    try:
        request.flash(_do(request, agreement, given))
    except Invalid as invalid:
        request.flash(" ".join(dict.fromkeys(problem.message for problem in invalid.problems)), "bad")
    except (Refused, Conflict) as refused:
        request.flash(str(refused), "bad")
    except Unconfirmed as unconfirmed:
        return confirmation(request, agreement, given, unconfirmed, request.path)
    return back


def _do(request: Request, agreement: Agreement, given: Mapping[str, str]) -> str:
    work, typed, confirmed = request.work, Typed(given), is_confirmed(given)
    match given.get("deed"):
        case "activate":
            activate(work, agreement, confirmed=confirmed)
            return f"{agreement.name} is active."
        case "end":
            day = typed.day("last_day", "On which day does it end?")
            typed.check()
            if day is not None:
                end_on(work, agreement, day, confirmed=confirmed)
            return f"{agreement.name} ends after {day}."
        case "notice":
            day = typed.day("noticed_on", "On which day was notice given?")
            typed.check()
            if day is not None:
                give_notice(work, agreement, day)
            return "The notice is noted."
        case "renew":
            renew(work, agreement, confirmed=confirmed)
            return f"{agreement.name} is renewed."
        case "rise":
            add_price_rise(work, agreement, read_rise(typed))
            return "The price rise is noted."
        case "unrise":
            day = typed.day("rise_on", "Which rise?")
            typed.check()
            if day is not None:
                remove_price_rise(work, agreement, day)
            return "The price rise is taken back."
        case "accept" | "unaccept":
            line = request.db.get(AgreementLine, typed.number("line") or 0)
            if line is None or line.agreement_id != agreement.id:
                raise Invalid(Problem("line", "There is no such line any more."))
            name, accepts = given.get("milestone", ""), given["deed"] == "accept"
            day = typed.day("accepted_on", "On which day was it accepted?") if accepts else None
            typed.check()
            accept_milestone(work, agreement, line, name, day)
            return f"{name} is accepted: the next invoice has it." if accepts else f"{name} is open again."
    raise Invalid(Problem("deed", "Choose what to do."))


def read_rise(typed: Typed) -> PriceRise:
    """A rise by percent, or with an index. Raises Invalid."""
    day = typed.day("rise_on", "From which day on?")
    reason = typed.text("rise_reason", 200)
    points = typed.percent("rise_percent", 500)
    before, after = _index(typed, "index_before"), _index(typed, "index_after")
    if (points is None) == (before is None and after is None):
        typed.wrong("rise_percent", "Give either a percentage or both readings of the index.")
    elif points is None and (not before or not after):
        typed.wrong("index_after", "Give both readings of the index, each above zero.")
    typed.check()
    if day is None or (points is None and (before is None or after is None)):
        raise Invalid(Problem("rise_on", "From which day on, and by how much?"))
    if points is not None or before is None or after is None:
        return PriceRise.by_percent(day, points or 0, reason)
    return PriceRise(day, after / before, reason or f"Index {float(before):g} to {float(after):g}")


def _index(typed: Typed, name: str) -> Fraction | None:
    text = typed.raw(name).replace(",", ".")
    if not text:
        return None
    if not text.isascii() or len(text) > 12 or not text.replace(".", "", 1).isdigit():
        typed.wrong(name, "Write the index like 118.2.")
        return None
    return Fraction(text)
