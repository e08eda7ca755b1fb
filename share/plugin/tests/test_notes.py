"""Notes are written and shown, to those who may."""

import pytest
from rtpy_demo.notes import newest_notes, write_note

from rtpy.errors import Invalid, Refused


def test_notes_are_shown_with_the_newest_first(work):
    for content in ("one", " two  words "):
        write_note(work, content)
    assert [note.content for note in newest_notes(work.db, 20)] == ["two words", "one"]


@pytest.mark.parametrize(("content", "sentence"), [(" ", "Write something"), ("x" * 501, "at most 500")])
def test_what_is_no_note_is_refused(work, content, sentence):
    with pytest.raises(Invalid, match=sentence):
        write_note(work, content)


def test_who_lacks_the_right_writes_none(work_of, make):
    make.staff("jo")
    with pytest.raises(Refused, match="SeeDemoNotes"):
        write_note(work_of("jo"), "no")


def test_the_page_takes_a_note_and_says_what_is_wrong(root):
    form = next(form for form in root.get("/demo").forms.values() if "content" in form.fields)
    form["content"] = "Water the plants <b>today</b>"
    assert "Water the plants &lt;b&gt;today&lt;/b&gt;" in form.submit().follow().text
    form["content"] = ""
    assert "Write something first." in form.submit(status=422).text


def test_the_page_is_closed_to_who_lacks_the_right(another, enter, make):
    enter(another(), make.staff("jo")).get("/demo", status=403)
