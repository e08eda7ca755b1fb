"""Pages are found by bare name, escaped, and framed; static files may be kept for ever."""

import gzip
import os
import re

import pytest
from webob import Request
from webtest import TestApp

from rtpy.web.html import Html
from rtpy.web.static_files import StaticFiles
from rtpy.web.templating import Templates
from tests.web.sample_pages import SHARE, all_pages, frame
from tests.web.sample_site import make_site


@pytest.fixture
def folders(tmp_path):
    """Two template directories, local before shipped, and a function that writes into them."""

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    (tmp_path / "local").mkdir()
    (tmp_path / "shipped").mkdir()
    return [tmp_path / "local", tmp_path / "shipped"], write


@pytest.fixture(scope="module")
def site(compiled_templates):
    return TestApp(make_site(**{"rtpy.template_cache": compiled_templates}))


def test_a_local_template_is_used_before_the_shipped_one(folders):
    path, write = folders
    write("shipped/a/page.pt", "<p>shipped</p>")
    write("local/a/page.pt", "<p>local</p>")
    assert Templates(path).render("a/page.pt", {}) == "<p>local</p>"


def test_a_local_layout_reaches_every_page_that_asks_for_it_by_bare_name(folders):
    path, write = folders
    write("shipped/layout.pt", '<b><i metal:define-slot="main"/></b>')
    write(
        "shipped/deep/page.pt", '<x metal:use-macro="load: layout.pt"><u metal:fill-slot="main">hey</u></x>'
    )
    write("local/layout.pt", '<em><i metal:define-slot="main"/></em>')
    assert Templates(path).render("deep/page.pt", {}) == "<em><u>hey</u></em>"


def test_an_unknown_template_is_an_error(folders):
    with pytest.raises(ValueError, match=r"missing\.pt"):
        Templates(folders[0]).render("missing.pt", {})


@pytest.mark.parametrize(
    ("template", "value", "shown"),
    [
        ("<p>${x}</p>", "<script>", "<p>&lt;script&gt;</p>"),
        ("<p>${x}</p>", "&lt;b&gt;", "<p>&amp;lt;b&amp;gt;</p>"),
        ("<p>${x}</p>", Html("<b>ours</b>"), "<p><b>ours</b></p>"),
        ('<p title="${x}"/>', '" onclick="x', '<p title="&quot; onclick=&quot;x"/>'),
        ('<p title="${x}"/>', None, "<p/>"),
        ('<input disabled="${x}"/>', False, "<input/>"),
        ('<input disabled="${x}"/>', True, '<input disabled="disabled"/>'),
        ("<p>${x}</p>", None, "<p></p>"),
    ],
)
def test_values_are_escaped_unless_they_are_html_of_ours(folders, template, value, shown):
    path, write = folders
    write("local/page.pt", template)
    assert Templates(path).render("page.pt", {"x": value}) == shown


@pytest.mark.parametrize(("reload", "shown"), [(True, "new"), (False, "old")])
def test_changed_templates_are_seen_only_where_reloading_is_on(folders, reload, shown):
    path, write = folders
    file = write("local/page.pt", "old")
    templates = Templates(path, reload=reload)
    templates.render("page.pt", {})
    file.write_text("new")
    os.utime(file, (1, 1))
    assert templates.render("page.pt", {}) == shown


def test_compiled_templates_are_kept_and_used_again(folders, tmp_path):
    path, write = folders
    write("local/page.pt", "<p>${x}</p>")
    cache = tmp_path / "cache"
    Templates(path, cache=cache).render("page.pt", {"x": 1})
    kept = {file.name: file.stat().st_mtime_ns for file in cache.glob("*.py")}
    assert len(kept) == 1
    assert Templates(path, cache=cache).render("page.pt", {"x": 2}) == "<p>2</p>"
    assert {file.name: file.stat().st_mtime_ns for file in cache.glob("*.py")} == kept


@pytest.mark.parametrize("name", all_pages())
def test_every_sample_page_is_drawn_whole(name, compiled_templates):
    template, values = all_pages()[name]
    html = Templates([SHARE / "templates"], cache=compiled_templates).render(template, {**frame(), **values})
    assert html.startswith("<!DOCTYPE html>")
    assert html.rstrip().endswith("</html>")
    assert "<!--!" not in html
    assert "style=" not in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert name == "styleguide" or len(ids) == len(set(ids))


def test_the_page_of_a_view_gets_the_frame(site):
    page = site.get("/ticket/1284")
    assert "<title>#1284" in page
    assert "Jonas Weber" in page
    assert re.search(r'name="csrf_token" value="\w{20,}"', page.text)
    assert re.search(r'href="/static/css/rtpy\.css\?v=[0-9a-f]{12}"', page.text)


def test_a_page_below_a_prefix_points_below_it(site):
    page = site.get("/ticket/1284", extra_environ={"SCRIPT_NAME": "/help"})
    assert 'href="/help/static/css/rtpy.css?v=' in page
    assert 'action="/help/logout"' in page


def test_a_flash_message_is_shown_once(site):
    form = site.get("/ticket/1284").forms["comment"]
    form["text"] = "for us"
    answer = form.submit().follow()
    assert "Your comment was added." in answer
    assert "Your comment was added." not in site.get("/ticket/1284")


def test_a_static_file_with_its_hash_may_be_kept_for_ever(site):
    url = re.search(r'href="(/static/css/rtpy\.css\?v=\w+)"', site.get("/ticket/1284").text)[1]
    answer = site.get(url)
    assert answer.content_type == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "url", ["/static/css/rtpy.css", "/static/css/rtpy.css?v=0000", "/static/icons/sprite.svg?v="]
)
def test_a_static_file_without_its_present_hash_is_kept_briefly(site, url):
    assert site.get(url).headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "path",
    [
        "nothing.css",
        "../templates/layout.pt",
        "%2e%2e/templates/layout.pt",
        "css/../../templates/layout.pt",
        "css",
    ],
)
def test_only_static_files_are_sent(site, path):
    site.get(f"/static/{path}", status=404)


def test_style_sheets_travel_compressed_to_those_who_can_read_it(site):
    plain = site.get("/static/css/rtpy.css")
    # WebTest unpacks its answers, a plain WebOb request does not.
    packed = Request.blank("/static/css/rtpy.css", accept_encoding="gzip").get_response(site.app)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < 13_000


def test_an_error_in_a_page_does_not_quote_its_values(folders):
    path, write = folders
    write("local/page.pt", "<p>${x.missing}</p>")
    with pytest.raises(TypeError) as broken:
        Templates(path).render("page.pt", {"x": "secret words"})
    assert "page.pt" in str(broken.value)
    assert "secret words" not in str(broken.value)


def test_a_static_file_of_an_earlier_folder_wins(tmp_path):
    for name in ("local", "shipped"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.css").write_text(name)
    files = StaticFiles([tmp_path / "local", tmp_path / "shipped"])
    assert files.find("a.css").read_text() == "local"
    with pytest.raises(LookupError):
        files.url("b.css")


def test_the_chosen_theme_is_kept_and_can_be_given_up(site):
    form = next(form for form in site.get("/ticket/1284").forms.values() if form.action == "/theme")
    page = form.submit("theme", value="dark").follow()
    assert 'data-theme="dark"' in page
    form = next(form for form in page.forms.values() if form.action == "/theme")
    assert 'data-theme="auto"' in form.submit("theme", value="auto").follow()


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/ticket/1284?a=b", "http://localhost/ticket/1284?a=b"),
        ("//evil.example/", "http://localhost/"),
        ("/\\evil.example", "http://localhost/"),
        ("https://evil.example/", "http://localhost/"),
        ("/a\r\nSet-Cookie: x=y", "http://localhost/"),
        ("", "http://localhost/"),
    ],
)
def test_after_choosing_a_theme_one_stays_on_this_site(site, wanted, place):
    token = site.get("/ticket/1284").forms["reply"]["csrf_token"].value
    answer = site.post("/theme", {"theme": "light", "return_to": wanted, "csrf_token": token})
    assert answer.location == place


def test_a_theme_is_not_chosen_by_another_site(site):
    site.post("/theme", {"theme": "dark"}, status=400)
