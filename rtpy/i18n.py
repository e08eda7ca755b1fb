"""Translations that plugins bring: gettext catalogs in their folder `locale`, read when somebody needs them."""

import gettext
import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path

log = logging.getLogger("rtpy.i18n")

_NAME = re.compile(r"\$\{(\w+)\}")

Messages = Mapping[str, str]
Translate = Callable[..., str]
"""`translate(text, domain=…, mapping=…)`, as Chameleon calls it; for a text without translation the text itself."""


class Catalogs:
    """The catalogs of an installation, by domain (the plugin's name) and language.

    A file is `locale/de/LC_MESSAGES/DOMAIN.po`; `.mo`, its compiled form, is read where there is no `.po`.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """`folders` are the folders `locale` by domain."""
        self._files = {domain: _files_in(folder, domain) for domain, folder in folders.items()}
        self._read: dict[Path, Messages] = {}

    def __bool__(self) -> bool:
        return any(self._files.values())

    def languages(self, domain: str) -> list[str]:
        """The languages into which a domain is translated, such as `de` and `pt-br`."""
        return sorted(self._files.get(domain, ()))

    def messages(self, domain: str, language: str) -> Messages:
        """The catalog of `language`, else that of the language without its region; empty when there is none."""
        files = self._files.get(domain, {})
        wanted = language.strip().lower().replace("_", "-")
        for code in (wanted, wanted.partition("-")[0]):
            if code in files:
                path = files[code]
                if path not in self._read:
                    self._read[path] = _read(path)
                return self._read[path]
        return {}

    def label(self, text: str, language: str) -> str:
        """A label of a menu, a page or a right, of which nobody knows whose it is: by the first plugin that has it."""
        found = (self.messages(domain, language).get(text) for domain in self._files)
        return next((said for said in found if said), text)

    def into(self, language: str) -> Translate:
        """What translates into that language."""

        def translate(
            text: str,
            domain: str | None = None,
            mapping: Mapping[str, object] | None = None,
            context: object = None,
            target_language: str | None = None,
            default: str | None = None,
        ) -> str:
            found = self.messages(domain or "", target_language or language).get(text)
            said = found or (text if default is None else default)
            return fill(said, mapping) if mapping else said

        return translate


def fill(text: str, mapping: Mapping[str, object]) -> str:
    """The text with the values of its `${names}`; a name without one stays."""
    return _NAME.sub(lambda found: str(mapping[found[1]]) if found[1] in mapping else found[0], text)


def _files_in(folder: Path, domain: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for ending in ("mo", "po"):  # a .po is the newer one while somebody works at it
        for path in folder.glob(f"*/LC_MESSAGES/{domain}.{ending}"):
            found[path.parts[-3].lower().replace("_", "-")] = path
    return found


def _read(path: Path) -> Messages:
    try:
        if path.suffix == ".mo":
            with path.open("rb") as file:
                known: Mapping[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            return {text: said for text, said in known.items() if isinstance(text, str) and text and said}
        from babel.messages.pofile import read_po  # heavy, and few sites need it

        with path.open("rb") as file:
            catalog = read_po(file)
        return {
            each.id: str(each.string)
            for each in catalog
            if isinstance(each.id, str) and each.id and each.string and not each.fuzzy
        }
    except Exception:
        log.exception("the translations in %s cannot be read", path)
        return {}
