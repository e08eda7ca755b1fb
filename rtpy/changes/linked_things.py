"""Articles and assets as other ends of links: may the actor see what a link is to name?"""

from rtpy.errors import Refused
from rtpy.links.things import ARTICLE, thing_of, thing_uri
from rtpy.models import Article, Asset
from rtpy.rights.asset_roles import asset_roles
from rtpy.rights.names import Right
from rtpy.work import Work


def stored_uri(work: Work, text: str) -> str:
    """How a link stores this address: `a:7` and `asset:7` in full, all else as it is."""
    organization = work.app.config.organization
    thing = thing_of(text, organization)
    return thing_uri(thing, organization) if thing else text.strip()


def need_thing(work: Work, text: str) -> None:
    """Raises Refused when this names an article or an asset of ours that the actor may not see, or that is not there.

    ShowArticle or ShowAsset is enough: to be referred to changes nothing of it. One query.
    """
    thing = thing_of(text, work.app.config.organization)
    if thing is None:
        return
    kind, number = thing
    if kind == ARTICLE:
        article = work.db.get(Article, number)
        sees = article is not None and work.rights.of(Right.SHOW_ARTICLE).on("class", article.class_id)
    else:
        asset = work.db.get(Asset, number)
        grants = work.rights.of(Right.SHOW_ASSET)
        sees = asset is not None and grants.on(
            "catalog", asset.catalog_id, asset_roles(work.db, work.rights, asset)
        )
    if not sees:
        raise Refused(f"There is no {kind} {number} that you can see.")
