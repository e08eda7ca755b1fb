"""Users: `/user`, `/user/ann`, `/users`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select

from rtpy.changes.accounts import (
    COLUMNS,
    change_person,
    create_account,
    is_privileged,
    may_administer,
    set_privileged,
)
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.people import find_by_address, find_by_name, system_groups
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Refused, RtpyError
from rtpy.identity.accounts import set_disabled, set_password
from rtpy.models import GroupMember, Principal, Transaction, User
from rtpy.models.group import PRIVILEGED, UNPRIVILEGED
from rtpy.models.locks import lock_memberships, lock_users
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rest.naming import find_user
from rtpy.rest2.changed_words import say_refused
from rtpy.rest2.collection import with_disabled
from rtpy.rest2.field_conditions import SearchesFields
from rtpy.rest2.field_values_of_things import Holder, first_fields, put_fields
from rtpy.rest2.histories.newest import newest_event
from rtpy.rest2.people.users_kind import SUMMARY, USER, administers_users, visible_users
from rtpy.rest2.plain_values import Column, read_flag, read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Created
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Searchable
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document, url


class UserRecord(SetupRecord):
    """`/user/7`, `/user/ann`. Staff may read everybody, in part; others themselves."""

    kind = USER
    label, quote = "User", "'"
    columns = {  # noqa: RUF012
        **{name: Column(attribute, read_text) for attribute, name in COLUMNS.items()},
        "Password": Column("password", read_text),
        "Privileged": Column("privileged", read_flag),
        "Disabled": Column("disabled", read_flag),
    }
    more = frozenset({"CustomFields"})
    tolerated = frozenset({"Memberships"})
    not_kept = frozenset(
        {
            "FreeformContactInfo", "ExternalContactInfoId", "ContactInfoSystem", "ExternalAuthId", "AuthSystem",
            "EmailEncoding", "WebEncoding", "PGPKey", "SMIMECertificate",
        }
    )  # fmt: skip

    def find(self) -> User | None:
        """By number or login name."""
        name = self.call.args.get("user")
        return find_user(self.work.db, name) if name else None

    def is_forbidden(self) -> bool:
        """Who is no staff has nobody but themselves, whether there is such a person or not."""
        if self.call.login.is_privileged:
            return False
        return self.row is None or self.row.id != self.work.actor.user_id

    def lock(self) -> None:
        """Memberships first, which a change may need: the order of all locks."""
        lock_memberships(self.work.db)
        lock_users(self.work.db, self.thing.id)

    def etag(self) -> str | None:
        """The newest entry of the history."""
        newest = newest_event(self.call, "user", self.thing.id)
        return str(newest[0]) if newest else str(self.last_modified())

    def last_modified(self) -> datetime | None:
        """When the newest entry was written."""
        newest = newest_event(self.call, "user", self.thing.id)
        return newest[1] if newest else self.thing.last_updated or self.thing.created

    def create(self, document: Document) -> User:
        """An account, in RT's words when it cannot be. Without a name the mail address is the name."""
        if not administers_users(self.call):
            raise Problem(400, "Permission Denied")
        given = {
            each.attribute: each.read(name, document[name])
            for name, each in self.columns.items()
            if name in document
        }
        password, disabled = given.pop("password", ""), given.pop("disabled", False)
        privileged = given.pop("privileged", False)
        given["name"] = given.get("name", "").strip() or given.get("email_address", "").strip()
        self._check_new(given, password)
        user = create_account(self.work, privileged=privileged, **given)
        self.work.db.flush()
        fields = first_fields(self.call, Lookup.USER, 0, document.get("CustomFields"))
        if fields.values:
            set_fields(self.work, Lookup.USER, user.id, fields)
        if password:
            set_password(self.work, user, password)
        if disabled:
            set_disabled(self.work, user, disabled=True)
        return user

    def put_more(self, document: Document) -> list[str]:
        """Custom fields."""
        if "CustomFields" not in document:
            return []
        if not administers_users(self.call) and self.thing.id != self.work.actor.user_id:
            return [f"{self.numbered}: Permission Denied"]
        holder = Holder(Lookup.USER, self.thing.id)
        return put_fields(self.call, self.numbered, holder, document["CustomFields"], self._set_fields)

    def current(self, attribute: str) -> Any:
        """What is so now; a password is never told."""
        match attribute:
            case "disabled":
                return self.work.db.get_one(Principal, self.thing.id).disabled
            case "privileged":
                return is_privileged(self.work, self.thing.id)
            case "password":
                return ""
        return getattr(self.thing, attribute) or ""

    def apply(self, values: Mapping[str, Any]) -> None:
        """Each through the function that the pages use."""
        work, user = self.work, self.thing
        for attribute, value in values.items():
            match attribute:
                case "disabled":
                    self._need_account()
                    if value and user.id == work.actor.user_id:
                        raise Refused("You cannot switch yourself off.")
                    set_disabled(work, user, disabled=value)
                case "privileged":
                    set_privileged(work, user, privileged=value)
                case "password":
                    self._need_account()
                    set_password(work, user, value)
                case _:
                    change_person(work, user, **{attribute: value})
        work.db.flush()

    def delete(self) -> None:
        """Switched off; nothing when it is off, for who might have done it."""
        self._need_account()
        super().delete()

    def _set(self, name: str, column: Column, value: Any) -> list[str]:
        if name not in ("Privileged", "Password"):
            return super()._set(name, column, value)
        old = self.current(column.attribute)
        try:
            with self.work.db.begin_nested():
                self.apply({column.attribute: column.read(name, value)})
        except RtpyError as problem:
            return [say_refused(self.numbered, problem)]
        if name == "Password":
            return [f"{self.numbered}: Password changed"]
        new = self.current(column.attribute)
        word = "privileged" if new else "unprivileged"
        return [f"That user is {'now' if new != old else 'already'} {word}"]

    def _set_fields(self, given: GivenFields, removed: frozenset[int]) -> list[Transaction]:
        return set_fields(self.work, Lookup.USER, self.thing.id, given, removed=removed)

    def _need_account(self) -> None:
        if not may_administer(self.work, self.thing):
            raise Refused("You may not change this account: the right AdminUsers is needed.")

    def _check_new(self, given: Mapping[str, Any], password: str) -> None:
        name, address = given["name"], given.get("email_address", "").strip()
        if not name:
            raise Problem(400, "Must specify 'Name' attribute")
        if find_by_name(self.work.db, name) is not None:
            raise Problem(400, "Name in use")
        if address and find_by_address(self.work.db, address) is not None:
            raise Problem(400, "Email address in use")
        shortest = self.work.app.config.login.shortest_password
        if password and len(password) < shortest:
            raise Problem(400, f"Password needs to be at least {shortest} characters long")


class NewUser(UserRecord):
    """`/user`: for staff."""

    methods = ("POST",)

    def post(self) -> Created:
        """The place has the number, the body the name (RT)."""
        made = super().post()
        return Created(made.path, {**made.body, "_url": url(self.call, "user", made.body["id"])})


class Users(SearchesFields):
    """`/users`: staff finds everybody, others themselves; by what the caller may read of everybody."""

    kind = USER
    lookup = Lookup.USER

    def seen_where(self, definition: FieldDefinition) -> ColumnElement[bool]:
        """Without AdminUsers one sees one's own."""
        seen = super().seen_where(definition)
        if administers_users(self.call) or isinstance(seen, type(false())):
            return seen
        return User.id == self.work.actor.user_id

    def fields(self) -> Mapping[str, Searchable]:
        """All that are public with AdminUsers, else those that staff reads of others."""
        fields = self.kind.searchable
        if administers_users(self.call):
            return fields
        return {name: field for name, field in fields.items() if name in (*SUMMARY, "id")}

    def rows(self) -> Select[Any]:
        """Without those who turned out to be somebody else; with those who are switched off when asked for."""
        query = select(User.id).where(visible_users(self.call), User.merged_into_id.is_(None))
        if with_disabled(self.call):
            return query
        return query.join(Principal, Principal.id == User.id).where(Principal.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(User.name), User.id)

    def sees_total(self) -> bool:
        """Staff does."""
        return self.call.login.is_privileged


class PrivilegedUsers(Users):
    """`/users/privileged`."""

    group = PRIVILEGED

    def rows(self) -> Select[Any]:
        """Members of one of the system's groups; the system's own people are neither."""
        group = system_groups(self.work, (self.group,))[0]
        inside = select(GroupMember.member_id).where(GroupMember.group_id == group)
        return super().rows().where(User.id.in_(inside), User.name.not_in((NOBODY, SYSTEM_USER)))


class UnprivilegedUsers(PrivilegedUsers):
    """`/users/unprivileged`."""

    group = UNPRIVILEGED


ROUTES = (
    Route("user", NewUser, "Make a user"),
    Route("user/{user*}", UserRecord, "One user, by number or login name"),
    Route("users", Users, "Users that fit"),
    Route("users/privileged", PrivilegedUsers, "Users who are staff", is_strict=True),
    Route("users/unprivileged", UnprivilegedUsers, "Users who are no staff", is_strict=True),
)
