"""Photos of people: the picture itself, and one's own chosen or taken away."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.photos import choose_photo, remove_photo
from rtpy.content.photo import WANTED
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import LOGGED_IN, STAFF
from rtpy.models import PhotoSource, User, UserPhoto
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.attachments import PRIVATE, SANDBOX
from rtpy.web.avatars import person_avatar
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import files_of, problems_of, texts_of
from rtpy.web.staff.people.account import account_tabs


@view_config(route_name="people.photo", request_method="GET", permission=LOGGED_IN)
def send_photo(resource: SystemResource, request: Request) -> Response:
    """The picture; staff see everybody's, customers their own. 404 whether there is none or it is not for them."""
    user_id, login = int(request.matchdict["id"]), request.login
    photo = None
    if login.is_privileged or login.user_id == user_id:
        photo = request.db.get(UserPhoto, user_id)
    if photo is None:
        raise HTTPNotFound()
    try:
        response = Response(body=request.app.blobs.get(request.db, photo.blob_sha256))
    except NotFound as gone:
        raise HTTPNotFound() from gone
    response.content_type, response.charset = photo.media_type, None
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.etag = photo.blob_sha256
    response.conditional_response = True
    return response


@view_config(route_name="people.own_photo", request_method="GET", renderer="admin/form.pt", permission=STAFF)
def own_photo(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form, with the present photo beside it."""
    return _form(request, {})


@view_config(route_name="people.own_photo", request_method="POST", renderer="admin/form.pt", permission=STAFF)
def own_photo_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The file `photo` becomes the photo; the deed `remove` takes it away."""
    work, me = request.work, request.db.get_one(User, request.login.user_id)
    try:
        with work.db.begin_nested():
            if texts_of(request).get("deed") == "remove":
                remove_photo(work, me)
                said = "The photo is gone."
            else:
                chosen = files_of(request, "photo")
                choose_photo(work, me, chosen[0].data if chosen else b"")
                said = "This is your photo now."
    except Invalid as invalid:
        return _form(request, problems_of(invalid))
    except Refused as refused:
        return _form(request, {"": str(refused)})
    request.flash(said)
    return HTTPSeeOther(request.route_path("people.own_photo"))


def _form(request: Request, wrong: Mapping[str, str]) -> dict[str, object]:
    me: User = request.db.get_one(User, request.login.user_id)
    photo = request.db.get(UserPhoto, me.id)
    rights = request.work.rights
    may = rights.system(Right.MODIFY_SELF) or rights.system(Right.ADMIN_USERS)
    help = "Your colleagues see it beside your name. Clients do not."
    if photo is not None and photo.source == PhotoSource.DIRECTORY:
        help += " The present one comes from the directory; one that you choose goes before it."
    buttons: tuple[Button, ...] = (Button("Use this photo", "save", "primary"),)
    if photo is not None and photo.source == PhotoSource.OWN:
        buttons += (Button("Remove the photo", "remove"),)
    field = Field("photo", "A picture of you", kind="file", hint=WANTED)
    shown = person_avatar(request, me.id, me.display_name, large=True)
    page = form_values(
        request,
        title="My photo",
        post_url=request.route_path("people.own_photo"),
        sections=(Section("Photo", (field,), help),) if may else (),
        problems=wrong,
        intro="" if may else "You may not change your photo: the right ModifySelf is needed.",
        tabs=account_tabs(request),
        buttons=buttons if may else (),
        aside=Html(
            '<section class="card"><header class="card-head"><h2>As others see you</h2></header>'
            f'<p class="card-body row">{shown}</p></section>'
        ),
    )
    return {**page, "crumbs": (Link("Home", request.route_path("home")),)}
