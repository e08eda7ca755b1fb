"""The text of a page as harmless HTML, and its links to other pages, which hold wherever the site may move to."""

import re
from html import escape

from rtpy.content.sanitize import clean_html
from rtpy_portal.knowledge.marks import marked_html

HTML = "html"
_OWN = "https://page.invalid/"
"""Stands for another page while the text is made harmless: the address of a host that there never is."""
_WRITTEN = re.compile(r"""(<a\s[^>]*?href\s*=\s*["']?)page:(\d{1,15})""", re.I)
_ANCHOR = re.compile(r"<a (?P<before>[^>]*?)href=\"(?P<href>[^\"]*)\"(?P<after>[^>]*)>")
_KEPT = re.compile(r'href="page:(\d+)')


def page_path(page_id: int, slug: str = "") -> str:
    """The address of a page below the site's own; it is the same for ever, with or without its words."""
    return f"/portal/knowledge/page/{page_id}" + (f"/{slug}" if slug else "")


def readied(source: str, form: str, base_url: str) -> str:
    """What readers get of what was written, in `form` text or html: harmless HTML.

    Links to other pages, written `page:7` or as the whole address that they have below `base_url`, are kept as
    `page:7`.
    """
    html = source if form == HTML else marked_html(source)
    clean = clean_html(_WRITTEN.sub(rf"\g<1>{_OWN}\2", html), images=lambda _: None)
    return _ANCHOR.sub(lambda found: _own_link(found, base_url), clean)


def with_addresses(content: str, root: str) -> str:
    """The kept HTML with addresses for `page:7`: below `root`."""
    return _KEPT.sub(lambda found: f'href="{escape(root)}{page_path(int(found[1]))}', content)


def linked_pages(content: str) -> frozenset[int]:
    """The pages to which kept HTML links."""
    return frozenset(int(each) for each in _KEPT.findall(content))


def _own_link(found: re.Match[str], base_url: str) -> str:
    href = found["href"]
    for beginning in (_OWN, f"{escape(base_url)}{page_path(0)[:-1]}"):
        rest = href.removeprefix(beginning)
        number = re.match(r"\d{1,15}(?=$|[/#?])", rest)
        if rest != href and number:
            return f'<a href="page:{number[0]}">'
    return found[0]
