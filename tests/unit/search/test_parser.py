"""Texts of queries become trees, trees become texts, and slips are pointed at."""

import time
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rtpy.search.language.parser import Parsed, Precedence, QueryError, parse
from rtpy.search.language.printer import show
from rtpy.search.language.tree import Both, Either, Name, Not, Operator, Term
from tests.unit.search.trees import nodes, storable


def term(name, operator, value, *path, shallow=False):
    return Term(Name(name, path), Operator(operator), value, shallow)


def parsed_or_error(text):
    try:
        return parse(text)
    except QueryError as error:
        return error


A, B, C, D = (term(name, "=", 1) for name in "ABCD")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Status = 'open'", term("Status", "=", "open")),
        ('Status="open"', term("Status", "=", "open")),
        ("Priority>=-3", term("Priority", ">=", -3)),
        ("Priority > +007", term("Priority", ">", 7)),
        ("CF.{Price} > 1.50", term("CF", ">", "1.50", "Price")),
        ("Subject not  like 'it\\'s \\\\ \\x'", term("Subject", "NOT LIKE", "it's \\ x")),
        ("Subject STARTSWITH 'a\nb'", term("Subject", "STARTSWITH", "a\nb")),
        ("Subject NOT ENDSWITH ''", term("Subject", "NOT ENDSWITH", "")),
        ("Due IS NULL", term("Due", "IS", None)),
        ("Due is not null", term("Due", "IS NOT", None)),
        ("Due IS NOT 'NULL'", term("Due", "IS NOT", None)),
        ("Due IS ''", term("Due", "IS", None)),
        ("Due = NULL", term("Due", "IS", None)),
        ("Due != null", term("Due", "IS NOT", None)),
        ("Due = 'NULL'", term("Due", "=", "NULL")),
        ("Due < Started", term("Due", "<", Name("Started"))),
        ("Requestor.id = Owner", term("Requestor", "=", Name("Owner"), "id")),
        ("Queue = General", term("Queue", "=", Name("General"))),
        ("CF.{A} = CF.{B c}.Content", term("CF", "=", Name("CF", ("B c", "Content")), "A")),
        ("CF.{A} = 'CF.{B c}'", term("CF", "=", Name("CF", ("B c",)), "A")),
        ("CF.{A} = '\\CF.{B c}'", term("CF", "=", "CF.{B c}", "A")),
        ("Subject LIKE 'CF.{B}'", term("Subject", "LIKE", "CF.{B}")),
        ("CF.{Serial number} = 'x'", term("CF", "=", "x", "Serial number")),
        ("CF.Help desk = 'x'", None),
        (
            "CF.Helpdesk.{On-call, (2nd)}.Content IS NULL",
            term("CF", "IS", None, "Helpdesk", "On-call, (2nd)", "Content"),
        ),
        ("CF.{a\\}b\\\\c\\d} = 1", term("CF", "=", 1, "a}b\\c\\d")),
        ("'CustomRole.{My Role}.Name' = 'x'", term("CustomRole", "=", "x", "My Role", "Name")),
        ("\"CustomRole.My Role.Name\" = 'x'", term("CustomRole", "=", "x", "My Role", "Name")),
        ("CustomRole.12 = 'x'", term("CustomRole", "=", "x", "12")),
        ("'Status' = 'x'", term("Status", "=", "x")),
        ("{Like} LIKE 'x'", term("Like", "LIKE", "x")),
        ("Like.x LIKE 'x'", term("Like", "LIKE", "x", "x")),
        ("Owner SHALLOW != 'jo'", term("Owner", "!=", "jo", shallow=True)),
        ("Status IN ('new', \"open\")", term("Status", "IN", ("new", "open"))),
        ("id not in(1,-2 , 3.5)", term("id", "NOT IN", (1, -2, "3.5"))),
        ("A=1 AND B=1", Both((A, B))),
        ("A=1 or B=1 oR C=1", Either((A, B, C))),
        ("((A=1))", A),
        ("(A=1 AND B=1) AND C=1", Both((Both((A, B)), C))),
        ("(A=1 OR B=1) AND NOT C=1", Both((Either((A, B)), Not(C)))),
        ("NOT NOT (A=1 AND B=1) OR C=1", Either((Not(Not(Both((A, B)))), C))),
        (" \n\t ", None),
        ("", None),
    ],
)
def test_texts_are_read_as_trees(text, expected):
    if expected is None and text.strip():
        with pytest.raises(QueryError):
            parse(text)
        return
    for precedence in Precedence:
        assert parse(text, precedence=precedence) == Parsed(expected, False, precedence)


@pytest.mark.parametrize(
    ("text", "as_rt", "as_sql"),
    [
        ("A=1 AND B=1 OR C=1", Either((A, B, C)), Either((Both((A, B)), C))),
        ("A=1 OR B=1 AND C=1", Both((A, B, C)), Either((A, Both((B, C))))),
        ("A=1 OR B=1 AND C=1 OR D=1", Either((A, B, C, D)), Either((A, Both((B, C)), D))),
        ("NOT A=1 OR B=1 AND C=1", Both((Not(A), B, C)), Either((Not(A), Both((B, C))))),
        ("A=1 AND (B=1 OR C=1 AND D=1)", Both((A, Both((B, C, D)))), Both((A, Either((B, Both((C, D))))))),
    ],
)
def test_and_beside_or_is_read_by_the_chosen_rule(text, as_rt, as_sql):
    assert parse(text) == Parsed(as_rt, True, Precedence.RT)
    assert parse(text, precedence=Precedence.SQL) == Parsed(as_sql, True, Precedence.SQL)


def holds(node, facts):
    match node:
        case Term():
            return facts[node.name.head]
        case Not():
            return not holds(node.part, facts)
        case Both():
            return all(holds(part, facts) for part in node.parts)
        case Either():
            return any(holds(part, facts) for part in node.parts)


LOGIC = st.recursive(
    st.sampled_from("ABCD"),
    lambda part: (
        st.lists(part, min_size=2, max_size=4).flatmap(
            lambda parts: st.lists(
                st.sampled_from(("and", "or")), min_size=len(parts) - 1, max_size=len(parts) - 1
            ).map(lambda joins: f"({' '.join(chain(*zip(parts, [*joins, ''], strict=True)))})")
        )
        | part.map("not {}".format)
    ),
    max_leaves=8,
)


@given(text=LOGIC, facts=st.fixed_dictionaries(dict.fromkeys("ABCD", st.booleans())))
@settings(max_examples=60, deadline=None)
def test_and_binds_closer_than_or_by_the_rule_of_sql_as_in_python(text, facts):
    query = "".join(f"{each}=1" if each in facts else each for each in text)
    node = parse(query, precedence=Precedence.SQL).node
    assert holds(node, facts) is eval(text, {**facts, "__builtins__": {}})


def test_terms_know_their_columns():
    node = parse("Status = 'new'\n AND (NOT 'Queue' = 1)").node
    assert [node.parts[0].column, node.parts[1].part.column] == [1, 26]


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (term("CF", "=", "x", "Severity"), "CF.{Severity} = 'x'"),
        (term("CF", "=", "x", "Help", "Severity", "Content"), "CF.Help.{Severity}.Content = 'x'"),
        (term("CustomRole", "IS", None, "Engineer", "Name"), "CustomRole.{Engineer}.Name IS NULL"),
        (
            term("Requestor", "LIKE", "it's", "EmailAddress", shallow=True),
            "Requestor.EmailAddress SHALLOW LIKE 'it\\'s'",
        ),
        (term("Status", "IN", ("new", 5)), "Status IN ('new', 5)"),
        (Not(Both((A, Either((B, Not(C)))))), "NOT (A = 1 AND (B = 1 OR NOT C = 1))"),
    ],
)
def test_trees_are_shown_as_people_write_them(node, text):
    assert show(node) == text


@given(node=nodes())
@settings(max_examples=60, deadline=None)
def test_what_is_shown_is_read_back_as_the_same_tree_under_both_rules(node):
    text = show(node)
    for precedence in Precedence:
        assert parse(text, precedence=precedence) == Parsed(node, False, precedence)


PIECES = [
    "Status",
    "CF.{a b}",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS",
    "LIKE",
    "NULL",
    "(",
    ")",
    ",",
    "'x'",
    '"',
    "'",
    "{",
    "\\",
    "=",
    "!=",
    "5",
]


@given(text=st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join) | st.text(max_size=40))
@settings(max_examples=100, deadline=None)
@example("\x00")
@example("Subject = '\ud800'")
@example("id = 99999999999999999999")
@example("id = -9223372036854775809")
@example("{} = 1")
@example("'' = 1")
@example("'.' = 1")
@example("'a{b' = 1")
@example("A = 'CF.{}'")
@example("Status = ’x’")
def test_any_text_is_a_query_or_is_refused_with_a_place_in_it(text):
    parsed = parsed_or_error(text)
    if isinstance(parsed, QueryError):
        assert 1 <= parsed.column <= len(text) + 1
        assert str(parsed).endswith(".")
    else:
        assert parsed.node is None or parse(show(parsed.node)).node == parsed.node


@given(text=st.text(storable, max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_in_quotes_is_a_value(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert parse(f'Subject LIKE "{escaped}"').node == term("Subject", "LIKE", text)


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("Status open", 8, "an operator was expected"),
        ("Status 'open'", 8, "Perhaps Status = 'open' was meant"),
        ("Status", 7, "the end of the query was found"),
        ("Status =", 9, "a value was expected after =, and the end of the query"),
        ("Status = AND", 10, "a value was expected after =, and “AND” was found"),
        ("Status == 'open'", 8, "write = instead of “==”"),
        ("Status <> 'open'", 8, "write != instead of “<>”"),
        ("Priority => 5", 10, "write >= instead of “=>”"),
        ("Subject ~ 'x'", 9, "write LIKE instead of “~”"),
        ("Subject contains 'x'", 9, "write LIKE instead of “contains”"),
        ("A = 1 && B = 1", 7, "write AND instead of “&&”"),
        ("A = 1 || B = 1", 7, "write OR instead of “||”"),
        ("!A = 1", 1, "Write NOT for “!”"),
        ("Created > 2026-01-31", 11, "put the date in quotes: '2026-01-31'"),
        ("Owner = jo@example.com", 9, "put the value in quotes: 'jo@example.com'"),
        ("Created > 10/12/2026 AND A = 1", 11, "put the date in quotes: '10/12/2026'"),
        ("Subject LIKE printer broken", 22, "Put a value of several words in quotes: 'printer broken'"),
        ("A = 1 B = 1", 7, "AND or OR was expected, and “B” was found"),
        ("A = 1 (B = 1)", 7, "AND or OR was expected"),
        ("Subject = 'it's'", 15, "A quote inside of a text is written \\'"),
        ("Subject = 'open", 11, "the quote ' that opens here is never closed"),
        ("(A = 1", 1, "the parenthesis that opens here is never closed"),
        ("(A = 1 AND (B = 1)", 1, "the parenthesis that opens here is never closed"),
        ("A = 1)", 6, "this closing parenthesis has no opening one"),
        ("()", 2, "there is nothing between these parentheses"),
        ("A = 1 AND", 10, "a field such as Status was expected after AND, and the end"),
        ("A = 1 AND OR B = 1", 11, "expected after AND, and “OR” was found"),
        ("AND A = 1", 1, "a field such as Status was expected, and “AND” was found"),
        ("#12", 1, "id = 12"),
        ("On-call = 'x'", 1, "in braces"),
        ("5 = id", 1, "a field such as Status was expected, and “5” was found"),
        ("CF.{Serial = 'x'", 4, "the brace { that opens here is never closed"),
        ("CF.{} = 'x'", 1, "a field such as Status was expected"),
        ("CF.Serial number = 'x'", 11, "Put names of several words in braces"),
        ("Status NOT 'open'", 12, "“Is not” is written !="),
        ("Status IS 'open'", 11, "To compare with a value write =."),
        ("Status IS NOT 'open'", 15, "To compare with a value write !=."),
        ("Due > NULL", 7, "NULL (nothing) goes with IS and IS NOT only"),
        ("Status = ('a', 'b')", 10, "written with IN instead of ="),
        ("Status != ('a', 'b')", 11, "written with NOT IN instead of !="),
        ("Status IN 'open'", 11, "a list in parentheses was expected"),
        ("Status IN ()", 12, "the list is empty"),
        ("Status IN ('a',)", 16, "ends with a comma"),
        ("Status IN (open)", 12, "put the values of a list in quotes: 'open'"),
        ("Status IN ('a', NULL)", 17, "NULL cannot stand in a list"),
        ("Status IN ('a' 'b')", 16, "a comma or the list's closing parenthesis was expected"),
        ("Status IN ('a'", 11, "the list that opens here is never closed"),
        ("Status = = 'open'", 10, "Only one operator"),
        ("Status = ‘open’", 10, "write straight quotes"),
        ("A = 1; DROP TABLE tickets", 5, "put the value in quotes: '1;'"),
        ("id = 9223372036854775808", 6, "the number 9223372036854775808 is too large"),
        ("A = 'a\x00'", 7, "U+0000"),
        ("A = }", 5, "“}” has no meaning here"),
        ("A = 1\n  AND B == 2", 15, "Line 2, column 9: write = instead of “==”"),
    ],
)
def test_slips_are_pointed_at_in_plain_words(text, column, part):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert part in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("(" * 51 + "A = 1" + ")" * 51, "nested 50 deep"),
        ("NOT " * 51 + "A = 1", "nested 50 deep"),
        (" OR ".join(["A = 1"] * 501), "may have 500 conditions"),
        (f"id IN ({','.join(['1'] * 1001)})", "may have 1,000 values"),
        ("A = '" + "x" * 70_000 + "'", "may have 65,536 characters"),
    ],
)
def test_what_is_too_much_is_refused_with_a_sentence(text, part):
    with pytest.raises(QueryError, match=part):
        parse(text)


def test_what_just_fits_is_read():
    parse("(" * 50 + "A = 1" + ")" * 50)
    parse(" AND ".join(["A = 1"] * 500))
    parse(f"id IN ({','.join(['1'] * 1000)})")


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "'\\",
        "\\'",
        "{",
        "CF.{a",
        "'{",
        "'{a}.",
        "a.",
        "{\\}",
        "NOT ",
        "5",
        "-",
        "a b ",
        "A=1 AND ",
        "\n",
        "é",
        "=",
        "'CF.{a}",
        '("\'",',
    ],
)
def test_hostile_texts_take_no_longer_than_others(piece):
    text = (piece * 66_000)[:65_000]
    begin = time.process_time()
    for each in (text, f"'{text}' = 1", f"A = '{text}"):
        parsed_or_error(each)
    assert time.process_time() - begin < 1
