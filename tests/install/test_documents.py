"""The pages on installing: what they show can be typed; `./sbin/rtpy test --install` types it on a bare Debian."""

import re
import shlex
import subprocess
import tomllib

import click
import pytest

from rtpy.cli.main import rtpy
from rtpy.config import load_config
from tests.install.documents import MOVING, PAGES, SHOP, TOP, blocks_of, commands_of_install

BLOCKS = [(page.name, block) for page in PAGES for block in blocks_of(page)]
OURS = re.compile(r"^(?:podman exec rtpy )?(?:\S*/sbin/)?rtpy ((?:--version|[a-z-]+)(?: .*)?)$", re.MULTILINE)
COMMANDS = [(page, line) for page, block in BLOCKS for line in OURS.findall(block.text)]
COMMANDS += [("INSTALL", line) for command in commands_of_install() for line in OURS.findall(command)]


@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=[f"{page}-{block.line}" for page, block in BLOCKS])
def test_a_block_is_shell(page, block):
    done = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, timeout=30)
    assert done.stderr == ""
    known = {
        "run",
        "online",
        "first",
        "nginx",
        "caddy",
        "alias",
        "lmtp",
        "ldap",
        "acme",
        "gunicorn",
        "uninstall",
    }
    known |= {"backup", "upgrade", "sqlite", "postgresql", "old", "new"}
    assert block.words <= known, "a misspelt word would leave the block out of the walk"


def test_both_documents_show_commands():
    assert "./sbin/rtpy up" in commands_of_install()
    assert sum("run" in block.words for page, block in BLOCKS if page == SHOP.name) > 12
    assert ("small-shop.md", "init") in COMMANDS


def test_who_moves_types_the_steps_that_the_page_sends_to():
    typed = [(block.page, block.step) for block in blocks_of(MOVING, followed=True)]
    begun = [step for before, step in zip([("", ""), *typed], typed, strict=False) if step != before]
    shop = [("small-shop.md", step) for step in "12368"]
    one = ("moving.md", "1")
    assert begun[:7] == [*shop[:3], one, *shop[3:], ("moving.md", "2")]
    assert all({"old", "new"} & block.words for block in blocks_of(MOVING))


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_of_rtpy_takes_what_is_shown(page, line):
    words = shlex.split(line, comments=True)
    if words[0] in ("test", "--version"):  # done by sbin/rtpy itself
        return
    context = click.Context(rtpy)
    command = rtpy.get_command(context, words.pop(0))
    assert command is not None
    while isinstance(command, click.Group) and words and (inner := command.get_command(context, words[0])):
        command, _ = inner, words.pop(0)
    try:
        with command.make_context(command.name, words, parent=context):
            pass
    except click.BadParameter as missing:  # the file of a page is not here
        if "does not exist" not in missing.message:
            raise


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_file_of_the_checkout_that_is_named_is_there(page):
    named = re.findall(r"/opt/rtpy/((?!\.venv)[\w./-]+(?:\w|\*))", page.read_text(encoding="utf-8"))
    assert [name for name in named if not list(TOP.glob(name))] == []


def test_the_configuration_that_is_shown_is_taken(tmp_path):
    """The file of the page as it stands after all blocks, with the lines that later ones add."""
    text = ""
    for block in blocks_of(SHOP):
        for written in re.findall(
            r"cat >+ /etc/rtpy/rtpy\.toml <<'END'\n(.*?)^END$", block.text, re.M | re.S
        ):
            text += written
        for section, line in re.findall(r"sed -i '/\^\\\[(\w+)\\\]/a (.+)' /etc/rtpy", block.text):
            text = text.replace(f"[{section}]\n", f"[{section}]\n{line}\n")
    file = tmp_path / "rtpy.toml"
    file.write_text(text)
    config = load_config(file, {"home": str(tmp_path)}, environ={})
    assert config.mail.transport == "smtp"
    assert config.mail.lmtp_listen == "127.0.0.1:2424"
    assert config.secure_cookies
    assert tomllib.loads(text)["home"] == "/var/lib/rtpy"
