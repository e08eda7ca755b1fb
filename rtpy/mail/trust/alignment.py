"""Whether a signing domain speaks for the domain in From (DMARC's alignment, RFC 7489 section 3.1)."""

import re

from rtpy.mail.trust.resolver import Hurried

_MOST_STEPS = 6


def speaks_for(signer: str, domain: str, resolver: Hurried) -> bool:
    """Is a signature of `signer` one of `domain`? Always when they are the same.

    A parent speaks for its children and a child for its parent when the nearest DMARC record of `domain` is there and
    is not strict. Two children of one parent do not: that takes the list of public suffixes. Raises Unanswered.
    """
    if signer == domain:
        return True
    is_parent = domain.endswith(f".{signer}")
    if not is_parent and not signer.endswith(f".{domain}"):
        return False
    labels = domain.split(".")
    # A child's signature counts only where the name in From itself says so; a parent's also by a record above.
    most = len(labels) - signer.count(".") if is_parent else 1
    for step in range(min(most, _MOST_STEPS)):
        record = _record(".".join(labels[step:]), resolver)
        if record is not None:
            return record.get("adkim", "r").lower() != "s"
    return False


def _record(domain: str, resolver: Hurried) -> dict[str, str] | None:
    """The tags of a domain's DMARC record; None when there is none, or several."""
    texts = resolver.texts(f"_dmarc.{domain}")
    records = [text for text in texts if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text)]
    if len(records) != 1:
        return None
    pairs = (tag.partition("=") for tag in records[0].split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
