"""Trying out a scrip on the transactions of the last month; nothing is changed and nothing leaves."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.automation import ScripResource
from rtpy.rights.names import Right
from rtpy.scrips.dry_run import DAYS, dry_run_scrip
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.shown import Link

TONES = {"would act": "ok", "skipped": "", "failed": "bad"}


@view_config(
    route_name="admin.scrips.dry_run",
    request_method="GET",
    renderer="admin/scrips/dry_run.pt",
    permission=Right.SHOW_SCRIPS,
)
def try_scrip(resource: ScripResource, request: Request) -> dict[str, object]:
    """Only tickets and comments that the reader may see are looked at."""
    scrip, path = resource.scrip, request.route_path
    run = dry_run_scrip(request.work, scrip)
    here = path("admin.scrips.modify", id=scrip.id)
    return {
        "crumbs": admin_crumbs(
            request, Link("Scrips", path("admin.scrips.list")), Link(scrip.description, here)
        ),
        "scrip_url": here,
        "description": scrip.description,
        "days": DAYS,
        "run": run,
        "counts": [(outcome, number, TONES[outcome]) for outcome, number in run.counts.items()],
        "samples": [
            (
                outcome,
                TONES[outcome],
                [
                    (each, f"{path('ticket.history', id=each.ticket_id)}#txn-{each.transaction_id}")
                    for each in run.samples.get(outcome, [])
                ],
            )
            for outcome in TONES
        ],
    }
