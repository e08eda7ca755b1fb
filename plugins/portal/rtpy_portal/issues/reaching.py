"""Who of many people may read an issue for organisations: the rule of the pages, for a slice of mails at once."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from rtpy.models import Organization, OrganizationDomain, OrganizationMember, User
from rtpy.work import Work
from rtpy_portal.models import Audience, Issue, IssueAudience, MemberRow


def who_reads(work: Work, issue: Issue, people: Sequence[User]) -> frozenset[int]:
    """The numbers of those who may read it now, whatever it was when they joined. Four queries at most."""
    if issue.audience == Audience.EVERYONE.value:
        return frozenset(each.id for each in people)
    if issue.audience == Audience.STAFF.value or not people:
        return frozenset()
    wanted = set(
        work.db.scalars(
            select(IssueAudience.organization_id)
            .join(Organization, Organization.id == IssueAudience.organization_id)
            .where(IssueAudience.issue_id == issue.id, Organization.disabled.is_(False))
        )
    )
    ids = [each.id for each in people]
    theirs = {
        (row.user_id, row.organization_id)
        for row in work.db.execute(
            select(OrganizationMember.user_id, OrganizationMember.organization_id).where(
                OrganizationMember.user_id.in_(ids), OrganizationMember.organization_id.in_(wanted)
            )
        )
    }
    theirs |= {pair for pair in _by_domain(work, people) if pair[1] in wanted}
    closed = {
        (row.user_id, row.organization_id)
        for row in work.db.execute(
            select(MemberRow.user_id, MemberRow.organization_id).where(
                MemberRow.user_id.in_(ids), MemberRow.is_off.is_(True)
            )
        )
    }
    return frozenset(user_id for user_id, _ in theirs - closed)


def _by_domain(work: Work, people: Sequence[User]) -> Iterable[tuple[int, int]]:
    """(person, organisation) by mail domains, of which the longest one decides."""
    domains = {
        each.id: list(_parents((each.email_address or "").rpartition("@")[2].lower())) for each in people
    }
    every = {domain for each in domains.values() for domain in each}
    rows = work.db.execute(
        select(OrganizationDomain.domain, OrganizationDomain.organization_id)
        .join(Organization, Organization.id == OrganizationDomain.organization_id)
        .where(OrganizationDomain.domain.in_(every), Organization.disabled.is_(False))
    )
    known = {row.domain: row.organization_id for row in rows}
    for user_id, names in domains.items():
        found = next((known[name] for name in names if name in known), None)
        if found is not None:
            yield user_id, found


def _parents(domain: str) -> Iterable[str]:
    """A domain and those above it, the longest first, without the last label alone."""
    labels = domain.split(".") if domain else []
    return (".".join(labels[start:]) for start in range(max(len(labels) - 1, 1) if labels else 0))
