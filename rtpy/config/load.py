"""Reads rtpy.toml and the environment into a Config, and says everything that is wrong with them at once."""

import contextlib
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from rtpy import paths
from rtpy.config.config import Config, Setting
from rtpy.config.options import OPTIONS, SECTIONS, Option
from rtpy.config.values import convert
from rtpy.installed import find_installed, plugin_folders


class BadConfig(Exception):
    """The configuration cannot be used; `problems` are whole sentences with file and line where known."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


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
    site = list(_read_file(given, problems, is_needed=chosen))
    late = [*_read_environment(environ, problems)]
    late += [Setting(name, value, "command line") for name, value in (overrides or {}).items()]
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
    return _build([Setting(name, value, "given value") for name, value in values.items()], [])


def _build(settings: list[Setting], problems: list[str]) -> Config:
    plugins = tuple(_plugins_of(settings))
    problems += [
        f"plugins: {name} cannot name a plugin, it is a section of rtpy.toml."
        for name in plugins
        if name in SECTIONS
    ]
    plugins = tuple(name for name in plugins if name not in SECTIONS)
    theirs = tuple(setting for setting in settings if setting.name.partition(".")[0] in plugins)
    home = _home_of(settings)
    rest = [setting for setting in settings if setting not in theirs and not _rests(setting, home)]
    values = _values(rest, OPTIONS, problems)
    if problems:
        raise BadConfig(*problems)
    home = _home_of([Setting("home", values["home"], "")])
    loads = () if values["no_plugins"] else values["plugins"]
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
        plugins=loads,
        plugin_settings=theirs if loads else (),
        set_aside=() if loads else values["plugins"],
        trace_hooks=values["trace_hooks"],
        **sections,
    )


def _rests(setting: Setting, home: Path) -> bool:
    """Does that stand in the section of a plugin that is installed and not listed? It counts again when it is."""
    section, dot, _ = setting.name.partition(".")
    if not dot or section in SECTIONS:
        return False
    return find_installed(section, plugin_folders(home)) is not None


def read_plugin_options(config: Config, options: Iterable[Option]) -> dict[str, Any]:
    """The values of the options that plugins bring, by dotted name; raises BadConfig as for our own.

    Plugins are known only after the configuration is read, so their sections wait in `config.plugin_settings`.
    """
    problems: list[str] = []
    values = _values(config.plugin_settings, {option.name: option for option in options}, problems)
    if problems:
        raise BadConfig(*problems)
    return values


def _values(
    settings: Iterable[Setting], options: Mapping[str, Option], problems: list[str]
) -> dict[str, Any]:
    """Defaults of `options` with `settings` on top, the last one winning."""
    values = {name: option.default for name, option in options.items()}
    for setting in settings:
        option = options.get(setting.name)
        if option is None:
            suggestion = _suggestion(setting.name, options)
            problems.append(f"{setting.where}: there is no option {setting.name}{suggestion}")
            continue
        try:
            values[setting.name] = convert(option, setting.value)
        except ValueError as wrong:
            problems.append(f"{setting.where}: {setting.name} {wrong}.")
    return values


def _plugins_of(settings: Iterable[Setting]) -> list[str]:
    """The plugins listed, as far as it can be told before anything is checked."""
    listed: list[str] = []
    for setting in settings:
        if setting.name == "plugins":
            with contextlib.suppress(ValueError):
                listed = list(convert(OPTIONS["plugins"], setting.value))
    return listed


def _home_of(settings: list[Setting]) -> Path:
    named = [setting.value for setting in settings if setting.name == "home" and setting.value]
    if named and isinstance(named[-1], str | Path):
        return Path(named[-1]).expanduser().absolute()
    return paths.default_home()


def _suggestion(name: str, options: Mapping[str, Option]) -> str:
    near = difflib.get_close_matches(name, options, n=1, cutoff=0.6)
    ending = [option for option in options if option.rpartition(".")[2] == name.rpartition(".")[2]]
    found = (ending + near)[:1]
    return f"; did you mean {found[0]}?" if found else "."


def _read_environment(environ: Mapping[str, str], problems: list[str]) -> Iterator[Setting]:
    known = {f"RTPY_{name.replace('.', '_').upper()}": name for name in OPTIONS}
    for variable, value in environ.items():
        if variable in known and value:
            yield Setting(known[variable], value, f"environment variable {variable}")
        elif variable not in known and variable.startswith("RTPY_"):
            # Others may own a variable of this prefix (container platforms do): only near misses are refused.
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.9)
            if near:
                problems.append(
                    f"environment variable {variable}: there is no such option; did you mean {near[0]}?"
                )


def _read_file(file: Path, problems: list[str], *, is_needed: bool = False) -> Iterator[Setting]:
    try:
        if not file.is_file():
            if is_needed:
                problems.append(f"{file}: there is no such file.")
            return
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
        yield Setting(name, value, f"{file}, line {lines[name]}" if name in lines else str(file))


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
