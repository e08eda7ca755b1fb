"""Trying a provider: what it publishes is fetched and read, and said in words; nobody logs in."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.transactions import let_go
from rtpy.identity.oidc.provider import provider_of
from rtpy.identity.oidc.trying import try_provider
from rtpy.rights.names import Right
from rtpy.web.admin.sign_on.frame import crumbs_of, provider_asked
from rtpy.web.shown import Link


@view_config(
    route_name="admin.sign_on.test",
    request_method="POST",
    renderer="admin/sign_on/test.pt",
    permission=Right.SUPER_USER,
)
def test_provider(resource: SystemResource, request: Request) -> dict[str, object]:
    """Fetch the document of discovery and the keys anew, with no transaction open meanwhile."""
    provider = provider_of(request.app.config, provider_asked(request))
    let_go(request)
    back = request.route_path("admin.sign_on.modify", id=provider.id)
    findings = try_provider(request.app, provider)
    return {
        "crumbs": crumbs_of(request, Link(provider.name, back)),
        "title": f"Test of {provider.name}",
        "is_good": all(each.is_good for each in findings),
        "findings": findings,
        "back_url": back,
    }
