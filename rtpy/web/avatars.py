"""Avatars of people in pages of staff: the photo when there is one, otherwise the initials."""

from html import escape

from pyramid.request import Request

from rtpy.changes.photos import photo_stamps
from rtpy.web.html import Html, show_avatar


def person_avatar(request: Request, user_id: int, name: str, *, large: bool = False) -> Html:
    """A disc for this person, who has the id of a user or of a group. No query as a rule."""
    stamp = photo_stamps(request.app, request.db).get(user_id)
    if stamp is None:
        return show_avatar(name, large=large)
    url = escape(f"{request.script_name}/people/{user_id}/photo?v={stamp}")
    size = " avatar-large" if large else ""
    # Hidden from screen readers, as the initials are: the name stands beside it.
    return Html(f'<img class="avatar{size}" src="{url}" alt="" width="24" height="24" loading="lazy" />')
