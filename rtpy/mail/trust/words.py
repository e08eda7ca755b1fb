"""What was found out about a mail's sender, as labels and sentences for a page."""

from collections.abc import Mapping


def describe_checks(transport: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of label and words from the facts in the spool; none when nobody checked."""
    by = transport.get("checked_by", "")
    if not by:
        return []
    labels = (("spf", "SPF"), ("dkim", "DKIM"), ("dmarc", "DMARC"))
    found = [(label, transport[name]) for name, label in labels if transport.get(name)]
    return [("Sender checked by", by), *found]
