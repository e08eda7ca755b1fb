"""Strategies of hypothesis that draw the trees of queries: any name, any value, any nesting."""

from hypothesis import strategies as st

from rtpy.search.language.tree import Both, Either, Name, Not, Operator, Term

SETS = (Operator.IN, Operator.NOT_IN)
EMPTY = (Operator.IS, Operator.IS_NOT)
WORDS = (
    "Status",
    "Queue",
    "CF",
    "CustomRole",
    "Content",
    "NOT",
    "null",
    "In",
    "Ünïcode",
    "7up",
    "a b",
    "a.b",
    "}",
    "\\",
)

storable = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
texts = st.text(storable, max_size=12) | st.sampled_from(
    ("", "it's", 'a "b"', "\\", "\\'", "CF.{Severity}", "cf.{a}.Content", "NULL", "2026-01-01", "a\nb", "AND")
)
numbers = st.integers(-(2**63) + 1, 2**63 - 1)
segments = st.sampled_from(WORDS) | st.text(storable, min_size=1, max_size=8)
names = st.builds(Name, segments, st.lists(segments, max_size=2).map(tuple))


@st.composite
def terms(draw, fields=names):
    """One comparison; `fields` draws its name."""
    operator = draw(st.sampled_from(Operator))
    if operator in SETS:
        value = tuple(draw(st.lists(texts | numbers, min_size=1, max_size=3)))
    elif operator in EMPTY:
        value = None
    else:
        value = draw(texts | numbers | fields)
    return Term(draw(fields), operator, value, draw(st.booleans()))


def nodes(leaves=None):
    """A whole tree over `leaves`, or over any terms."""

    def grow(parts):
        several = st.lists(parts, min_size=2, max_size=4).map(tuple)
        return several.map(Both) | several.map(Either) | parts.map(Not)

    return st.recursive(terms() if leaves is None else leaves, grow, max_leaves=6)
