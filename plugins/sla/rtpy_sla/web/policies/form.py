"""The form of a policy."""

from collections.abc import Mapping
from dataclasses import replace

from pyramid.request import Request
from sqlalchemy import select

from rtpy.web.admin.editing import Section, at_the_top
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.working_hours import offered
from rtpy_sla.models import Ladder, Policy, PolicyVersion
from rtpy_sla.web.policies.bands import new_band, rows_of, typed_of
from rtpy_sla.web.policies.conditions import CHANNELS, words_for
from rtpy_sla.web.policies.said import ON_PRIORITY, REOPENINGS

CONFIRM_DAYS = "7"


def typed_policy(request: Request, policy: Policy | None, version: PolicyVersion | None) -> dict[str, str]:
    """The present values as the form holds them."""
    if policy is None or version is None:
        return {
            "reopening": "continue",
            "confirm_days": CONFIRM_DAYS,
            "on_priority": "creation",
            **new_band(0),
        }
    return {
        "name": policy.name,
        "description": policy.description,
        "ladder": str(policy.ladder_id or ""),
        **words_for(request, [version.conditions]).typed(version.conditions),
        **typed_of(version.bands),
        "reopening": version.reopening,
        "confirm_days": f"{version.confirm_seconds / 86_400:g}",
        "on_priority": version.on_priority,
    }


def policy_form(
    request: Request,
    policy: Policy | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """The values of sla/policies/form.pt; each problem stands beside its field and at the top."""
    wrong, path = dict(problems or {}), request.route_path
    sections = tuple(
        replace(
            section, fields=tuple(replace(each, error=wrong.get(each.name, "")) for each in section.fields)
        )
        for section in _sections(request, given)
    )
    bands = rows_of(given, wrong)
    band_fields = [Field(name, "") for name in wrong if name.startswith("band.")]
    shown = [each for section in sections for each in section.fields]
    top = [
        (
            f"{name.removesuffix('.amount').replace('.', '-')}{'-amount' if name.endswith('.amount') else ''}",
            text,
        )
        if name.startswith("band.")
        else (field_id, text)
        for (field_id, text), name in zip(
            at_the_top(request, [*shown, *band_fields], wrong), wrong, strict=True
        )
    ]
    used = {int(band.calendar) for band in bands if band.calendar.isdigit()}
    return {
        "crumbs": admin_crumbs(request, Link("Policies", path("sla.policies.list"))),
        "title": "New policy" if policy is None else f"Policy: {policy.name}",
        "intro": ""
        if policy is None
        else "What is changed below the name makes a new version, for tickets to come. "
        "Tickets keep the version that they have.",
        "links": (Link("Versions", path("sla.policies.versions", id=policy.id)),) if policy else (),
        "problems": top,
        "sections": sections,
        "bands": bands,
        "calendars": offered(request.app, request.db, used),
        "post_url": path("sla.policies.create")
        if policy is None
        else path("sla.policies.modify", id=policy.id),
        "may_disable": policy is not None and not policy.disabled,
        "may_enable": policy is not None and policy.disabled,
    }


def _sections(request: Request, given: Mapping[str, str]) -> tuple[Section, ...]:
    def text(name: str, label: str, hint: str = "", *, required: bool = False) -> Field:
        return Field(name, label, given.get(name, ""), hint=hint, required=required)

    def lines(name: str, label: str, hint: str, rows: int = 2) -> Field:
        return Field(name, label, given.get(name, ""), "textarea", hint, rows=rows)

    def choice(name: str, label: str, options: Mapping[str, str], hint: str = "") -> Field:
        chosen = given.get(name, "")
        shown = tuple(Option(value, words, value == chosen) for value, words in options.items())
        return Field(name, label, chosen, "select", hint, required=True, options=shown)

    ladders = request.db.execute(
        select(Ladder.id, Ladder.name).where(Ladder.disabled.is_(False)).order_by(Ladder.name)
    )
    return (
        Section(
            "The policy",
            (
                text("name", "Name", "Staff read it on tickets, such as Gold.", required=True),
                text("description", "Description"),
                choice(
                    "ladder",
                    "Escalation",
                    {"": "none", **{str(row.id): row.name for row in ladders}},
                    "Who is told when a clock comes close to its moment, or passes it. It holds for all versions.",
                ),
            ),
        ),
        Section(
            "For which tickets",
            (
                lines("for.organizations", "Organisations", "Names, one a line. Empty: any, or none."),
                lines("for.sites", "Sites", "One a line, such as Harbour Clinic: North wing."),
                lines("for.queues", "Queues", "Names, one a line."),
                lines(
                    "for.groups", "Requestors are in the groups", "Names, one a line; one of them is enough."
                ),
                text("for.priority_from", "From priority"),
                text("for.priority_to", "Up to priority"),
                choice("for.channel", "The ticket came", CHANNELS),
                lines(
                    "for.fields",
                    "Custom fields",
                    "Lines like Contract = Gold; several values of one field: any.",
                ),
                text(
                    "for.query",
                    "And this query",
                    "Anything else, as in searches, such as Agreement = 'Care'.",
                ),
            ),
            help="All that is given must hold. Nothing given: every ticket.",
        ),
        Section(
            "Later on",
            (
                choice("reopening", "When a ticket is reopened, its resolution", REOPENINGS),
                text(
                    "confirm_days",
                    "Days in which it continues",
                    "Days of any calendar after it was resolved.",
                ),
                choice("on_priority", "When the priority changes, clocks that run are", ON_PRIORITY),
            ),
        ),
    )
