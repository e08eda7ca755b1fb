"""Pages as files: everything that is for everybody, and nothing else."""

import pytest

from rtpy_portal.knowledge.exporting import export_files
from rtpy_portal.knowledge.values import Audience

pytestmark = pytest.mark.databases("sqlite")  # plain queries, the same on both


def test_only_pages_for_everybody_are_exported_and_link_to_each_other(db, make, write, published):
    acme = make.organization("Acme").id
    other = published("Second", "Text.")
    inside = published("CANARY inside", audience=Audience.STAFF)
    published("CANARY closed", audience=Audience.ORGANIZATIONS, organization_ids=frozenset({acme}))
    write("CANARY draft")
    first = published("First <b>", f"See [next](page:{other.id}) and [closed](page:{inside.id}).")
    german = published("Zweitens", "Text.", original=other, lang="de")
    db.flush()
    files = dict(export_files(db, "Acme Desk"))
    assert set(files) == {
        "style.css",
        "index.html",
        "index.de.html",
        *(f"page/{each.id}.html" for each in (first, other, german)),
    }
    assert not any("CANARY" in text for text in files.values())
    page = files[f"page/{first.id}.html"]
    assert f'<a href="{other.id}.html">next</a> and closed.' in page
    assert "<h1>First &lt;b&gt;</h1>" in page
    assert f'href="{german.id}.html" lang="de"' in files[f"page/{other.id}.html"]
    assert "Zweitens" in files["index.de.html"]
    assert "Zweitens" not in files["index.html"]


def test_a_portal_without_pages_says_so(db):
    assert "Nothing is published yet." in dict(export_files(db, "Acme Desk"))["index.html"]
