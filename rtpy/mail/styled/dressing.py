"""The HTML of an outgoing mail, made of its template, its words and the HTML that the message itself had."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtpy.content.fold_html import fold_html
from rtpy.content.part import PartRole
from rtpy.content.sanitize import clean_html
from rtpy.errors import Invalid
from rtpy.mail.occasion import Occasion
from rtpy.mail.styled.frame import faded, heading, on_white
from rtpy.mail.styled.words import Pointer, facts_as_html, signature_as_html, words_as_html
from rtpy.mail.template import Form, Rendered, render_template

ALWAYS, BY_TEMPLATE, NEVER = "always", "template", "never"
"""Values of the option mail.html."""
LONGEST_HTML = 300_000
"""Characters of a message's own HTML; of a longer one the text goes out."""
_MARK = "said5f0e7d51c9a94b8fb2d6e3c1a7904e12"


@dataclass(frozen=True, slots=True)
class Dress:
    """What the HTML needs besides the words: is it for staff only; the heading, the signature, lines of plugins."""

    only_staff: bool
    title: str = ""
    signature: str = ""
    facts: tuple[str, ...] = ()


def html_of(
    occasion: Occasion, template: str, values: Mapping[str, Any], rendered: Rendered, dress: Dress
) -> str:
    """What stands in the frame; empty for a mail of text only.

    A template in HTML is its writer's own. Of every other one the same words are taken; where the message stands in
    it, and the message came with HTML, that HTML stands there, made harmless.
    """
    wanted = occasion.work.app.config.mail.html
    if wanted == NEVER or rendered.form is Form.TEXT or (wanted == BY_TEMPLATE and rendered.form is Form.ANY):
        return ""
    signature = facts_as_html(dress.facts) + signature_as_html(dress.signature)
    if rendered.form is Form.HTML:
        return on_white(rendered.html) + signature
    pointer = _pointer(occasion, only_staff=dress.only_staff)
    body = words_as_html(rendered.body, pointer)
    own = occasion.once("own_html", lambda: _own_html(occasion))
    if own and (around := _around(template, values)) is not None:
        before, after = (words_as_html(each, pointer) for each in around)
        body = f"{before}\n{own}\n{after}"
    return (heading(dress.title) + "\n" if dress.title else "") + body + signature


def _pointer(occasion: Occasion, *, only_staff: bool) -> Pointer:
    number = occasion.ticket.id
    words = f"Open {'ticket' if only_staff else 'request'} #{number}"
    return Pointer(occasion.work.app.config.url(f"/ticket/{number}"), words)


def _own_html(occasion: Occasion) -> str:
    """The message's HTML, sanitised, its pictures as their descriptions; empty when it has none or too much."""
    message = occasion.message
    parts = [part for part in message.parts if part.role is PartRole.HTML] if message else []
    if not parts or sum(len(part.data) for part in parts) > LONGEST_HTML:
        return ""
    pieces = []
    for part in parts:
        shown, hidden = fold_html(clean_html(part.text(), images=lambda _name: None))
        pieces.append(shown + (faded(hidden) if hidden.strip() else ""))
    html = "".join(pieces)
    return on_white(html) if html.strip() else ""


def _around(template: str, values: Mapping[str, Any]) -> tuple[str, str] | None:
    """What stands before and after the message; None when the template does not simply hold it once."""
    marked = dict(values)
    for drop, name in (("message", "text"), ("rt", "TransactionContent")):
        if drop in marked:
            marked[drop] = {**marked[drop], name: _MARK}
    try:
        body = render_template(template, marked).body
    except Invalid:
        return None
    before, mark, after = body.partition(_MARK)
    alone = (not before or before.endswith("\n")) and (not after or after.startswith("\n"))
    return (before, after) if mark and alone and _MARK not in after else None
