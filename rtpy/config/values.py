"""Turns what a file, a variable or the command line gives into the type of an option."""

import re
from typing import Any

from rtpy.config.options import Kind, Option

_UNITS = {"": 1, "b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
_SWITCHES = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def convert(option: Option, value: Any) -> Any:
    """`value` in the type of `option`; raises ValueError with the rest of a sentence after its name."""
    match option.kind:
        case Kind.NUMBER | Kind.SIZE:
            return _convert_number(option, value)
        case Kind.SHARE:
            return _convert_share(value)
        case Kind.SWITCH:
            return _convert_switch(value)
        case Kind.LIST:
            return _convert_list(value)
        case Kind.CHOICE:
            if value not in option.choices:
                raise ValueError(f"must be {_any_of(option.choices)}, not {_shown(option, value)}")
            return value
        case Kind.TEXT | Kind.FOLDER:
            return _convert_text(option, value)


def _convert_number(option: Option, value: Any) -> int:
    number = value
    if isinstance(value, str):
        written = re.fullmatch(r"\s*(\d+)\s*([A-Za-z]*)\s*", value)
        unit = _UNITS.get(written[2].lower()) if written else None
        allowed = unit is not None and (option.kind is Kind.SIZE or (written is not None and not written[2]))
        number = int(written[1]) * unit if written and unit and allowed else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError(f"must be a {option.kind}, not {_shown(option, value)}")
    if option.maximum is not None and not option.minimum <= number <= option.maximum:
        raise ValueError(f"must be from {option.minimum} to {option.maximum}, not {number}")
    if number < option.minimum:
        raise ValueError(f"must be {option.minimum} or more, not {number}")
    return number


def _convert_share(value: Any) -> float:
    written = isinstance(value, str) and re.fullmatch(r"\d{1,3}(\.\d{1,9})?", value.strip(), re.ASCII)
    number = float(value) if written else value
    if isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= 1:
        return float(number)
    raise ValueError(f"must be a {Kind.SHARE}, not {value!r}")


def _convert_switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _SWITCHES:
        return _SWITCHES[value.lower()]
    raise ValueError(f"must be true or false, not {value!r}")


def _convert_list(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise ValueError(f"must be a list of words, not {value!r}")


def _convert_text(option: Option, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a text in quotes, not {_shown(option, value)}")
    if option.pattern and not re.fullmatch(option.pattern, value):
        raise ValueError(f"must be {option.expected}, not {_shown(option, value)}")
    if "\n" in value or "\0" in value:
        raise ValueError("must be a single line")
    return value


def _shown(option: Option, value: Any) -> str:
    return "what is given" if option.secret else repr(value)


def _any_of(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
