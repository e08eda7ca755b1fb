"""The list of plugins in rtpy.toml, changed where it stands."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpy.errors import Conflict
from rtpy.plugincare.listing import change_list, listed_in

LONG = """\
# Ours
plugins = [
    "sla",  # before billing
    'billing',
]  # the order counts

[web]
port = 81
"""


@pytest.mark.parametrize(
    ("text", "names", "changed"),
    [
        ("", ["a"], 'plugins = ["a"]\n'),
        ("# only this", ["a"], '# only this\nplugins = ["a"]\n'),
        ("[web]\nport = 81\n", ["a"], 'plugins = ["a"]\n\n[web]\nport = 81\n'),
        ("plugins = []\n", ["a"], 'plugins = ["a"]\n'),
        ("plugins = [ ] # none\n", ["a"], 'plugins = ["a" ] # none\n'),
        ('plugins = ["a"] # mine\n', ["a", "b"], 'plugins = ["a", "b"] # mine\n'),
        ('plugins = ["a", "b"]\n', ["a"], 'plugins = ["a"]\n'),
        ('plugins = ["a", "b"]\n', ["b"], 'plugins = ["b"]\n'),
        ('plugins = ["a", "b", "c"]\n', ["a", "c"], 'plugins = ["a", "c"]\n'),
        ('plugins = ["a"]\n', [], "plugins = []\n"),
        ('plugins = ["a", "b"]\n', ["b", "a"], 'plugins = ["b", "a"]\n'),
        (LONG, ["sla", "billing", "portal"], LONG.replace("'billing',", "'billing',\n    \"portal\",")),
        (LONG, ["sla"], LONG.replace("    'billing',\n", "")),
        (LONG, ["billing"], LONG.replace('"sla",  # before', "# before")),
        ('[web]\n[x]\nplugins = ["y"]\n', ["a"], 'plugins = ["a"]\n\n[web]\n[x]\nplugins = ["y"]\n'),
    ],
)
def test_the_list_is_changed_and_the_rest_stays(text, names, changed):
    assert listed_in(text, names) == changed


def test_a_list_that_is_not_understood_is_left_alone(tmp_path):
    file = tmp_path / "rtpy.toml"
    file.write_text('plugins = "a b"\n')
    with pytest.raises(Conflict, match="please edit it yourself"):
        change_list(file, ["a"])
    assert file.read_text() == 'plugins = "a b"\n'


def test_a_file_keeps_its_permissions(tmp_path):
    file = tmp_path / "rtpy.toml"
    file.write_text("")
    file.chmod(0o640)
    change_list(file, ["a"])
    assert (file.stat().st_mode & 0o777, file.read_text()) == (0o640, 'plugins = ["a"]\n')


NAMES = st.lists(st.sampled_from(["sla", "billing", "portal", "stock"]), max_size=4, unique=True)
JOINTS = st.sampled_from([", ", ",", ",\n  ", ", # one\n  ", " ,\n"])


@settings(deadline=None)
@given(NAMES, NAMES, JOINTS, st.sampled_from(["", ",", "\n", ", # end\n", " "]))
def test_any_list_becomes_any_other(before, after, joint, ending):
    text = f"rtname = 'x'\nplugins = [{joint.join(map(repr, before))}{ending if before else ''}]\n[web]\nport = 81\n"
    changed = tomllib.loads(listed_in(text, after))
    assert changed == {"rtname": "x", "plugins": after, "web": {"port": 81}}
