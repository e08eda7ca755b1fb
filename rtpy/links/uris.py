"""URIs of links: how tickets are written in them, and which other URIs may stand there."""

import re

_FORBIDDEN = ("javascript", "data", "vbscript", "file")


def ticket_uri(organization: str, ticket_id: int) -> str:
    """RT's URI of a ticket: `fsck.com-rt://ORGANIZATION/ticket/7`."""
    return f"fsck.com-rt://{organization}/ticket/{ticket_id}"


def ticket_id_of(uri: str, organization: str) -> int | None:
    """The number of the ticket that `uri` names: a bare number, `#7`, or our own ticket URI; else None."""
    text = uri.strip()
    found = re.fullmatch(r"#?(\d{1,18})", text)
    if found:
        return int(found[1])
    prefix = f"fsck.com-rt://{organization}/ticket/"
    rest = text.removeprefix(prefix)
    return int(rest) if rest != text and rest.isascii() and rest.isdigit() and len(rest) <= 18 else None


def is_allowed_uri(uri: str) -> bool:
    """An absolute URI that is safe to show as a link (RT refuses javascript: and data:)."""
    scheme, colon, rest = uri.strip().partition(":")
    if not colon or not rest or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        return False
    return scheme.lower() not in _FORBIDDEN and not re.search(r"[\x00-\x20\x7f]", uri.strip())
