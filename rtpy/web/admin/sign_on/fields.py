"""The form of a provider."""

from collections.abc import Mapping

from rtpy.identity.oidc.saving import DEFAULTS
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field


def sections(given: Mapping[str, str], *, has_secret: bool) -> list[Section]:
    """All fields with what was typed; the secret is never shown again."""

    def field(name: str, label: str, hint: str = "", kind: str = "text", **more: object) -> Field:
        value = given.get(name, DEFAULTS.get(name, ""))
        return Field(name, label, value, kind, hint=hint, autocomplete="off", **more)  # type: ignore[arg-type]

    def check(name: str, label: str, hint: str = "") -> Field:
        return Field(name, label, kind="checkbox", checked=given.get(name) == "1", hint=hint)

    kept = (
        "One is stored; leave this empty to keep it. With another issuer it is dropped." if has_secret else ""
    )
    secret = Field(
        "client_secret",
        "Client secret",
        kind="password",
        hint=kept or "Empty for a client without one.",
        autocomplete="new-password",
    )
    return [
        Section(
            "The provider",
            (
                field("name", "Name", "The button says: Log in by …", required=True),
                field(
                    "issuer",
                    "Issuer",
                    "Exactly as the provider writes it, such as https://login.example.com/realms/main. It must stand "
                    "on the public internet; the option sign_on.allow says what else may be.",
                    "url",
                    required=True,
                ),
                field("client_id", "Client id"),
                secret,
                *((check("no_secret", "Forget the stored secret"),) if has_secret else ()),
                field("scopes", "Scopes", "Between blanks; openid must be among them."),
                check("disabled", "Switched off", "No button, and nobody comes in this way."),
            ),
        ),
        Section(
            "Whom it speaks for",
            (
                field(
                    "domains",
                    "Mail domains",
                    "Between blanks, such as example.com. Who has no confirmed address in one of them stays out; "
                    "empty: any, or those of the organisation.",
                ),
                field(
                    "organization",
                    "Organisation",
                    "The name of the client whose provider it is: it then speaks for that client's people only, and "
                    "whoever is made belongs to it.",
                ),
                check(
                    "makes_people",
                    "Make accounts",
                    "For whoever logs in there and is not known here. Without it they are told to ask you.",
                ),
                check(
                    "for_staff",
                    "It speaks for staff",
                    "Accounts that it makes are staff's, and staff are found by their confirmed address. Needs mail "
                    "domains.",
                ),
            ),
        ),
        Section(
            "What it says",
            (
                field("name_claim", "Claim with the login name", "For accounts that are made."),
                field(
                    "verified_claim",
                    "Claim that says that the mail address is confirmed",
                    "An address that is not confirmed finds nobody and is not taken. Entra: xms_edov.",
                ),
                field(
                    "group_claim", "Claim with the groups", "Such as groups; empty: groups stay as they are."
                ),
                field(
                    "group_map",
                    "Groups",
                    "One a line: value of the claim = our group. At each login people are put into these groups, and "
                    "out of those that the claim does not name.",
                    "textarea",
                    rows=4,
                ),
            ),
        ),
    ]
