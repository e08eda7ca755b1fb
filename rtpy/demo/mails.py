"""Writes the sample customers' mails byte by byte, as their various mail programs would."""

import html
import textwrap
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from random import Random

from rtpy.demo.events import DemoFile
from rtpy.demo.files import logo
from rtpy.demo.hours import BERLIN
from rtpy.demo.people import Customer, Organization

_REPLY = {"en": "Re:", "de": "AW:", "fr": "RE:"}
_PHONE_END = {"en": "Sent from my iPhone", "de": "Von meinem iPhone gesendet", "fr": "Envoyé de mon iPhone"}
_OUTLOOK_HEAD = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
}
_WROTE = {
    "en": "On {at:%a, %d %b %Y} at {at:%H:%M}, {who} wrote:",
    "de": "Am {at:%d.%m.%Y} um {at:%H:%M} schrieb {who}:",
    "fr": "Le {at:%d/%m/%Y} à {at:%H:%M}, {who} a écrit :",
}
_COLORS = ((24, 92, 78), (120, 40, 48), (30, 60, 120), (150, 96, 20))


@dataclass(frozen=True, slots=True)
class Quote:
    """What a reply answers: who wrote it to whom under which subject, when, and its text."""

    who: str
    address: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a mail says, before a mail program has its way with it.

    `replies_to` is the key of the ticket that it answers, empty for a new one.
    """

    at: datetime
    to: str
    subject: str
    text: str
    message_id: str
    replies_to: str = ""
    references: str = ""
    quote: Quote | None = None
    ccs: tuple[str, ...] = ()
    files: tuple[DemoFile, ...] = ()


def write_mail(sender: Customer, organization: Organization, draft: Draft, rng: Random) -> bytes:
    """A customer's mail; the same arguments and state of `rng` give the same bytes."""
    match sender.program:
        case "outlook":
            message, program = _outlook(sender, organization, draft), "Microsoft Outlook 16.0"
        case "gmail":
            message, program = _gmail(sender, organization, draft), ""
        case "iphone":
            message, program = _plain(_iphone_text(sender, draft), flowed=False), "iPhone Mail (22G86)"
        case "apple":
            message, program = _plain(_apple_text(sender, draft), flowed=False), "Apple Mail (2.3826)"
        case _:
            message, program = _plain(_thunderbird_text(sender, organization, draft), flowed=True), ""
    heads = _heads(formataddr((sender.name, sender.email)), draft, _REPLY[sender.language])
    if program:
        heads.append(f"X-Mailer: {program}")
    else:
        heads.append(
            "User-Agent: Mozilla Thunderbird" if sender.program == "thunderbird" else "X-Entity-Ref: web"
        )
    return _bytes(heads, message, draft.files, rng)


def write_machine_mail(name: str, address: str, draft: Draft, rng: Random) -> bytes:
    """A mail that a backup program or a monitor sends by itself, marked as RFC 3834 asks."""
    heads = _heads(formataddr((name, address)), draft, "Re:")
    heads += ["Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "Precedence: bulk"]
    return _bytes(heads, _plain(draft.text, flowed=False), draft.files, rng)


def _heads(sender: str, draft: Draft, reply: str) -> list[str]:
    heads = [f"From: {sender}", f"To: {draft.to}"]
    if draft.ccs:
        heads.append(f"Cc: {', '.join(draft.ccs)}")
    subject = Header(draft.subject, "us-ascii" if draft.subject.isascii() else "utf-8").encode(linesep="\r\n")
    if draft.replies_to:
        subject = f"{reply} {{tag:{draft.replies_to}}} {subject}"
    heads.append(f"Subject: {subject}")
    heads.append(f"Date: {format_datetime(draft.at.astimezone(BERLIN))}")
    heads.append(f"Message-ID: {draft.message_id}")
    if draft.replies_to:
        heads.append(f"In-Reply-To: {{msgid:{draft.replies_to}}}")
        heads.append(f"References: {draft.references} {{msgid:{draft.replies_to}}}".replace("  ", " "))
    return heads


def _bytes(heads: list[str], message: EmailMessage, files: tuple[DemoFile, ...], rng: Random) -> bytes:
    for file in files:
        maintype, subtype = file.content_type.split("/")
        message.add_attachment(file.data, maintype=maintype, subtype=subtype, filename=file.name)
    for part in message.walk():
        if part.is_multipart():  # a boundary left open would be drawn by chance, not by the seed
            part.set_boundary(f"----=_Part_{rng.getrandbits(64):016x}")
    return "".join(f"{head}\r\n" for head in heads).encode("ascii") + message.as_bytes()


def _plain(text: str, *, flowed: bool) -> EmailMessage:
    message = EmailMessage(policy.SMTP)
    charset = "us-ascii" if text.isascii() else "utf-8"
    message.set_content(text, charset=charset, cte="7bit" if text.isascii() else "quoted-printable")
    if flowed:
        message.set_param("format", "flowed")
    return message


def _both(text: str, markup: str, charset: str) -> EmailMessage:
    message = EmailMessage(policy.SMTP)
    message.set_content(text, charset=charset, cte="quoted-printable")
    message.add_alternative(markup, subtype="html", charset=charset, cte="quoted-printable")
    return message


def _wrote(sender: Customer, quote: Quote) -> str:
    who = f"{quote.who} <{quote.address}>"
    return _WROTE[sender.language].format(at=quote.at.astimezone(BERLIN), who=who)


def _quoted(sender: Customer, draft: Draft) -> str:
    if draft.quote is None:
        return ""
    lines = _wrapped(draft.quote.text, 74).split("\n")
    return _wrote(sender, draft.quote) + "\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n"


def _wrapped(text: str, width: int) -> str:
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )


def _thunderbird_text(sender: Customer, organization: Organization, draft: Draft) -> str:
    signature = f"-- \n{sender.name}\n{sender.title}\n{organization.name}\n"
    own = _wrapped(draft.text, 72)
    if draft.quote is None:
        return f"{own}\n\n{signature}"
    return f"{_quoted(sender, draft)}\n{own}\n\n{signature}"


def _apple_text(sender: Customer, draft: Draft) -> str:
    own = f"{draft.text}\n"
    return f"{own}\n{_quoted(sender, draft)}" if draft.quote else own


def _iphone_text(sender: Customer, draft: Draft) -> str:
    own = f"{draft.text}\n\n{_PHONE_END[sender.language]}\n"
    return f"{own}\n{_quoted(sender, draft)}" if draft.quote else own


def _company_lines(sender: Customer, organization: Organization) -> list[str]:
    site = next(site for site in organization.sites if site.name == sender.site)
    web = f"www.{organization.domains[0]}"
    return [sender.name, sender.title, organization.name, site.address, f"Tel. {sender.phone}", web]


def _outlook(sender: Customer, organization: Organization, draft: Draft) -> EmailMessage:
    company = _company_lines(sender, organization)
    text = f"{draft.text}\n\n" + "\n".join(company) + "\n"
    blocks = [_paragraphs(draft.text), _paragraphs("\n".join(company), 'style="color:#44546A"')]
    has_logo = organization.facts.get("logo", ("no",))[0] == "yes"
    if has_logo:
        blocks.append('<p class="MsoNormal"><img width="160" src="cid:logo@mail" alt="Logo"></p>')
    if draft.quote:
        names = _OUTLOOK_HEAD[sender.language]
        at = draft.quote.at.astimezone(BERLIN)
        sent = f"{at:%A, %d %B %Y %H:%M}" if sender.language == "en" else f"{at:%d.%m.%Y %H:%M}"
        who = f"{draft.quote.who} <{draft.quote.address}>"
        values = (who, sent, f"{sender.name} <{sender.email}>", draft.subject)
        text += "\n" + "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
        text += f"\n\n{draft.quote.text}\n"
        rows = "<br>".join(
            f"<b>{name}:</b> {html.escape(value)}" for name, value in zip(names, values, strict=True)
        )
        blocks.append(
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
            f'<p class="MsoNormal">{rows}</p></div>{_paragraphs(draft.quote.text)}'
        )
    markup = (
        "<html><head><style>p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif;}</style>"
        f'</head><body lang="{sender.language.upper()}" link="#0563C1"><div class="WordSection1">'
        + '<p class="MsoNormal">&nbsp;</p>'.join(blocks)
        + "</div></body></html>"
    )
    message = _both(text, markup, _western_charset(text))
    if has_logo:
        word = organization.name.split()[0]
        color = _COLORS[len(word) % len(_COLORS)]
        part = next(each for each in message.iter_parts() if each.get_content_subtype() == "html")
        part.add_related(logo(word, color), "image", "png", cid="<logo@mail>", filename="image001.png")
    return message


def _western_charset(text: str) -> str:
    try:
        text.encode("windows-1252")
    except UnicodeEncodeError:
        return "utf-8"
    return "windows-1252"


def _gmail(sender: Customer, organization: Organization, draft: Draft) -> EmailMessage:
    signature = f"-- \n{sender.name}\n{sender.title} | {organization.name}"
    text = f"{_wrapped(draft.text, 76)}\n\n"
    markup = f'<div dir="ltr">{_lines(draft.text)}</div>'
    if draft.quote:
        text += f"{_quoted(sender, draft)}\n"
        markup += (
            '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
            f"{html.escape(_wrote(sender, draft.quote))}<br></div>"
            '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
            f'rgb(204,204,204);padding-left:1ex">{_lines(draft.quote.text)}</blockquote></div>'
        )
    text += f"{signature}\n"
    markup += f'<br clear="all"><div class="gmail_signature">{_lines(signature)}</div>'
    return _both(text, markup + "\n", "utf-8")


def _lines(text: str) -> str:
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _paragraphs(text: str, style: str = "") -> str:
    return "".join(
        f'<p class="MsoNormal"><span {style}>{html.escape(line) or "&nbsp;"}</span></p>'.replace(
            "<span >", "<span>"
        )
        for line in text.split("\n")
    )
