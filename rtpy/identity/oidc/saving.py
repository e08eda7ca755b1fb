"""Saving providers of single sign-on: read from what somebody gave, checked, noted without the secret."""

from collections.abc import Mapping

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import MASK, note_configuration
from rtpy.changes.organizations import read_domains
from rtpy.changes.people import find_person
from rtpy.errors import Invalid, Problem
from rtpy.identity.oidc.linking import add_link, drop_link
from rtpy.identity.oidc.provider import PURPOSE, check_place, read_group_map
from rtpy.models import Group, Organization, SignOnLink, SignOnProvider, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.outbound.target import NotAllowed
from rtpy.rights.grants import would_be_super_user
from rtpy.rights.names import Right
from rtpy.sealing import seal
from rtpy.work import Work

KIND = "sign-on provider"
DEFAULTS = {
    "scopes": "openid profile email",
    "name_claim": "preferred_username",
    "verified_claim": "email_verified",
}
"""What a new provider begins with, and what an empty field means."""
TEXTS = ("name", "issuer", "client_id", "scopes", "name_claim", "verified_claim", "group_claim")
FLAGS = ("makes_people", "for_staff", "disabled")
_LONGEST = {"name": 100, "issuer": 500}


def save_provider(work: Work, row: SignOnProvider | None, values: Mapping[str, str]) -> SignOnProvider:
    """Make a provider, or change this one. Needs SuperUser.

    Fields: TEXTS, FLAGS (1 or nothing), domains, group_map, organization (a name or nothing), client_secret (empty:
    the present one stays while the issuer does), no_secret (1: there is none). Raises Invalid with every problem.
    """
    need_system(work, Right.SUPER_USER)
    problems: list[Problem] = []
    clean = {name: " ".join(values.get(name, "").split()) or DEFAULTS.get(name, "") for name in TEXTS}
    flags = {name: values.get(name) == "1" for name in FLAGS}
    for name, sentence in (
        ("name", "Give it a name: the button of the login page says it."),
        ("issuer", "Give its issuer, an address such as https://login.example.com/realms/main."),
        (
            "client_id",
            "Give the client id that the provider has for this site, or save it switched off until you have one.",
        ),
    ):
        longest = _LONGEST.get(name, 255)
        if not clean[name] and not (name == "client_id" and flags["disabled"]):
            problems.append(Problem(name, sentence))
        elif len(clean[name]) > longest:
            problems.append(Problem(name, f"This is too long: at most {longest} characters fit."))
    _check_issuer(work, clean["issuer"], problems)
    if "openid" not in clean["scopes"].split():
        problems.append(Problem("scopes", "The scope openid must be among them."))
    twin = work.db.scalar(
        select(SignOnProvider.id).where(func.lower(SignOnProvider.name) == clean["name"].lower())
    )
    if twin is not None and (row is None or twin != row.id):
        problems.append(Problem("name", "There is a provider of this name: choose another one."))
    domains = _domains(values.get("domains", ""), problems)
    organization = _organization(work, values.get("organization", "").strip(), problems)
    if flags["for_staff"] and organization is not None:
        problems.append(
            Problem("for_staff", "A client's provider never speaks for staff: choose one of the two.")
        )
    elif flags["for_staff"] and not domains:
        problems.append(
            Problem(
                "domains", "Name the mail domains of your staff: else whoever has an account there is staff."
            )
        )
    group_map = "\n".join(
        f"{value} = {group}" for value, group in read_group_map(values.get("group_map", ""))
    )
    _check_groups(work, group_map, clean["group_claim"], organization is not None, problems)
    if problems:
        raise Invalid(*problems)
    before = None if row is None else plain_provider(work, row)
    if row is None:
        row = SignOnProvider(created=work.now, issuer=clean["issuer"])
        work.db.add(row)
    is_new_secret = _set_secret(work, row, values, clean["issuer"])
    for name, value in {**clean, **flags}.items():
        setattr(row, name, value)
    row.domains, row.group_map = " ".join(domains), group_map
    row.organization_id = organization.id if organization else None
    work.db.flush()  # the log names it by its id
    after = plain_provider(work, row)
    if is_new_secret and before is not None and before["secret"]:
        before["secret"] = "the one before"
    note_configuration(work, KIND, row.id, row.name, before, after)
    return row


def delete_provider(work: Work, row: SignOnProvider) -> None:
    """Delete it, and with it whom it knows; the people stay. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    links = work.db.scalars(select(SignOnLink).where(SignOnLink.provider_id == row.id)).all()
    for link in links:
        drop_link(work, row.name, link)
    note_configuration(work, KIND, row.id, row.name, plain_provider(work, row), None)
    work.db.delete(row)
    work.db.flush()


def plain_provider(work: Work, row: SignOnProvider) -> dict[str, str]:
    """All that makes it up, as `save_provider` reads it; of the secret only whether there is one."""
    organization = work.db.get(Organization, row.organization_id) if row.organization_id else None
    return {
        **{name: getattr(row, name) for name in TEXTS},
        **{name: "1" if getattr(row, name) else "" for name in FLAGS},
        "domains": row.domains,
        "group_map": row.group_map,
        "organization": organization.name if organization else "",
        "secret": MASK if row.client_secret else "",
    }


def connect_person(work: Work, row: SignOnProvider, who: str, subject: str) -> User:
    """Let the provider know a person: as `subject`, or, when that is empty, at the next login with a proved address.

    Needs SuperUser. Raises Invalid.
    """
    need_system(work, Right.SUPER_USER)
    user = find_person(work.db, who) if who.strip() else None
    subject = subject.strip()
    if user is None:
        said = f"There is nobody named “{who.strip()[:80]}”." if who.strip() else "Say whom."
        raise Invalid(Problem("who", said))
    if user.name in (SYSTEM_USER, NOBODY):
        raise Invalid(Problem("who", f"{user.name} is part of rtpy itself: it never logs in."))
    if len(subject) > 255 or not subject.isprintable():
        raise Invalid(Problem("subject", "This is no subject: up to 255 characters in one line."))
    here = select(SignOnLink).where(
        SignOnLink.provider_id == row.id, SignOnLink.issuer == row.issuer, SignOnLink.subject == subject
    )
    taken = work.db.scalar(here if subject else here.where(SignOnLink.user_id == user.id))
    if taken is not None:
        other = work.db.get_one(User, taken.user_id)
        raise Invalid(Problem("subject" if subject else "who", f"That is {other.display_name} already."))
    add_link(work, row, user, subject)
    return user


def disconnect_person(work: Work, row: SignOnProvider, link: SignOnLink) -> None:
    """The provider no longer knows them; who is logged in stays so. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    drop_link(work, row.name, link)


def _set_secret(work: Work, row: SignOnProvider, values: Mapping[str, str], issuer: str) -> bool:
    given = values.get("client_secret", "").strip()
    old = row.client_secret or ""
    if given:
        row.client_secret = seal(work.app.config, PURPOSE, given)
    elif values.get("no_secret") == "1" or row.issuer != issuer:
        row.client_secret = ""  # a secret is never told to another server (A46)
    return (row.client_secret or "") != old


def _check_issuer(work: Work, issuer: str, problems: list[Problem]) -> None:
    if not issuer:
        return
    try:
        check_place(work.app.config, issuer)
    except NotAllowed as wrong:
        problems.append(
            Problem("issuer", f"{wrong} What else is allowed stands in the option sign_on.allow.")
        )
        return
    if "?" in issuer:
        problems.append(Problem("issuer", "An issuer has no question mark."))
    elif issuer.endswith("/.well-known/openid-configuration"):
        problems.append(
            Problem("issuer", "Leave out /.well-known/openid-configuration: it is added by itself.")
        )


def _domains(given: str, problems: list[Problem]) -> list[str]:
    try:
        return read_domains(given.replace(",", " ").split())
    except Invalid as wrong:
        problems += wrong.problems
        return []


def _organization(work: Work, name: str, problems: list[Problem]) -> Organization | None:
    if not name:
        return None
    found = work.db.scalar(select(Organization).where(func.lower(Organization.name) == name.lower()))
    if found is None:
        problems.append(Problem("organization", f"There is no organisation “{name[:80]}”."))
    return found


def _check_groups(work: Work, group_map: str, claim: str, of_client: bool, problems: list[Problem]) -> None:
    pairs = read_group_map(group_map)
    if not pairs:
        return
    if of_client:
        problems.append(
            Problem("group_map", "A client's provider puts nobody into groups: leave this empty.")
        )
    elif not claim:
        problems.append(Problem("group_claim", "Name the claim that holds the groups, such as groups."))
    for _, name in pairs:
        group = work.db.scalar(
            select(Group).where(Group.domain == "UserDefined", func.lower(Group.name) == name.lower())
        )
        if group is None:
            said = f"There is no group “{name[:80]}”." if name else "Write lines such as: helpdesk = Support."
            problems.append(Problem("group_map", said))
        elif would_be_super_user(work.db, group.id):
            problems.append(
                Problem(
                    "group_map", f"{group.name} holds SuperUser: nobody gets that by another server's word."
                )
            )
