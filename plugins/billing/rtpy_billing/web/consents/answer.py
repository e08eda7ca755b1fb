"""The page behind the link: what the customer is asked, yes or no, and their name. Nobody logs in here."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Conflict, Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.staff.forms import texts_of
from rtpy_billing.agreements.consenting import answer_consent, asked_words, find_consent, standing
from rtpy_billing.models import Agreement, AgreementLine, Consent

CLOSED = {
    "agreed": "You agreed on {day}. Thank you; there is nothing more to do.",
    "refused": "You said no on {day}. Nothing is charged; there is nothing more to do.",
    "expired": "This question is closed. If you still want us to go on, just answer one of our mails.",
}


@view_config(
    route_name="billing.consents.answer",
    request_method="GET",
    renderer="billing/consents/answer.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def consent_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The question, or what became of it."""
    return _page(request, _consent(request))


@view_config(
    route_name="billing.consents.answer",
    request_method="POST",
    renderer="billing/consents/answer.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def consent_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The answer, once: fields `name` and `deed`, which is `yes` or `no`."""
    consent, given = _consent(request), texts_of(request)
    deed = given.get("deed", "")
    if deed not in ("yes", "no"):
        return _page(request, consent, "Please press one of the two buttons.", given.get("name", ""))
    system = request.app.work_in(request.db)
    try:
        answer_consent(system, consent, agrees=deed == "yes", name=given.get("name", ""))
    except Invalid as invalid:
        return _page(request, consent, str(invalid), given.get("name", ""))
    except Conflict:
        request.db.refresh(consent)
    return HTTPSeeOther(request.path)


def _page(request: Request, consent: Consent, error: str = "", name: str = "") -> dict[str, object]:
    if error:
        request.response.status_int = 422
    row = request.db.execute(
        select(AgreementLine, Agreement, Organization.name.label("customer"))
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .join(Organization, Organization.id == Agreement.organization_id)
        .where(AgreementLine.id == consent.line_id)
    ).one()
    state = standing(consent, request.app.work_in(request.db))
    day = f"{consent.answered:%d %B %Y}" if consent.answered else ""
    return {
        "site_name": request.app.config.rtname,
        "customer": row.customer,
        "agreement": row.Agreement.name,
        "line": row.AgreementLine.name,
        "asked": asked_words(row.AgreementLine, consent),
        "text": consent.text,
        "request_number": consent.ticket_id,
        "expires": f"{consent.expires:%d %B %Y}",
        "closed": CLOSED[state].format(day=day) if state in CLOSED else "",
        "error": error,
        "name": name,
        "post_url": request.path,
    }


def _consent(request: Request) -> Consent:
    consent = find_consent(request.db, request.matchdict["token"])
    if consent is None:
        raise HTTPNotFound()
    return consent
