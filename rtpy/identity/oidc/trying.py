"""Trying a provider for its administrator: what it publishes, fetched anew and judged line by line."""

from dataclasses import dataclass

from rtpy.app import App
from rtpy.identity.oidc.asking import ProviderSilent
from rtpy.identity.oidc.metadata import discover, keys_of
from rtpy.identity.oidc.provider import Provider, callback_url


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `is_good` False when it keeps people out."""

    what: str
    said: str
    is_good: bool = True


def try_provider(app: App, provider: Provider) -> list[Finding]:
    """What was found, up to the first thing that keeps everybody out. Asks the network: no transaction may be open."""
    try:
        metadata = discover(app, provider.issuer, has_secret=bool(provider.client_secret), anew=True)
    except ProviderSilent as silent:
        return [Finding("What it publishes", str(silent), False)]
    found = [
        Finding("Issuer", f"{metadata.issuer}, as it says itself"),
        Finding("People log in at", metadata.authorization_endpoint),
        Finding("Codes are exchanged at", metadata.token_endpoint),
        Finding("Redirect address to register there", callback_url(app.config, provider.id)),
        Finding("Our secret is told", _WAYS[metadata.auth_method]),
    ]
    if not provider.client_id:
        found.append(Finding("Client id", "None is entered: nobody can log in.", False))
    try:
        keys = keys_of(app, metadata, anew=True)
    except ProviderSilent as silent:
        return [*found, Finding("Keys", str(silent), False)]
    kinds = ", ".join(sorted({str(key.key_type) for key in keys}))
    found.append(Finding("Keys", f"{len(keys.keys)} for signatures ({kinds})"))
    if metadata.claims:
        wanted = {provider.name_claim, "email", provider.verified_claim, provider.group_claim} - {""}
        missing = sorted(wanted - set(metadata.claims))
        said = "all that are looked for"
        if missing:
            said = f"it does not list {', '.join(missing)}; it may give them all the same, if it is told to"
        found.append(Finding("Claims", said))
    return found


_WAYS = {
    "client_secret_basic": "as user name and password (client_secret_basic)",
    "client_secret_post": "in the form (client_secret_post)",
    "none": "not at all: there is none, PKCE alone protects the codes",
}
