"""The page around a mail's HTML, and the few pieces that it is made of.

What we write has no colours of its own, so that it is readable wherever a program turns light into dark; what others
wrote keeps theirs and stands on white. Styles are inline, nothing comes from elsewhere.
"""

from html import escape
from typing import Final

FONT: Final = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
_PAGE: Final = (
    '<!DOCTYPE html>\n<html{lang}><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title>{title}</title></head>\n"
    '<body style="margin:0;padding:16px;font-family:{font};font-size:16px;line-height:1.5">\n'
    '<div style="max-width:44em;overflow-wrap:anywhere">\n{body}\n</div>\n</body></html>\n'
)
_WHITE: Final = "background:#ffffff;color:#1d2429;padding:12px;border-radius:6px;margin:0 0 16px"
_BUTTON: Final = (
    "display:inline-block;background:#0b676f;color:#ffffff;border:1px solid #8a8a8a;border-radius:6px;"
    "padding:8px 16px;font-weight:600;text-decoration:none"
)
FADED: Final = "opacity:.75"
"""Grey on light and on dark, with a contrast of more than 4.5 on both."""
_QUOTED: Final = "margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #8a8a8a"


def page(body: str, *, title: str, lang: str = "") -> str:
    """A whole HTML document; `body` is HTML, `title` text, `lang` a language's short name or empty."""
    named = f' lang="{escape(lang)}"' if lang else ""
    return _PAGE.format(lang=named, title=escape(title), font=FONT, body=body)


def on_white(html: str) -> str:
    """HTML that brings its own colours, made for a light page."""
    return f'<div style="{_WHITE}">{html}</div>'


def button(url: str, words: str) -> str:
    """A link that looks like a button; without styles it is a link."""
    return f'<p style="margin:16px 0"><a href="{escape(url)}" style="{_BUTTON}">{escape(words)}</a></p>'


def quoted(html: str, depth: int = 1) -> str:
    """What somebody else had written before; faded once, however deep quotations lie in each other."""
    for level in range(depth, 0, -1):
        style = f"{_QUOTED};{FADED}" if level == 1 else _QUOTED
        html = f'<blockquote type="cite" style="{style}">{html}</blockquote>'
    return html


def faded(html: str) -> str:
    """What matters less, such as a signature."""
    return f'<div style="{FADED}">{html}</div>'


def heading(words: str) -> str:
    """The mail's heading."""
    return f'<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{escape(words)}</h1>'
