"""WebTest's browser, but for how it finds forms: it reads a page twice and all of its forms, to give one of them.

That took longer than most requests of tests. Here a form is cut out of the page and read when a test asks for it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from webtest import TestApp
from webtest.app import TestRequest
from webtest.forms import Form
from webtest.response import TestResponse

WHOLE = re.compile(r"<form\b.*?</form\s*>", re.DOTALL | re.IGNORECASE)
ID = re.compile(r'<form\b[^>]*?\sid="([^"]*)"', re.IGNORECASE)


class OneForm(Form):  # type: ignore[misc]  # WebTest is untyped
    """A form; the whole page is read only for one with fields that stand outside of it."""

    def _parse_fields(self) -> None:
        own: Any = self.id  # type: ignore[has-type]
        if f'form="{own}"' not in self.response.text:
            self.id = None  # WebTest then looks inside of the form only
        super()._parse_fields()
        self.id = own


class Forms(Mapping[Any, OneForm]):
    """The forms of a page by their places, and by their ids where they have one."""

    def __init__(self, page: Any) -> None:
        self._page, self._read = page, dict[Any, OneForm]()
        self._texts = WHOLE.findall(page.testbody)
        self._places: dict[Any, int] = dict(enumerate(range(len(self._texts))))
        for place, text in enumerate(self._texts):
            if found := ID.match(text):
                self._places[found[1]] = place

    def __getitem__(self, key: Any) -> OneForm:
        place = self._places[key]
        if place not in self._read:
            self._read[place] = OneForm(self._page, self._texts[place], self._page.parser_features)
        return self._read[place]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Page(TestResponse):  # type: ignore[misc]
    """An answer to a test's browser."""

    def _parse_forms(self) -> None:
        self._forms_indexed = Forms(self)


class Request(TestRequest):  # type: ignore[misc]
    """What a test's browser asks."""

    ResponseClass = Page


class Browser(TestApp):  # type: ignore[misc]
    """A browser without a window."""

    RequestClass = Request
