"""A real nginx in front, with the files that ship: HTTPS, a path such as /support/, and a closed mail gateway."""

import re
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest

from rtpy.testing.certificates import make_certificates
from rtpy.testing.running import running_site
from rtpy.testing.servers import answers, free_port, missing_servers, nginx_program, running
from tests.install.documents import TOP

pytestmark = [
    pytest.mark.skipif(nginx_program() is None, reason=missing_servers().get("nginx-light", "")),
]
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {inside}
}}
"""
SERVER = """
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {made.certificate};
    ssl_certificate_key {made.key};
    {inside}
}}
"""
PASSWORD = "behind a good proxy"


def test_the_shipped_file_is_one_that_nginx_takes(tmp_path):
    made = make_certificates(tmp_path, host="help.example.com")
    text = (TOP / "etc" / "nginx" / "rtpy.conf").read_text()
    place = "/etc/letsencrypt/live/help.example.com/"
    text = text.replace(f"{place}fullchain.pem", str(made.certificate)).replace(
        f"{place}privkey.pem", str(made.key)
    )
    file = tmp_path / "nginx.conf"
    file.write_text(AROUND.format(folder=tmp_path, inside=text))
    command = [nginx_program(), "-t", "-q", "-e", tmp_path / "early.log", "-c", file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_site_below_a_path_behind_https(tmp_path, compiled_templates):
    made, port = make_certificates(tmp_path), free_port()
    base = f"https://127.0.0.1:{port}/support"
    settings = {"RTPY_WEB_BASE_URL": base, "RTPY_WEB_TRUSTED_PROXY": "127.0.0.1"}
    with running_site(
        tmp_path / "site", password=PASSWORD, templates=compiled_templates, settings=settings
    ) as site:
        site.start("serve")
        below = (TOP / "etc" / "nginx" / "rtpy-below-a-path.conf").read_text()
        below = below.replace("127.0.0.1:8080", f"127.0.0.1:{site.port}")
        file = tmp_path / "nginx.conf"
        inside = SERVER.format(port=port, made=made, inside=below)
        file.write_text(AROUND.format(folder=tmp_path, inside=inside))
        command = [nginx_program(), "-e", tmp_path / "early.log", "-c", file]
        with running(command, tmp_path, lambda: answers("127.0.0.1", port)):
            look_around(base, made.authority)
            assert site.send(b"From: ann@client.example\nSubject: Fire\n\nIt burns.\n") == 0  # past nginx


def look_around(base: str, authority: str) -> None:
    """Log in, follow links and redirects, and knock at the gateway."""
    cookies = CookieJar()
    context = ssl.create_default_context(cadata=authority)
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPCookieProcessor(cookies),
    )
    with browser.open(f"{base}?a=1") as page:  # without the slash
        assert page.url == f"{base}/login?next=%2Fsupport%2F%3Fa%3D1"
        text = page.read().decode()
    style = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)[0]
    with browser.open(urllib.parse.urljoin(base, style)) as file:
        assert file.headers["Content-Type"].startswith("text/css")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', text)[0]
    form = {"csrf_token": token, "username": "root", "password": PASSWORD}
    with browser.open(f"{base}/login", urllib.parse.urlencode(form).encode()) as page:
        assert page.url == f"{base}/"
        assert "/support/logout" in page.read().decode()
        assert page.headers["Strict-Transport-Security"]
    assert {(cookie.path, cookie.secure) for cookie in cookies} == {("/support/", True)}
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser.open(f"{base}/REST/1.0/NoAuth/mail-gateway", b"message=x")
    with refused.value as answer:
        assert (answer.code, "nginx" in answer.read().decode()) == (403, True)
