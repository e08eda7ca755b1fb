"""Small mails for tests."""

import itertools

_numbers = itertools.count(1)


def letter(
    text="It burns.\n", *, sender="Ann <ann@client.example>", subject="Printer", message_id=None, **more
):
    """A small mail with a Message-ID of its own; `in_reply_to=…` becomes In-Reply-To; an empty field is left out."""
    number = f"<{next(_numbers)}@client.example>" if message_id is None else message_id
    fields = {"From": sender, "To": "rt@localhost", "Subject": subject, "Message-ID": number}
    fields |= {name.replace("_", "-").title(): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    return head.encode() + b"\n" + text.encode()
