"""Organisations: `/organization`, `/organizations`. Ours; in the frame of RT's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, exists, func, select

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.organizations import (
    add_organization_member,
    add_site,
    change_organization,
    change_organization_member,
    change_site,
    create_organization,
    remove_organization_member,
    remove_site,
    set_domains,
)
from rtpy.changes.people import person_for_address
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.models import Organization, OrganizationDomain, OrganizationSite, Transaction, User
from rtpy.rest.naming import read_number
from rtpy.rest.people import find_one_user
from rtpy.rest2.changed_words import say_changed, say_refused
from rtpy.rest2.collection import with_disabled
from rtpy.rest2.field_conditions import WITHOUT, SearchesFields
from rtpy.rest2.field_values_of_things import Holder, first_fields, put_fields
from rtpy.rest2.people.organization_kind import ORGANIZATION, may_see, members_of, sites_of
from rtpy.rest2.plain_values import Column, read_flag, read_text
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Condition, Searchable, clause_of
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document
from rtpy.rights.names import Right

MOST = 500
_DOMAIN = Searchable(OrganizationDomain.domain)


class OrganizationRecord(SetupRecord):
    """`/organization/3`, `/organization/ACME`. Staff read, AdminUsers writes."""

    kind = ORGANIZATION
    label, logged_as, quote = "Organization", "organization", "'"
    columns: ClassVar[Mapping[str, Column]] = {
        "Name": Column("name", read_text),
        "Notes": Column("notes", read_text),
        "Disabled": Column("disabled", read_flag),
    }
    more = frozenset({"Domains", "Sites", "Members", "CustomFields"})

    def find(self) -> Organization | None:
        """By number or name."""
        text = self.call.args.get("organization", "").replace("\x00", "")
        number = read_number(text)
        if number is not None and (row := self.work.db.get(Organization, number)) is not None:
            return row
        query = select(Organization).where(func.lower(Organization.name) == text.lower())
        found: Organization | None = self.work.db.scalar(query) if text else None
        return found

    def sees(self, number: int) -> bool:
        """Staff do."""
        return may_see(self.call)

    def administers(self, number: int) -> bool:
        """AdminUsers."""
        return may_see(self.call) and bool(self.work.rights.system(Right.ADMIN_USERS))

    def etag(self) -> str | None:
        """The newest transaction of its history."""
        newest = self.work.db.scalar(select(func.max(Transaction.id)).where(*self._mine()))
        return str(newest or 0)

    def last_modified(self) -> datetime | None:
        """By its history."""
        newest: datetime | None = self.work.db.scalar(
            select(func.max(Transaction.created)).where(*self._mine())
        )
        return newest or self.thing.created

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (Transaction.object_type == "organization", Transaction.object_id == self.thing.id)

    def apply(self, values: Mapping[str, Any]) -> None:
        """Through the one function that changes organisations."""
        present = {name: getattr(self.thing, name) for name in ("name", "notes", "disabled")}
        change_organization(self.work, self.thing, **{**present, **values})

    def create(self, document: Document) -> Organization:
        """With all that the document says of it, or not at all."""
        given = self.read_columns(document)
        made = create_organization(
            self.work,
            given.get("name", ""),
            [read_text("Domains", each) for each in read_list("Domains", document.get("Domains"))],
            given.get("notes", ""),
        )
        self.call.cache["row"] = made
        for site in read_list("Sites", document.get("Sites")):
            name, address = read_site(site)
            add_site(self.work, made, name, address)
        self.work.db.flush()  # members name the sites
        for member in read_list("Members", document.get("Members")):
            self._put_member(member)
        fields = first_fields(self.call, Lookup.ORGANIZATION, 0, document.get("CustomFields"))
        if fields.values:
            set_fields(self.work, Lookup.ORGANIZATION, made.id, fields)
        if given.get("disabled"):
            self.apply({"disabled": True})
        return made

    def put_more(self, document: Document) -> list[str]:
        """Lists are whole: what they do not name goes."""
        said: list[str] = []
        if "CustomFields" in document:
            holder = Holder(Lookup.ORGANIZATION, self.thing.id)
            said += put_fields(self.call, self.numbered, holder, document["CustomFields"], self._fields)
        for name, put in (
            ("Domains", self._put_domains),
            ("Sites", self._put_sites),
            ("Members", self._put_members),
        ):
            if name not in document:
                continue
            try:
                with self.work.db.begin_nested():
                    said += put(read_list(name, document[name]))
                    self.work.db.flush()
            except RtpyError as problem:
                said.append(say_refused(self.numbered, problem))
        return said

    def _fields(self, given: GivenFields, removed: frozenset[int]) -> list[Transaction]:
        return set_fields(self.work, Lookup.ORGANIZATION, self.thing.id, given, removed=removed)

    def _put_domains(self, given: list[Any]) -> list[str]:
        before = self._domains()
        set_domains(self.work, self.thing, [read_text("Domains", each) for each in given])
        self.work.db.flush()
        after = self._domains()
        return [] if before == after else [say_changed(self.numbered, "Domains", before, after, self.quote)]

    def _domains(self) -> str:
        query = select(OrganizationDomain.domain).where(OrganizationDomain.organization_id == self.thing.id)
        return ", ".join(sorted(self.work.db.scalars(query)))

    def _put_sites(self, given: list[Any]) -> list[str]:
        work, thing, said = self.work, self.thing, []
        present = {each.id: each for each in sites_of(self.call, [thing.id])[thing.id]}
        by_name = {each.name.lower(): each for each in present.values()}
        for document in given:
            name, address = read_site(document)
            number = read_number(document.get("id", "")) if isinstance(document, dict) else None
            site: OrganizationSite | None = present.get(number or 0) or by_name.get(name.lower())
            if site is None:
                add_site(work, thing, name, address)
                said.append(f"Site {name} added")
                continue
            present.pop(site.id, None)
            keeps_address = not isinstance(document, dict) or "Address" not in document
            new = (name or site.name, site.address if keeps_address else address)
            if new != (site.name, site.address):
                change_site(work, thing, site, name=new[0], address=new[1])
                said.append(f"Site {new[0]} changed")
        for site in present.values():
            remove_site(work, thing, site)
            said.append(f"Site {site.name} deleted")
        return said

    def _put_members(self, given: list[Any]) -> list[str]:
        present = {each.user_id for each in members_of(self.call, [self.thing.id])[self.thing.id]}
        said, kept = [], set()
        for each in given:
            user, is_news = self._put_member(each, present)
            kept.add(user.id)
            said += [f"Member added: {user.name}"] if is_news else []
        for number in sorted(present - kept):
            remove_organization_member(self.work, self.thing, number)
            said.append("Member deleted")
        return said

    def _put_member(self, given: Any, present: set[int] | frozenset[int] = frozenset()) -> tuple[User, bool]:
        """Let somebody be a member, and what the document says of them there."""
        work, thing = self.work, self.thing
        document = given if isinstance(given, dict) else {}
        named = document.get("id") or document.get("Name") if document else given
        user = find_one_user(work, named)
        if user is None and isinstance(named, str) and "@" in named:
            user = person_for_address(work, named)
        if user is None:
            raise Invalid(Problem("Members", f"There is no user {str(named)[:60]}"))
        is_news = user.id not in present
        add_organization_member(work, thing, user)
        work.db.flush()
        told = {name: document[name] for name in ("Title", "Site", "IsContact") if name in document}
        if told:
            row = next(
                each for each in members_of(self.call, [thing.id])[thing.id] if each.user_id == user.id
            )
            change_organization_member(
                work,
                thing,
                user.id,
                site_id=self._site(told["Site"]) if "Site" in told else row.site_id,
                title=read_text("Title", told["Title"]) if "Title" in told else row.title,
                is_contact=read_flag("IsContact", told["IsContact"])
                if "IsContact" in told
                else row.is_contact,
            )
        return user, is_news

    def _site(self, value: Any) -> int | None:
        text = read_text("Site", value).strip()
        if not text:
            return None
        for each in sites_of(self.call, [self.thing.id])[self.thing.id]:
            if text.lower() in (each.name.lower(), str(each.id)):
                return each.id
        raise Invalid(Problem("Site", f"{self.thing.name} has no site {text[:60]}"))


def read_list(name: str, value: Any) -> list[Any]:
    """A list, or one of its items by itself; nothing for null and "". Raises Invalid for too many."""
    found = value if isinstance(value, list) else [] if value in (None, "") else [value]
    if len(found) > MOST:
        raise Invalid(Problem(name, f"At most {MOST} can be given at once"))
    return found


def read_site(value: Any) -> tuple[str, str]:
    """Name and address of a site: a text is the name. Raises Invalid."""
    if not isinstance(value, dict):
        return read_text("Sites", value), ""
    return read_text("Name", value.get("Name")), read_text("Address", value.get("Address"))


class NewOrganization(OrganizationRecord):
    """`/organization`."""

    methods = ("POST",)


class Organizations(SearchesFields):
    """`/organizations`: all of them, or those that fit."""

    kind = ORGANIZATION
    lookup = Lookup.ORGANIZATION

    def is_forbidden(self) -> bool:
        """For staff."""
        return not may_see(self.call)

    def clause(self, condition: Condition) -> ColumnElement[bool] | None:
        """Of a domain: one of them fits, or for negative operators none does."""
        if condition.field.lower() != "domain":
            return super().clause(condition)
        mine = OrganizationDomain.organization_id == Organization.id
        is_negative = condition.operator in WITHOUT
        positive = replace(condition, operator=WITHOUT.get(condition.operator, condition.operator))
        fits = exists().where(mine, clause_of(self.call, _DOMAIN, positive))
        return ~fits if is_negative else fits

    def rows(self) -> Select[Any]:
        """Disabled ones only when asked for."""
        query = select(Organization.id)
        return query if with_disabled(self.call) else query.where(Organization.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(Organization.name), Organization.id)


ROUTES = (
    Route("organization", NewOrganization, "Make an organisation (ours)"),
    Route("organization/{organization*}", OrganizationRecord, "One organisation, by number or name (ours)"),
    Route("organizations", Organizations, "Organisations (ours)"),
)
