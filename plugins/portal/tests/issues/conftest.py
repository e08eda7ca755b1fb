"""Known issues to test with: made as staff make them."""

from datetime import timedelta

import pytest

from rtpy.models import OrganizationMember
from rtpy_portal.issues.updating import post_update
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.models import Audience


@pytest.fixture
def issue(work):
    """`issue("Mail delays")`: one that everybody reads; `issue("VPN", organizations=[firm])` for the people of some."""

    def make_issue(title="Mail delays", text="Mail comes late since noon.", *, organizations=(), **given):
        ids = frozenset(each.id for each in organizations)
        audience = Audience.ORGANIZATIONS if ids else Audience.EVERYONE
        return save_issue(
            work,
            None,
            IssueValues(title, text, **{"audience": audience.value, "organization_ids": ids, **given}),
        )

    return make_issue


@pytest.fixture
def tell(work):
    """`tell(issue, "It is the disk.", "cause_found")`: an update."""

    def post(issue, text="", stage=None, first=None, last=None, **given):
        work.now += timedelta(seconds=1)
        return post_update(work, issue, text, stage or issue.stage, first, last, **given)

    return post


@pytest.fixture
def member(db):
    """`member(firm, ann)`: Ann is of the firm."""

    def join(organization, user):
        db.add(OrganizationMember(organization_id=organization.id, user_id=user.id))
        db.flush()

    return join
