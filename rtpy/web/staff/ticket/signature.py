"""The reader's signature below a new reply; it alone is not a reply."""


def below(signature: str) -> str:
    """What stands below an empty reply: two lines to write on, the sign of a signature, and the signature.

    The sign is “-- ”, as RFC 3676 section 4.3 has it. Nothing for no signature.
    """
    return f"\n\n-- \n{signature}" if signature.strip() else ""


def is_only_signature(text: str, signature: str) -> bool:
    """Did nobody write anything but what stood there?"""
    said = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    stood = "\n".join(line.rstrip() for line in below(signature).strip().split("\n"))
    return bool(stood) and said == stood
