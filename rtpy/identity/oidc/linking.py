"""Who of us a proved identity is: known from before, found by a proved mail address, or made, as far as that is safe.

A link to the provider's subject is the only thing that lasts. A mail address brings one about once, and only when the
provider has proved it (A42); a login name never does, since anybody may call themselves what they like.
"""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from rtpy.changes.accounts import create_account, is_privileged
from rtpy.changes.change import Record
from rtpy.changes.groups import USER_DEFINED, put_into_group, take_out_of_group
from rtpy.changes.organizations import add_organization_member
from rtpy.changes.people import find_by_address, organization_of
from rtpy.changes.recording import record
from rtpy.errors import Invalid
from rtpy.identity.oidc.flow import SignOnFailed
from rtpy.identity.oidc.id_token import Identity
from rtpy.identity.oidc.provider import Provider
from rtpy.models import (
    Group,
    GroupMember,
    Organization,
    OrganizationDomain,
    Principal,
    SignOnLink,
    SignOnProvider,
    Transaction,
    User,
)
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.grants import would_be_super_user
from rtpy.work import Work

log = logging.getLogger("rtpy.login")

OFF = "Your account is switched off. Ask your administrator."
_ASK = "Ask your administrator to connect your account"


def person_of(work: Work, provider: Provider, identity: Identity) -> User:
    """Who it is; linked, made and put into groups as the provider's settings say. `work` is the system's.

    Raises SignOnFailed with a sentence that says what to do.
    """
    address = proved_address(provider, identity.claims)
    _check_domain(work, provider, identity, address)
    link = _known(work, provider, identity)
    if link is None:
        link = _expected(work, provider, identity, address) or _found_or_made(
            work, provider, identity, address
        )
    user = work.db.get_one(User, link.user_id)
    if work.db.get_one(Principal, user.id).disabled or user.merged_into_id is not None:
        raise SignOnFailed(OFF, user.id, is_disabled=True)
    link.used = work.now
    _settle_groups(work, provider, identity.claims, user)
    return user


def proved_address(provider: Provider, claims: Mapping[str, Any]) -> str:
    """The mail address that the provider has proved, in lower case; empty when there is none."""
    given, proved = claims.get("email"), claims.get(provider.verified_claim or "email_verified")
    if proved is not True and proved not in ("true", "1"):
        return ""
    if not isinstance(given, str) or len(given) > 320 or not given.isprintable() or given.count("@") != 1:
        return ""
    address = given.strip().lower()
    return "" if " " in address or address.startswith("@") or address.endswith("@") else address


def add_link(work: Work, provider: Provider | SignOnProvider, user: User, subject: str) -> SignOnLink:
    """From now on the provider's `subject` is this person (empty: whoever proves an address of theirs); recorded."""
    link = SignOnLink(
        provider_id=provider.id, issuer=provider.issuer, subject=subject, user_id=user.id, created=work.now
    )
    work.db.add(link)
    work.db.flush()  # a second one at the same moment meets the unique index
    _note(work, user, "", f"{provider.name}: {subject or 'at the next login'}")
    return link


def drop_link(work: Work, provider_name: str, link: SignOnLink) -> None:
    """The provider no longer knows this person; recorded."""
    user = work.db.get_one(User, link.user_id)
    _note(work, user, f"{provider_name}: {link.subject or 'at the next login'}", "")
    work.db.delete(link)
    work.db.flush()  # the same may be linked anew at once


def _known(work: Work, provider: Provider, identity: Identity) -> SignOnLink | None:
    return work.db.scalar(
        select(SignOnLink).where(
            SignOnLink.provider_id == provider.id,
            SignOnLink.issuer == identity.issuer,
            SignOnLink.subject == identity.subject,
        )
    )


def _expected(work: Work, provider: Provider, identity: Identity, address: str) -> SignOnLink | None:
    """The link that an administrator has prepared for whoever proves this address, super-users too."""
    found = find_by_address(work.db, address) if address else None
    if found is None:
        return None
    waiting = work.db.scalar(
        select(SignOnLink).where(
            SignOnLink.provider_id == provider.id,
            SignOnLink.issuer == identity.issuer,
            SignOnLink.subject == "",
            SignOnLink.user_id == found.id,
        )
    )
    if waiting is not None:
        waiting.subject = identity.subject
        _note(work, found, f"{provider.name}: at the next login", f"{provider.name}: {identity.subject}")
    return waiting


def _found_or_made(work: Work, provider: Provider, identity: Identity, address: str) -> SignOnLink:
    found = find_by_address(work.db, address) if address else None
    if found is not None:
        _check_link(work, provider, identity, found)
        log.info("single sign-on: user %s is linked to %s", found.id, provider.name)
        return add_link(work, provider, found, identity.subject)
    if not provider.makes_people:
        raise _unknown(provider, identity, "There is no account for you here yet.")
    return add_link(work, provider, _make(work, provider, identity, address), identity.subject)


def _check_link(work: Work, provider: Provider, identity: Identity, user: User) -> None:
    """May a proved address alone make this person known? Raises SignOnFailed."""
    if work.db.get_one(Principal, user.id).disabled:
        raise SignOnFailed(OFF, user.id, is_disabled=True)
    if user.name in (SYSTEM_USER, NOBODY) or would_be_super_user(work.db, user.id):
        raise _unknown(
            provider, identity, "An account with all rights is never connected by a mail address.", user
        )
    if is_privileged(work, user.id) and not provider.for_staff:
        raise _unknown(provider, identity, f"{provider.name} does not speak for staff.", user)
    if provider.organization_id is not None:
        theirs = organization_of(work.db, user)
        if theirs is None or theirs[0] != provider.organization_id:
            raise _unknown(
                provider, identity, f"Your account is not one of those that {provider.name} knows.", user
            )
    taken = select(SignOnLink.id).where(SignOnLink.provider_id == provider.id, SignOnLink.user_id == user.id)
    if work.db.scalar(taken.where(SignOnLink.issuer == identity.issuer).limit(1)) is not None:
        raise _unknown(
            provider, identity, f"Your account is connected to somebody else of {provider.name}.", user
        )


def _check_domain(work: Work, provider: Provider, identity: Identity, address: str) -> None:
    domains = set(provider.domains)
    if not domains and provider.organization_id is not None:
        theirs = select(OrganizationDomain.domain).where(
            OrganizationDomain.organization_id == provider.organization_id
        )
        domains = set(work.db.scalars(theirs))
        if not domains and _known(work, provider, identity) is not None:
            return  # linked by hand, and there is nothing to compare with
        domains = domains or {""}
    if not domains or address.rpartition("@")[2] in domains:
        return
    if not address:
        if _known(work, provider, identity) is not None:
            return  # linked by an administrator, whose word goes before
        raise _unknown(provider, identity, f"{provider.name} has not confirmed your mail address.")
    raise SignOnFailed(f"Addresses of {address.rpartition('@')[2]} may not log in by {provider.name}.")


def _make(work: Work, provider: Provider, identity: Identity, address: str) -> User:
    """A new person; without a proved address one without any."""
    claims = identity.claims
    given = claims.get(provider.name_claim)
    wanted = given.strip() if isinstance(given, str) else ""
    if "@" in wanted and wanted.lower() != address:
        # as a name it would draw the mail of whose address it is to this account (A44)
        wanted = wanted.partition("@")[0]
    name = wanted or address
    if not name:
        raise _unknown(provider, identity, f"{provider.name} does not say how you are called.")
    real_name = claims.get("name")
    try:
        user = create_account(
            work,
            privileged=provider.for_staff,
            name=name,
            email_address=address,
            real_name=real_name[:255] if isinstance(real_name, str) else "",
        )
    except Invalid as wrong:
        log.warning("single sign-on: no account for %r: %s", name[:100], wrong)
        raise _unknown(
            provider,
            identity,
            f"The login name “{name[:80]}” belongs to an account here already, or is none.",
        ) from None
    if provider.organization_id is not None:
        add_organization_member(work, work.db.get_one(Organization, provider.organization_id), user)
    log.info("single sign-on: user %s was made by %s", user.id, provider.name)
    return user


def _settle_groups(work: Work, provider: Provider, claims: Mapping[str, Any], user: User) -> None:
    """Into the groups that the claim names, and out of the others of the provider's map.

    Groups that hold SuperUser stay as they are.
    """
    if not provider.group_claim or not provider.groups or provider.organization_id is not None:
        return
    if provider.group_claim not in claims:
        return  # nothing is said, so nothing is known
    said = claims[provider.group_claim]
    values = {str(each) for each in said} if isinstance(said, list) else {str(said)}
    wanted = {group.lower() for value, group in provider.groups if value in values}
    mapped = {group.lower() for _, group in provider.groups}
    rows = work.db.execute(
        select(Group, GroupMember.id)
        .outerjoin(GroupMember, (GroupMember.group_id == Group.id) & (GroupMember.member_id == user.id))
        .where(Group.domain == USER_DEFINED, func.lower(Group.name).in_(mapped))
        .order_by(Group.id)
    )
    for group, member in rows.all():
        if would_be_super_user(work.db, group.id):
            continue
        if group.name.lower() in wanted and member is None:
            put_into_group(work, group, user.id)
        elif group.name.lower() not in wanted and member is not None:
            take_out_of_group(work, group, user.id)


def _note(work: Work, user: User, old: str, new: str) -> None:
    change = Transaction(type="Set", field="SignOn", old_value=old[:255], new_value=new[:255])
    record(work, "user", user.id, Record(change))


def _unknown(provider: Provider, identity: Identity, why: str, user: User | None = None) -> SignOnFailed:
    log.warning("single sign-on: %s: no account for subject %r: %s", provider.name, identity.subject, why)
    return SignOnFailed(
        f"{why} {_ASK}: {provider.name} knows you as {identity.subject}.", None if user is None else user.id
    )
