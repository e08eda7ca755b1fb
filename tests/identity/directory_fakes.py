"""A directory without a server: entries in lists, for tables of cases of the sync."""

from rtpy.identity.directories.directory import DirectoryUnreachable, Entry
from rtpy.models import UserDirectory

BASE = "dc=example,dc=com"


def person(login, *, unique_id="", **attributes):
    """An entry of a person; `cn` and `mail` are made of the login unless they are given."""
    values = {"uid": login, "cn": login.title(), "mail": f"{login}@corp.example", **attributes}
    return _entry(f"uid={login},ou=people,{BASE}", unique_id or f"id-{login}", values)


def group(name, *members, unique_id=""):
    """An entry of a group; `members` are logins of people or, with `cn=` before it, names of groups."""
    dns = [
        f"{each},ou=groups,{BASE}" if each.startswith("cn=") else f"uid={each},ou=people,{BASE}"
        for each in members
    ]
    return _entry(f"cn={name},ou=groups,{BASE}", unique_id or f"id-group-{name}", {"cn": name, "member": dns})


def _entry(dn, unique_id, values):
    attributes = {
        name.lower(): tuple(each.encode() for each in ([value] if isinstance(value, str) else value))
        for name, value in values.items()
        if value
    }
    return Entry(dn, unique_id, attributes)


class FakeDirectory:
    """What the port promises, over two lists; `breaks_after` people the line is cut."""

    def __init__(self, people=(), groups=(), breaks_after=None):
        self.everybody, self.all_groups, self.breaks_after = list(people), list(groups), breaks_after
        self.asked = []

    def people(self, *, photos=False):
        for number, entry in enumerate(self.everybody):
            if number == self.breaks_after:
                raise DirectoryUnreachable("the connection broke")
            yield entry
        if self.breaks_after is not None and self.breaks_after >= len(self.everybody):
            raise DirectoryUnreachable("the connection broke")

    def people_with(self, unique_ids, *, photos=False):
        self.asked.append(tuple(unique_ids))
        if self.breaks_after is not None:
            raise DirectoryUnreachable("the connection broke")
        return [entry for entry in self.everybody if entry.unique_id in self.asked[-1]]

    def groups(self):
        return iter(self.all_groups)

    def close(self):
        pass


def directory_row(app, **values):
    """The settings of a directory that syncs people and groups."""
    given = {
        "name": "Corp",
        "urls": ["ldap://127.0.0.1:1"],
        "base_dn": BASE,
        "login_attributes": ["uid"],
        "attributes": {"real_name": "cn", "email_address": "mail", "work_phone": "telephonenumber"},
        "sync_people": True,
        "sync_groups": True,
        "privileged": True,
        "created": app.clock.now(),
    }
    return UserDirectory(**{**given, **values})
