"""The pager of lists whose totals are known."""

from collections.abc import Callable

from pyramid.request import Request

from rtpy.web.shown import Link, Pages

DEEPEST = 10_000


def asked_page(request: Request) -> int:
    """`?page=`, from 1; what makes no sense is the first."""
    typed = request.GET.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed[:8]) < DEEPEST else 1


def show_numbers(number: int, per_page: int, total: int, url: Callable[[int], str]) -> Pages:
    """Where one is among `total` things; `url` gives the address of a page."""
    last = max(-(-total // per_page), 1)
    near = sorted({1, number - 1, number, number + 1, last} & set(range(1, last + 1)))
    numbers: list[Link | None] = []
    before = 0
    for each in near:
        if each > before + 1:
            numbers.append(None)
        numbers.append(Link(str(each), url(each), current=each == number))
        before = each
    first = (number - 1) * per_page + 1
    return Pages(
        min(first, total),
        min(first + per_page - 1, total),
        total,
        tuple(numbers),
        previous_url=url(number - 1) if 1 < number <= last else None,
        next_url=url(number + 1) if number < last else None,
    )
