"""Every contradiction in a lifecycle file is reported, with its line, all at once."""

import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpy.lifecycle import LifecycleErrors, load_lifecycles
from rtpy.lifecycle.lines import find_lines

SHIPPED = (Path(__file__).parents[3] / "etc" / "lifecycles.toml").read_text(encoding="utf-8")
GOOD = """\
[work]
initial = ["new"]
active = ["open"]
inactive = [
    "done",
    "lost",
]
actions = [
    { move = "new -> open", label = "Open" },
]
[work.defaults]
on_create = "new"
[work.transitions]
"" = ["new"]
new = ["open", "lost"]
open = ["done"]
[work.rights]
"* -> done" = "Finish"
[home]
initial = ["todo"]
inactive = ["done"]
[home.transitions]
todo = ["done"]
[maps."work -> home"]
new = "todo"
open = "todo"
"""


def problems_of(text):
    with pytest.raises(LifecycleErrors) as broken:
        load_lifecycles(text)
    return [(problem.line, problem.message) for problem in broken.value.problems]


def test_the_text_that_the_other_tests_break_is_good():
    lifecycles = load_lifecycles(GOOD)
    assert [lifecycle.name for lifecycle in lifecycles] == ["work", "home"]
    assert lifecycles.map_status("work", "home", "open") == "todo"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            'new = ["open", "lost"]',
            'new = ["opn", "open", "lost"]',
            15,
            'no status "opn" (did you mean "open"?)',
        ),
        ('open = ["done"]', 'oben = ["done"]', 16, 'no status "oben"'),
        ('"* -> done" =', '"* -> dine" =', 18, 'no status "dine" (did you mean "done"?)'),
        ('"new -> open", label', '"neu -> open", label', 9, 'no status "neu"'),
        ('on_create = "new"', 'on_create = "nwe"', 12, 'no status "nwe"'),
        ('on_create = "new"', 'on_create = "open"', 12, "do not list it"),
        ('on_create = "new"', 'on_creat = "new"', 12, 'did you mean "on_create"'),
        ('"" = ["new"]', '"" = ["open"]', 12, "do not list it"),
        ('open = "todo"', 'oppen = "todo"', 26, '"work" has no status "oppen"'),
        ('open = "todo"', 'open = "todo2"', 26, '"home" has no status "todo2"'),
        ('open = "todo"', 'NEW = "todo"', 26, "mapped twice"),
        ('open = "todo"', "open = 1", 26, "must be a status in quotes"),
        ('"work -> home"', '"work -> hom"', 24, 'no lifecycle "hom"'),
        ('"work -> home"', '"work -> work"', 24, "to itself"),
        ('"work -> home"', '"work = home"', 24, "is not a map"),
        ('    "lost",', '    "lost",\n    "Open",', 7, '"Open" is in "active" and in "inactive"'),
        ('    "lost",', '    "lost",\n    "LOST",', 7, 'twice in "inactive"'),
        ('    "lost",', '    "lost",\n    "gone",', 7, '"gone" can not be reached'),
        ('    "lost",', '    "lost",\n    7,', 7, "statuses in quotes only"),
        ('    "lost",', '    "lost",\n    "*",', 7, "can not be a status"),
        ('initial = ["new"]', "initial = []", 2, 'no status in "initial"'),
        ('initial = ["new"]', 'initial = "new"', 2, "must be a list of statuses"),
        ('inactive = ["done"]', "inactive = []", 21, 'no status in "inactive"'),
        ('inactive = ["done"]', "", 19, 'no status in "inactive"'),
        ('new = ["open", "lost"]', 'new = ["open", "lost", "new"]', 15, "leads to itself"),
        ('new = ["open", "lost"]', 'new = ["open", "lost", "Open"]', 15, "is there twice"),
        ('open = ["done"]', 'open = ["done"]\nOPEN = ["done"]', 17, "are there twice"),
        ('= "Finish"', '= "FinishEverythingThatIsOpen"', 18, "1 to 25 ASCII characters"),
        ('= "Finish"', '= "Ändern"', 18, "1 to 25 ASCII characters"),
        ('= "Finish"', "= 4", 18, "must be a name in quotes"),
        ('"* -> done" =', '"done" =', 18, "is not a move"),
        ('"* -> done" =', '"new -> done" =', 18, "do not list"),
        ('"* -> done" = "Finish"', '"* -> done" = "A"\n"* -> DONE" = "B"', 19, "is there twice"),
        ('move = "new -> open", ', "", 9, 'needs a "move"'),
        ('"new -> open", label', '"new -> *", label', 9, "must say which status it leads to"),
        ('label = "Open" }', 'label = "Open", update = "Reply" }', 9, '"Respond" or "Comment"'),
        ('label = "Open" }', 'label = "" }', 9, 'needs a "label"'),
        ('label = "Open" }', 'label = "Open", lable = "x" }', 9, 'did you mean "label"'),
        ('{ move = "new -> open", label = "Open" }', '"new -> open"', 9, "An action is written"),
        ("[home]", "[WORK]", 19, "is there twice"),
        ("[home.transitions]", "[home.transition]", 22, 'did you mean "transitions"'),
        ("[home]", '[home]\ntype = "thing"', 20, '"ticket" or "asset"'),
        ("[home]", '[home]\ntype = "asset"', 25, "from tickets to assets"),
        ("[home]", '[home]\ndisabled = "no"', 20, "true or false"),
        ("[work.rights]", "[work.rights", 17, "not valid TOML"),
        ('new = "todo"\nopen = "todo"\n', 'new = "todo', 25, "not valid TOML"),
    ],
)
def test_a_contradiction_is_reported_with_its_line(old, new, line, words):
    assert old in GOOD
    found = problems_of(GOOD.replace(old, new, 1))
    assert any(at == line and words in message for at, message in found), found


def test_all_contradictions_are_reported_at_once_in_order():
    text = (
        GOOD.replace('on_create = "new"', 'on_create = "x"')
        .replace('"Finish"', '"Ä"')
        .replace('["todo"]', "[]")
    )
    assert [line for line, _ in problems_of(text)] == [12, 18, 20, 23, 25, 26]


def test_a_value_where_a_lifecycle_should_be_is_reported():
    assert problems_of('name = "work"\n' + GOOD)[0] == (
        1,
        '"name" must be a table: write [name] and the keys of a lifecycle.',
    )


def test_an_empty_file_is_reported():
    assert problems_of("# nothing\n") == [
        (1, "There is no lifecycle here; write at least a table [default].")
    ]


def test_a_file_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(LifecycleErrors, match="can not be read"):
        load_lifecycles(tmp_path / "lifecycles.toml")


def test_a_file_in_another_encoding_is_reported_with_its_line(tmp_path):
    path = tmp_path / "lifecycles.toml"
    path.write_bytes(b"# first\n# caf\xe9\n")
    with pytest.raises(LifecycleErrors, match="line 2: This line is not UTF-8"):
        load_lifecycles(path)


def test_deep_nesting_is_reported():
    assert "nested too deeply" in problems_of("a = " + "[" * 50_000)[0][1]


_PIECES = st.sampled_from(
    [
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "=",
        ",",
        ".",
        "\n",
        "#",
        "->",
        "*",
        "1",
        "true",
        '"""',
        "\\",
        "[[a]]\n",
        "é",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_spoiled_file_never_raises_anything_else(data):
    text = data.draw(st.sampled_from([GOOD, SHIPPED]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.one_of(st.just(""), _PIECES, st.text(max_size=3))) + text[end:]
    with contextlib.suppress(LifecycleErrors):
        load_lifecycles(text)


def paths_in(value, path=()):
    yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, each in entries:
        yield from paths_in(each, (*path, key))


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\n\nb.c = 2\n", ("b", "c"), 3),
        ('[x."y z"]\n"q\\"=" = 1', ("x", "y z", 'q"='), 2),
        ("[[t]]\na=1\n[[t]]\na=2\n[t.s]\nb=1", ("t", 1, "s", "b"), 6),
        ('a = """\n# not a comment\n""" # one\nb = [1, # two ]\n  [2,\n3]]', ("b", 1, 1), 6),
        ('a = """x""""\nb = 1', ("b",), 2),
        ("a = '''\\'''\nb = {c = [1], d.e = 2}", ("b", "d", "e"), 2),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ("a = 1979-05-27 07:32:00\nb=1.5e3 # x\nc = 'q'", ("c",), 3),
    ],
)
def test_lines_are_found_in_every_kind_of_toml(text, path, line):
    lines = find_lines(text)
    assert lines[path] == line
    assert {each for each in paths_in(tomllib.loads(text)) if each} <= set(lines)
