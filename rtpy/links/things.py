"""URIs of articles and assets, as links of tickets hold them, and the short ways in which people write them."""

import re

ARTICLE, ASSET = "article", "asset"


def article_uri(organization: str, article_id: int) -> str:
    """RT's URI of an article: `fsck.com-article://ORGANIZATION/article/7`."""
    return f"fsck.com-article://{organization}/article/{article_id}"


def asset_uri(asset_id: int) -> str:
    """RT's URI of an asset: `asset:7`."""
    return f"asset:{asset_id}"


def thing_of(uri: str, organization: str) -> tuple[str, int] | None:
    """The kind and number of the article or asset that `uri` names (`a:7`, `asset:7`, or in full); else None."""
    text = uri.strip()
    found = re.fullmatch(r"(a|article|asset):(\d{1,18})", text, re.IGNORECASE | re.ASCII)
    if found:
        return (ASSET if found[1].lower() == ASSET else ARTICLE), int(found[2])
    prefix = f"fsck.com-article://{organization}/article/"
    rest = text.removeprefix(prefix)
    if rest != text and rest.isascii() and rest.isdigit() and len(rest) <= 18:
        return ARTICLE, int(rest)
    return None


def thing_uri(thing: tuple[str, int], organization: str) -> str:
    """The URI under which a link to this article or asset is stored."""
    kind, number = thing
    return article_uri(organization, number) if kind == ARTICLE else asset_uri(number)
