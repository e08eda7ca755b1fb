"""Where customers go, and what they read when something goes wrong there."""

from pyramid.response import Response

from rtpy.web.customer_pages import CustomerPages
from rtpy.web.shown import Link


def find_way(request):
    """From the list of tickets to the page about their own budget."""
    return f"{request.script_name}/budget/mine" if request.path_info == "/tickets" else None


def draw_error(request, trouble):
    """A word, and nothing that the core says to staff; the core's own page for a form that came too late."""
    if trouble.kind == "logged_out":
        return None
    return Response(f"No budget here: {trouble.kind}.", status=trouble.status, content_type="text/plain")


def offer_login(request, wanted):
    """Customers of a budget log in elsewhere."""
    return Link("For customers", f"{request.script_name}/budget/login?next={wanted}")


PAGES = CustomerPages("/budget", find_way, draw_error, offer_login)
