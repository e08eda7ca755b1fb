"""Reads rtpy.toml and the environment into a Config, and says everything that is wrong with them at once."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rtpy import paths
from rtpy.config.config import Config
from rtpy.config.options import OPTIONS, SECTIONS, Kind, Option

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


class BadConfig(Exception):
    """The configuration cannot be used; `problems` are whole sentences with file and line where known."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Setting:
    """One value somebody gave, and where: `etc/rtpy.toml, line 3`."""

    name: str
    value: Any  # as TOML or the environment has it, not yet checked
    where: str


def load_config(
    file: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """The configuration of this site.

    Weakest first: defaults, `file` (else RTPY_CONFIG, else etc/rtpy.toml), rtpy.toml in the home, environment
    variables (`RTPY_MAIL_TRANSPORT` for `mail.transport`), `overrides` by dotted name (the command line).
    Raises BadConfig with every problem in all of them.
    """
    problems: list[str] = []
    given = Path(file or environ.get("RTPY_CONFIG") or _etc(environ) / "rtpy.toml")
    chosen = file is not None or bool(environ.get("RTPY_CONFIG"))
    if chosen and not given.is_file():
        problems.append(f"{given}: there is no such file.")
    site = list(_read_file(given, problems))
    late = [*_read_environment(environ, problems)]
    late += [_Setting(name, value, "command line") for name, value in (overrides or {}).items()]
    home = _home_of(site + late)
    own = list(_read_file(home / "rtpy.toml", problems)) if home / "rtpy.toml" != given else []
    for setting in own:
        if setting.name == "home":
            problems.append(f"{setting.where}: home cannot be set in the home's own file.")
    return _build([*site, *own, *late], problems)


def _etc(environ: Mapping[str, str]) -> Path:
    return Path(environ["RTPY_ETC"]) if environ.get("RTPY_ETC") else paths.find_etc()


def settle(values: Mapping[str, Any]) -> Config:
    """A configuration from values by dotted name alone; raises BadConfig."""
    return _build([_Setting(name, value, "given value") for name, value in values.items()], [])


def _build(settings: list[_Setting], problems: list[str]) -> Config:
    values = {name: option.default for name, option in OPTIONS.items()}
    for setting in settings:
        option = OPTIONS.get(setting.name)
        if option is None:
            problems.append(f"{setting.where}: there is no option {setting.name}{_suggestion(setting.name)}")
            continue
        try:
            values[setting.name] = _convert(option, setting.value)
        except ValueError as wrong:
            problems.append(f"{setting.where}: {setting.name} {wrong}.")
    if problems:
        raise BadConfig(*problems)
    home = _home_of([_Setting("home", values["home"], "")])
    values["database.url"] = values["database.url"] or f"sqlite:///{home / 'rtpy.db'}"
    sections = {
        section: cls(**{item.name: values[f"{section}.{item.name}"] for item in fields(cls)})
        for section, cls in SECTIONS.items()
        if section
    }
    return Config(
        rtname=values["rtname"],
        organization=values["organization"],
        home=home,
        etc=values["etc"],
        share=values["share"],
        plugins=values["plugins"],
        **sections,
    )


def _home_of(settings: list[_Setting]) -> Path:
    named = [setting.value for setting in settings if setting.name == "home" and setting.value]
    if named and isinstance(named[-1], str | Path):
        return Path(named[-1]).expanduser().absolute()
    return paths.default_home()


def _convert(option: Option, value: Any) -> Any:
    """`value` in the type of `option`; raises ValueError with the rest of a sentence after its name."""
    match option.kind:
        case Kind.NUMBER | Kind.SIZE:
            return _convert_number(option, value)
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


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, OPTIONS, n=1, cutoff=0.6)
    ending = [option for option in OPTIONS if option.rpartition(".")[2] == name.rpartition(".")[2]]
    found = (ending + near)[:1]
    return f"; did you mean {found[0]}?" if found else "."


def _read_environment(environ: Mapping[str, str], problems: list[str]) -> Iterator[_Setting]:
    known = {f"RTPY_{name.replace('.', '_').upper()}": name for name in OPTIONS}
    for variable, value in environ.items():
        if variable in known and value:
            yield _Setting(known[variable], value, f"environment variable {variable}")
        elif variable not in known and variable.startswith("RTPY_"):
            # Others may own a variable of this prefix (container platforms do): only near misses are refused.
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.9)
            if near:
                problems.append(
                    f"environment variable {variable}: there is no such option; did you mean {near[0]}?"
                )


def _read_file(file: Path, problems: list[str]) -> Iterator[_Setting]:
    if not file.is_file():
        return
    try:
        text = file.read_text(encoding="utf-8")
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        problems.append(f"{file}: {wrong}.")
        return
    except UnicodeDecodeError:
        problems.append(f"{file}: this is not UTF-8 text.")
        return
    except OSError as wrong:
        problems.append(f"{file}: {wrong.strerror}.")
        return
    lines = _lines_of_names(text)
    for name, value in _flat(tree):
        yield _Setting(name, value, f"{file}, line {lines[name]}" if name in lines else str(file))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _lines_of_names(text: str) -> dict[str, int]:
    """Where each dotted name is set; tomllib does not say, so this looks for the usual ways of writing it."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.\s\"'-]+?)\s*\]", line):
            section = re.sub(r"[\s\"']", "", header[1]) + "."
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            lines.setdefault(section + re.sub(r"[\"']", "", key[1]), number)
    return lines
