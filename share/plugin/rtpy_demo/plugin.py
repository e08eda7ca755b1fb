"""Every hook of this plugin, a line or two each: its table of contents."""

from rtpy import hookimpl
from rtpy.changes.merging_people.references import MOVE, Decision
from rtpy.config.setting import Setting, SettingKind
from rtpy.rights.names import SYSTEM, Category, RightHelp
from rtpy.web.menu_entry import MenuEntry
from rtpy_demo import notes


@hookimpl
def rtpy_rights():
    """Who may see and write notes."""
    return {notes.SEE: RightHelp((SYSTEM,), Category.STAFF, "See and write notes.")}


@hookimpl
def rtpy_settings():
    """How many notes the page shows."""
    return [
        Setting(
            "demo.most", SettingKind.NUMBER, 20, "Notes on the page", "The newest.", minimum=1, maximum=200
        )
    ]


@hookimpl
def rtpy_user_references():
    """Whose the notes are when two people turn out to be one."""
    return {"demo_notes.author_id": Decision(MOVE, "notes")}


@hookimpl
def rtpy_menu():
    """A line of the main menu."""
    return [MenuEntry("Notes", "All notes", "demo.notes", "pencil", (notes.SEE,))]


@hookimpl
def rtpy_web(config):
    """The page /demo."""
    config.include("rtpy_demo.web")
