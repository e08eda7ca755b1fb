"""Who is in a group, and in which groups somebody is: `/group/7/members`, `/user/ann/groups`. A shorter frame (RT)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Select, func, select

from rtpy.changes.groups import USER_DEFINED, may_on_group, put_into_group, take_out_of_group
from rtpy.errors import RtpyError
from rtpy.models import Group, GroupClosure, GroupMember, Principal, User
from rtpy.rest.naming import find_user, read_number
from rtpy.rest2.call import JSON, Call
from rtpy.rest2.collection import DEEPEST, asked_page, asked_per_page
from rtpy.rest2.histories.visible import visible_groups
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Resource
from rtpy.rest2.route import Route
from rtpy.rest2.values import Document
from rtpy.rights.names import Right

NOBODY = "Couldn't find that principal"
MOST = 1000


class Members(Resource):
    """`/group/7/members`, `/group/7/member/12`. AdminGroupMembership on the group for everything."""

    methods = ("GET", "PUT", "DELETE")
    accepts = (JSON,)
    document: ClassVar[type[list[Any]]] = list
    is_setup = True

    @property
    def group(self) -> Group | None:
        """The group, read once."""
        if "group" not in self.call.cache:
            self.call.cache["group"] = self.work.db.get(Group, self.call.number("id"))
        found: Group | None = self.call.cache["group"]
        return found

    def is_forbidden(self) -> bool:
        """Asked before anybody looks whether there is such a group."""
        number = self.group.id if self.group else 0
        held = self.work.rights.of(Right.ADMIN_GROUP_MEMBERSHIP).on("group", number)
        return not (self.call.login.is_privileged and held)

    def exists(self) -> bool:
        """Of a group that there is not the list is empty (RT); nothing can be put into it."""
        return self.group is not None or self.call.method in ("GET", "HEAD")

    def get(self) -> Document:
        """Numbers, of users too. `recursively=1`: however deep, the group itself among them; `users=0`, `groups=0`."""
        return short_page(self, self._members())

    def put(self) -> list[str]:
        """Each principal by its number; a sentence for each."""
        return [self._add(each) for each in given_ids(self.call)]

    def delete(self) -> None:
        """One of them, or all; nothing for who is not in it."""
        group = self.group
        if group is None:
            raise Problem(404)
        if "member" in self.call.args:
            members: Sequence[int] = [self.call.number("member")]
        else:
            own = select(GroupMember.member_id).where(GroupMember.group_id == group.id)
            members = self.work.db.scalars(own.order_by(GroupMember.member_id)).all()
        for member in members:
            take_out_of_group(self.work, group, member)

    def _members(self) -> Select[*tuple[Any, ...]]:
        params, number = self.call.param, self.group.id if self.group else 0
        if params("recursively") not in ("", "0"):
            query = select(Principal.id, Principal.kind).join(
                GroupClosure, GroupClosure.member_id == Principal.id
            )
            query = query.where(GroupClosure.group_id == number)
        else:
            query = select(Principal.id, Principal.kind).join(
                GroupMember, GroupMember.member_id == Principal.id
            )
            query = query.where(GroupMember.group_id == number)
        wanted = [kind for kind in ("user", "group") if params(f"{kind}s", "1") != "0"]
        query = query.where(Principal.kind.in_(wanted))
        if "member" in self.call.args:
            query = query.where(Principal.id == self.call.number("member"))
        return query.order_by(Principal.id)

    def _add(self, given: Any) -> str:
        work, group = self.work, self.group
        if not given or isinstance(given, bool | list | dict):
            return "You should provide principal id for each member to add"
        number = read_number(str(given))
        member = None if number is None else work.db.get(User, number) or work.db.get(Group, number)
        if group is None or member is None or number is None:
            return NOBODY
        inside = select(GroupMember.id).where(
            GroupMember.group_id == group.id, GroupMember.member_id == number
        )
        if work.db.scalar(inside) is not None:
            return f"Group already has member: {member.name}"
        try:
            with work.db.begin_nested():
                put_into_group(work, group, member.id)
        except RtpyError as problem:
            return _say_refused(str(problem))
        return f"Member added: {member.name}"


class UserGroups(Resource):
    """`/user/ann/groups`, `/user/ann/group/7`.

    AdminGroupMembership on the system, or ModifyOwnMembership for oneself, for everything.
    """

    methods = ("GET", "PUT", "DELETE")
    accepts = (JSON,)
    document: ClassVar[type[list[Any]]] = list
    is_setup = True

    @property
    def user(self) -> User | None:
        """The user, read once."""
        if "user" not in self.call.cache:
            self.call.cache["user"] = find_user(self.work.db, self.call.args["user"])
        found: User | None = self.call.cache["user"]
        return found

    def is_forbidden(self) -> bool:
        """Asked before anybody looks whether there is such a user."""
        rights = self.work.rights
        if not self.call.login.is_privileged:
            return True
        if rights.system(Right.ADMIN_GROUP_MEMBERSHIP):
            return False
        own = self.user is not None and self.user.id == self.work.actor.user_id
        return not (own and rights.system(Right.MODIFY_OWN_MEMBERSHIP))

    def exists(self) -> bool:
        """Is there such a user?"""
        return self.user is not None

    def get(self) -> Document:
        """The groups made up by the site that they are in, however deep."""
        query = (
            select(Group.id, Principal.kind)
            .join(GroupClosure, GroupClosure.group_id == Group.id)
            .join(Principal, Principal.id == Group.id)
            .where(GroupClosure.member_id == self._user_id, Group.domain == USER_DEFINED)
            .order_by(Group.id)
        )
        own = self._user_id == self.work.actor.user_id
        if not own:
            query = query.where(visible_groups(self.call, Group.id))
        if "id" in self.call.args:
            query = query.where(Group.id == self.call.number("id"))
        return short_page(self, query)

    def put(self) -> list[Any]:
        """Into each of these groups. RT answers with pairs of 1 or 0 and a sentence, one after the other."""
        said: list[Any] = []
        given = given_ids(self.call)
        if "id" in self.call.args:
            given = [self.call.args["id"], *given]
        for each in given:
            if not each or isinstance(each, bool | list | dict):
                said.append([0, "You should provide group id for each group user should be added"])
            else:
                said += self._join(read_number(str(each)))
        return said

    def delete(self) -> None:
        """Out of this group, or out of all that they are in directly and that the caller may change."""
        work, wanted = self.work, select(Group).join(GroupMember, GroupMember.group_id == Group.id)
        wanted = wanted.where(GroupMember.member_id == self._user_id, Group.domain == USER_DEFINED)
        if "id" in self.call.args:
            wanted = wanted.where(Group.id == self.call.number("id"))
        for group in work.db.scalars(wanted.order_by(Group.id)).all():
            take_out_of_group(work, group, self._user_id)

    @property
    def _user_id(self) -> int:
        return self.user.id if self.user else 0

    def _join(self, number: int | None) -> list[Any]:
        work, user = self.work, self.user
        group = work.db.get(Group, number) if number is not None else None
        if group is None or user is None or not self._may_know(group):
            return [0, "Couldn't find that group"]
        inside = select(GroupMember.id).where(
            GroupMember.group_id == group.id, GroupMember.member_id == user.id
        )
        if work.db.scalar(inside) is not None:
            return [0, f"Group already has member: {user.name}"]
        try:
            with work.db.begin_nested():
                put_into_group(work, group, user.id)
        except RtpyError as problem:
            return [0, _say_refused(str(problem))]
        return [1, f"Member added: {user.name}"]

    def _may_know(self, group: Group) -> bool:
        return may_on_group(
            self.work, group, Right.SEE_GROUP, Right.ADMIN_GROUP_MEMBERSHIP, Right.MODIFY_OWN_MEMBERSHIP
        )


def given_ids(call: Call) -> list[Any]:
    """The list in the body. Raises Problem 400 for one that is too long for a call."""
    found: list[Any] = call.document(list)
    if len(found) > MOST:
        raise Problem(400, f"At most {MOST} can be given at once")
    return found


def short_page(resource: Resource, query: Select[*tuple[Any, ...]]) -> Document:
    """A page of principals (id and kind), with numbers as numbers and without links to other pages."""
    call, db = resource.call, resource.work.db.connection()
    per_page, page = asked_per_page(call), asked_page(call)
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    offset = (page - 1) * per_page
    rows = db.execute(query.limit(per_page).offset(offset)).all() if offset <= DEEPEST else []
    items = [{"type": kind, "id": number, "_url": f"{call.base}/{kind}/{number}"} for number, kind in rows]
    return {"count": len(items), "total": total, "per_page": per_page, "page": page, "items": items}


def _say_refused(sentence: str) -> str:
    """In RT's words where it has some."""
    if "contain itself" in sentence or "member of itself" in sentence:
        return "Groups can't be members of their members"
    return "Permission Denied" if sentence.startswith("You may not") else sentence


ROUTES = (
    Route("group/{id}/members", Members, "Who is in a group"),
    Route("group/{id}/member/{member}", Members, "Somebody in a group"),
    Route("user/{user*}/groups", UserGroups, "The groups that somebody is in"),
    Route("user/{user*}/group/{id}", UserGroups, "A group that somebody is in"),
)
