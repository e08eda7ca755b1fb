"""The form of a directory."""

from collections.abc import Mapping, Sequence

from rtpy.identity.directories.presets import FIELDS, KINDS, TLS
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field, Option

Choices = Sequence[tuple[str, str]]


def sections(
    given: Mapping[str, str], *, is_new: bool, clients: Choices, manager_fields: Choices
) -> list[Section]:
    """All fields with what was typed; choices are values and labels."""

    def field(name: str, label: str, kind: str = "text", hint: str = "", **more: object) -> Field:
        return Field(name, label, given.get(name, ""), kind, hint, autocomplete="off", **more)  # type: ignore[arg-type]

    def check(name: str, label: str, hint: str = "") -> Field:
        return Field(name, label, kind="checkbox", checked=given.get(name) == "1", hint=hint)

    def select(name: str, label: str, choices: Choices, hint: str = "") -> Field:
        chosen = given.get(name, "")
        options = tuple(Option(value, said, value == chosen) for value, said in choices)
        return Field(name, label, kind="select", options=options, hint=hint)

    return [
        Section(
            "Directory",
            (
                field("name", "Name", required=True),
                select("kind", "Kind", tuple(KINDS.items()), "How groups in groups are asked for."),
                field(
                    "position",
                    "Order",
                    "number",
                    "Names without an account are looked for in the smallest number first, in ours before clients'.",
                ),
                check("disabled", "Switched off", "Nobody logs in through it, and it is not synchronised."),
            ),
        ),
        Section(
            "Servers",
            (
                field(
                    "urls",
                    "Addresses",
                    "textarea",
                    "One a line, such as ldap://dc1.example.com. The first that answers is asked.",
                    rows=3,
                    required=True,
                ),
                select("tls", "TLS", tuple(TLS.items())),
                check(
                    "plain_ok",
                    "I know that passwords go over the net in the clear",
                    "Only without TLS, to a server that is not this machine.",
                ),
                field(
                    "ca",
                    "Certificates of the authority",
                    "textarea",
                    "As PEM text. Empty: authorities that this machine trusts. Certificates are always checked.",
                    rows=4,
                ),
                field(
                    "bind_dn", "DN to search as", hint="An account that may read people and groups, no more."
                ),
                field(
                    "bind_password",
                    "Its password",
                    "password",
                    "" if is_new else "Leave it empty to keep the present one. It is stored sealed.",
                ),
            ),
        ),
        Section(
            "Who logs in",
            (
                field("base_dn", "Base of people", required=True, placeholder="ou=people,dc=example,dc=com"),
                field("person_filter", "Filter of people"),
                field("active_filter", "Filter of who is active", hint="Who does not fit it cannot log in."),
                field(
                    "login_attributes",
                    "Login names stand in",
                    hint="Attributes between commas; the first one gives the name of the account here.",
                    required=True,
                ),
                field(
                    "required_group_dn",
                    "Only members of the group",
                    hint="Its DN; groups in it count too. Empty: everybody who fits the filters.",
                ),
                field(
                    "unique_attribute",
                    "Known again by",
                    hint="An attribute that never changes: entryUUID, with Active Directory objectGUID.",
                    required=True,
                ),
            ),
        ),
        Section(
            "What they become here",
            (
                select(
                    "organization_id",
                    "Whose directory",
                    (("", "Ours"), *clients),
                    "A client's people become members of the client, and are never staff.",
                ),
                check(
                    "privileged", "Its people are staff", "Set when the account is made or linked, not again."
                ),
                check(
                    "take_over",
                    "Take over accounts with a password of their own",
                    "Links them, and staff, when mail address or name are the same. Never a super-user.",
                ),
                check(
                    "local_fallback",
                    "While no server answers, the account's own password is good",
                    "For linked accounts that have one.",
                ),
            ),
        ),
        Section(
            "Attributes",
            tuple(field(f"map_{name}", label) for name, label in FIELDS.items()),
            "Which attribute of the directory each of our fields is read from, at each login and sync. "
            "Empty: the field is ours alone.",
        ),
        Section(
            "Groups and managers",
            (
                field("group_base_dn", "Base of groups", hint="Empty: that of people."),
                field("group_filter", "Filter of groups"),
                field("group_name_attribute", "Name of a group", required=True),
                field("group_member_attribute", "Members of a group", required=True),
                field("manager_attribute", "Manager of a person"),
                select(
                    "manager_field_id",
                    "Manager is written to",
                    (("", "Nowhere"), *manager_fields),
                    "A custom field of people for one line of text.",
                ),
            ),
        ),
        Section(
            "Sync",
            (
                check("sync_people", "Make accounts for people who never logged in"),
                check("sync_groups", "Keep groups and their members"),
                field(
                    "sync_minutes", "Every so many minutes", "number", "0: only when somebody asks for it."
                ),
                field(
                    "sync_threshold",
                    "Ask before more than so many percent",
                    "number",
                    "A sync that would disable or rename more of the people waits for you.",
                ),
            ),
        ),
    ]
