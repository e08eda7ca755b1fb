"""Public holidays by country and region, as the package `holidays` knows them."""

from collections.abc import Iterable
from datetime import date
from functools import cache

LANGUAGES = ("en_US", "en_GB", "en")
"""What the pages speak, where the names are there in it."""


@cache
def countries() -> dict[str, str]:
    """Codes of two letters with names, by name."""
    import holidays  # heavy: some 90 ms, and most requests do without
    from babel import Locale

    names = Locale("en").territories
    found = {
        code: str(names.get(code, code))
        for code in holidays.list_supported_countries(include_aliases=False)
        if len(code) == 2
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


@cache
def regions(country: str) -> dict[str, str]:
    """Codes of the regions of a country that have holidays of their own, with names where they are known, by name."""
    import holidays

    known = type(holidays.country_holidays(country)) if country in countries() else None
    if known is None:
        return {}
    names: dict[str, str] = {}
    for name, code in (getattr(known, "subdivisions_aliases", None) or {}).items():
        names.setdefault(code, name)
    found = {code: names.get(code, code) for code in known.subdivisions}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def holidays_of(country: str, region: str, years: Iterable[int]) -> dict[date, str]:
    """The public holidays of these years with their names; none without a country. ValueError for an unknown one."""
    import holidays

    if not country:
        return {}
    if country not in countries() or (region and region not in regions(country)):
        raise ValueError("There is no list of public holidays for this country and region.")
    speaks = type(holidays.country_holidays(country)).supported_languages
    language = next((each for each in LANGUAGES if each in speaks), None)
    found = holidays.country_holidays(country, subdiv=region or None, years=list(years), language=language)
    return {day: str(name)[:200] for day, name in sorted(found.items())}
