"""The usual slips in queries, in plain words: what was found, what was expected, and what was probably meant."""

import re

from rtpy.search.language.error import clip
from rtpy.search.language.lexer import Sort, Token
from rtpy.search.language.tree import Operator

_MEANT = {
    "==": "=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&&": "AND",
    "&": "AND",
    "||": "OR",
    "|": "OR",
    "!": "NOT",
    "~": "LIKE",
    "=~": "LIKE",
    "!~": "NOT LIKE",
    "CONTAINS": "LIKE",
    "MATCHES": "LIKE",
    "ILIKE": "LIKE",
    "HAS": "LIKE",
    "STARTS": "STARTSWITH",
    "ENDS": "ENDSWITH",
    "EQUALS": "=",
    "BEFORE": "<",
    "AFTER": ">",
    "ON": "=",
    "SINCE": ">=",
    "UNTIL": "<=",
    "XOR": "OR",
    "ISNT": "!=",
}
"""What people write, and how it is written here."""

_OPERATORS = "=, !=, <, >, <=, >=, LIKE, STARTSWITH, ENDSWITH, IN or IS"
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")


def found(token: Token) -> str:
    """The token as a sentence calls it."""
    if token.sort is Sort.END:
        return "the end of the query"
    return clip(token.raw) if token.sort is Sort.TEXT else f"“{clip(token.raw)}”"


def needs_field(token: Token, before: Token | None) -> str:
    """Where a condition begins there is something else."""
    is_joined = before is not None and before.word in ("AND", "OR", "NOT")
    after = f" after {clip(before.raw)}" if before is not None and is_joined else ""
    sentence = f"a field such as Status was expected{after}, and {found(token)} was found."
    if token.raw == "!":
        return f"{sentence} Write NOT for “!”."
    if token.sort is Sort.CLOSE and before is not None and before.sort is Sort.OPEN:
        return "there is nothing between these parentheses; write a condition such as Status = 'open'."
    if token.sort is Sort.END and before is not None and before.sort is Sort.OPEN:
        return f"{sentence} The parenthesis before it is never closed."
    if token.sort is Sort.LOOSE and re.fullmatch(r"#\d+", token.raw):
        return f"{sentence} A ticket's number is searched for with id = {token.raw[1:]}."
    if token.sort is Sort.LOOSE:
        return f"{sentence} Put names with other signs than letters and digits in braces: CF.{{On-call}}."
    return sentence


def needs_operator(token: Token, field: Token) -> str:
    """After a field there is no operator."""
    if meant := _meant(token):
        return f"write {meant} instead of “{clip(token.raw)}”."
    sentence = (
        f"after {clip(field.raw)} an operator was expected ({_OPERATORS}), and {found(token)} was found."
    )
    if token.sort in (Sort.TEXT, Sort.NUMBER, Sort.DECIMAL):
        return f"{sentence} Perhaps {clip(field.raw)} = {clip(token.raw)} was meant."
    if token.sort is Sort.WORD and token.word not in ("AND", "OR"):
        return f"{sentence} Put names of several words in braces: CF.{{Serial number}}."
    return sentence


def needs_value(token: Token, operator: Operator) -> str:
    """After an operator there is no value."""
    sentence = f"a value was expected after {operator}, and {found(token)} was found."
    if token.sort is Sort.LOOSE:
        kind = "date" if _DATE.fullmatch(token.raw) else "value"
        return f"put the {kind} in quotes: {_quoted(token.raw)}."
    if token.sort is Sort.SIGN:
        return f"{sentence} Only one operator stands between a field and its value."
    if token.sort is Sort.OPEN:
        word = "NOT IN" if operator.is_negative else "IN"
        return f"{sentence} A list of values is written with {word} instead of {operator}."
    if token.sort is Sort.WORD:
        return f"{sentence} If the word is the value, put it in quotes: {_quoted(token.raw)}."
    return sentence


def needs_null(token: Token, operator: Operator) -> str:
    """After IS or IS NOT there is something else than NULL."""
    instead = "=" if operator is Operator.IS else "!="
    return (
        f"NULL (nothing) was expected after {operator}, and {found(token)} was found. "
        f"To compare with a value write {instead}."
    )


def needs_list_item(token: Token) -> str:
    """In a list there is something else than a value."""
    if token.word == "NULL":
        return "NULL cannot stand in a list; write … OR Field IS NULL beside it."
    if token.sort is Sort.WORD or token.sort is Sort.LOOSE:
        return f"put the values of a list in quotes: {_quoted(token.raw)}."
    if token.sort is Sort.CLOSE:
        return "a value was expected here; the list is empty, or ends with a comma."
    return f"a value was expected in the list, and {found(token)} was found."


def needs_connective(token: Token, before: Token | None) -> str:
    """After a whole condition there is neither AND nor OR nor the end."""
    if meant := _meant(token):
        return f"write {meant} instead of “{clip(token.raw)}”."
    sentence = f"AND or OR was expected, and {found(token)} was found."
    bare = (Sort.WORD, Sort.LOOSE, Sort.NUMBER, Sort.DECIMAL)
    if before is not None and before.sort in bare and token.sort in bare:
        return f"{sentence} Put a value of several words in quotes: {_quoted(f'{before.raw} {token.raw}')}."
    if token.sort is Sort.TEXT and before is not None and before.sort is Sort.TEXT:
        return f"{sentence} A quote inside of a text is written \\{token.raw[0]}."
    if before is not None and before.sort is Sort.TEXT and token.column == before.end:
        return f"{sentence} A quote inside of a text is written \\{before.raw[0]}."
    return sentence


def _meant(token: Token) -> str:
    if token.sort is Sort.SIGN:
        return _MEANT.get(token.raw, "")
    return _MEANT.get(token.word, "")


def _quoted(raw: str) -> str:
    escaped = clip(raw).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
