"""Light marks, harmless HTML, and links to other pages."""

import time

import pytest

from rtpy_portal.knowledge.content import linked_pages, readied, with_addresses
from rtpy_portal.knowledge.marks import marked_html
from rtpy_portal.knowledge.slugs import slug_of

SITE = "https://desk.example"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One\ntwo", "<p>One<br>\ntwo</p>"),
        ("# Head\nText", "<h2>Head</h2>\n<p>Text</p>"),
        ("### Low ###", "<h4>Low</h4>"),
        ("# C# is hard #", "<h2>C# is hard</h2>"),
        ("#1 of all", "<p>#1 of all</p>"),
        ("- a\n- b\n  more", "<ul><li>a</li><li>b<br>\nmore</li></ul>"),
        ("1. a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("> said\n> more", "<blockquote><p>said<br>\nmore</p></blockquote>"),
        ("```\n<b> **x**\n```\nend", "<pre>&lt;b&gt; **x**</pre>\n<p>end</p>"),
        ("```\nnever closed", "<pre>never closed</pre>"),
        ("a **b** `c*` 2 ** 3", "<p>a <strong>b</strong> <code>c*</code> 2 ** 3</p>"),
        ("[us](https://a.example/x)", '<p><a href="https://a.example/x">us</a></p>'),
        ("[us](javascript:alert)", "<p>[us](javascript:alert)</p>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
    ],
)
def test_light_marks(text, html):
    assert marked_html(text) == html


@pytest.mark.parametrize(
    ("source", "form"),
    [
        ("[x](page:7)", "text"),
        (f"[x]({SITE}/portal/knowledge/page/7)", "text"),
        (f"[x]({SITE}/portal/knowledge/page/7/set-up-mail)", "text"),
        ('<a href="page:7">x</a>', "html"),
        (f'<a title="t" href="{SITE}/portal/knowledge/page/7?a=b">x</a>', "html"),
    ],
)
def test_links_to_other_pages_are_kept_by_their_number(source, form):
    content = readied(source, form, SITE)
    assert linked_pages(content) == {7}
    assert '<a href="/rt/portal/knowledge/page/7">x</a>' in with_addresses(content, "/rt")


@pytest.mark.parametrize(
    "href",
    ["https://other.example/portal/knowledge/page/7", f"{SITE}/portal/knowledge/page/7x", f"{SITE}/ticket/7"],
)
def test_other_links_stay(href):
    content = readied(f"[x]({href})", "text", SITE)
    assert linked_pages(content) == frozenset()
    assert f'href="{href}"' in content


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:x">x</a>',
        "<iframe src=/>",
    ],
)
def test_html_is_made_harmless(bad):
    content = readied(f"<p>ok</p>{bad}", "html", SITE)
    assert "<p>ok</p>" in content
    assert not any(word in content for word in ("script", "onerror", "iframe", "src="))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Set up mail", "set-up-mail"),
        ("Über die Straße", "uber-die-strasse"),
        ("日本", "page"),
        ("a" * 100, "a" * 40),
    ],
)
def test_words_of_addresses(name, slug):
    assert slug_of(name, "page") == slug


def test_words_of_addresses_differ_where_they_must():
    assert slug_of("Mail", "book", {"mail", "mail-2"}) == "mail-3"


def test_a63_a_heading_with_a_gap_takes_time_like_its_size():
    begun = time.process_time()
    marked_html("# x" + " " * 200_000 + "y")
    assert time.process_time() - begun < 1
