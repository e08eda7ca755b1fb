"""What webhooks can be told of known issues: public words and counts, never a person or a request."""

from collections.abc import Mapping

from rtpy.webhooks.events import BroughtEvent
from rtpy.work import Work
from rtpy_portal.models import Issue
from rtpy_portal.rights import MANAGE_ISSUES

OPENED, UPDATED, CLOSED = "portal.issue_opened", "portal.issue_updated", "portal.issue_closed"

EVENTS: Mapping[str, BroughtEvent] = {
    OPENED: BroughtEvent("A known issue can be read by others than staff", MANAGE_ISSUES),
    UPDATED: BroughtEvent("A known issue tells something new", MANAGE_ISSUES),
    CLOSED: BroughtEvent("A known issue is done or declined", MANAGE_ISSUES),
}


def facts_of(work: Work, issue: Issue, text: str = "") -> dict[str, object]:
    """The issue as a payload; `text` is what an update says."""
    return {
        "id": issue.id,
        "kind": issue.kind,
        "title": issue.title,
        "stage": issue.stage,
        "audience": issue.audience,
        "planned_from": issue.planned_from.isoformat() if issue.planned_from else None,
        "planned_until": issue.planned_until.isoformat() if issue.planned_until else None,
        "text": text or issue.text,
        "url": work.app.config.url(f"/portal/issues/{issue.id}"),
    }
