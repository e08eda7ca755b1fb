"""Style sheets, scripts and icons: their addresses with a content hash, and the view that answers them."""

from collections.abc import Sequence
from functools import lru_cache
from gzip import compress
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import FileResponse, Response
from pyramid.security import NO_PERMISSION_REQUIRED

from rtpy import paths

KEEP = f"public, max-age={365 * 24 * 3600}, immutable"
KEEP_BRIEFLY = "public, max-age=300"
TEXTS = {".css", ".js", ".svg"}
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css", ".woff2": "font/woff2"}


class StaticFiles:
    """The static directories of an installation: local changes first, then plugins, then what ships.

    Hashes are taken once; with `reload` at every use, for people who work on the files.
    """

    def __init__(self, search_path: Sequence[Path], *, reload: bool = False) -> None:
        self._search_path = [place.resolve() for place in search_path]
        self._reload = reload
        self._urls: dict[str, str] = {}

    def find(self, name: str) -> Path | None:
        """The file called `name` (`css/rtpy.css`), or None; never one outside the directories."""
        if "\x00" in name:
            return None  # no file system has such a name
        for place in self._search_path:
            path = (place / name).resolve()
            if path.is_relative_to(place) and path.is_file():
                return path
        return None

    def url(self, name: str, root: str = "") -> str:
        """Address of a static file with its content hash; raises LookupError for one that does not exist."""
        url = self._urls.get(name)
        if url is None or self._reload:
            path = self.find(name)
            if path is None:
                raise LookupError(f"There is no static file {name!r} in {self._search_path}.")
            url = self._urls[name] = f"/static/{name}?v={self._hash(path)}"
        return root + url

    def is_current(self, name: str, version: str) -> bool:
        """Whether `version` is the hash that pages give out now (then the answer may be kept for ever)."""
        return bool(version) and self.url(name).endswith(f"?v={version}")

    @staticmethod
    def _hash(path: Path) -> str:
        return sha256(path.read_bytes()).hexdigest()[:12]


def includeme(config: Configurator) -> None:
    """The route `static` below `/static/`; setting `rtpy.static_path` lists the directories."""
    settings = config.registry.settings
    places = [Path(place) for place in settings.get("rtpy.static_path") or [paths.find_share() / "static"]]
    static_files = StaticFiles(places, reload=bool(settings.get("rtpy.template_reload")))
    config.registry["rtpy.static_files"] = static_files
    config.add_request_method(static_file)
    config.add_route("static", "/static/*subpath", request_method=("GET", "HEAD"))
    config.add_view(send_static_file, route_name="static", permission=NO_PERMISSION_REQUIRED)


def static_file(request: Request, name: str) -> str:
    """`request.static_file("css/rtpy.css")`: the address with its content hash."""
    static_files: StaticFiles = request.registry["rtpy.static_files"]
    return static_files.url(name, request.script_name)


def send_static_file(request: Request) -> Response:
    """One static file; kept for a year by browsers if the address carries its present hash."""
    static_files: StaticFiles = request.registry["rtpy.static_files"]
    name = "/".join(request.matchdict["subpath"])
    path = static_files.find(name)
    if path is None:
        raise HTTPNotFound()
    content_type = TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    response: Response
    if path.suffix in TEXTS and _reads_gzip(request):
        body = _packed(path, path.stat().st_mtime_ns)
        response = Response(body, content_type=content_type, content_encoding="gzip")
    else:
        response = FileResponse(str(path), request=request, content_type=content_type)
    response.vary = ("Accept-Encoding",)
    is_current = static_files.is_current(name, request.GET.get("v", ""))
    response.cache_control = KEEP if is_current else KEEP_BRIEFLY
    return response


def _reads_gzip(request: Request) -> bool:
    asked = "Accept-Encoding" in request.headers
    return asked and bool(request.accept_encoding.acceptable_offers(["gzip"]))


@lru_cache(maxsize=64)
def _packed(path: Path, _changed: int) -> bytes:
    """The file compressed, once for each state of it."""
    return compress(path.read_bytes(), 9, mtime=0)
