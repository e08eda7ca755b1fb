"""Where a connection that somebody asked for may go to (A45): addresses, odd ways of writing them, names that lie."""

from ipaddress import ip_address

import pytest

from rtpy.outbound.addresses import kind_of
from rtpy.outbound.allowed import read_allowed
from rtpy.outbound.connection import NoAnswer, ask
from rtpy.outbound.target import NotAllowed, judge, judge_early, read_target

NOTHING = read_allowed(())

NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.8.9.10
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.192 192.0.2.1
192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.7 224.0.0.1 239.255.255.250
240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:10.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::a00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1::1 2002:808:808::1
3fff::1 3ffe::1%1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
""".split()

PUBLIC = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 \
169.253.255.255 169.255.0.1 172.15.255.255 172.32.0.1 191.255.255.255 192.167.255.255 192.169.0.1 198.17.255.255 \
198.20.0.1 223.255.255.255 2606:4700:4700::1111 2a00:1450:4001:80b::200e 2001:200::1 2003::1".split()


def test_A45_what_is_not_public_has_a_kind_and_what_is_has_none():
    assert [each for each in NOT_PUBLIC if not kind_of(ip_address(each))] == []
    assert [each for each in PUBLIC if kind_of(ip_address(each))] == []


REFUSED = {
    "http://hooks.example.com/": "443",
    "https://hooks.example.com:8443/": "443",
    "https://hooks.example.com:22/": "443",
    "https://hooks.example.com:0/": "port 0",
    "https://hooks.example.com:99999/": "no address",
    "ftp://hooks.example.com/": "https://",
    "file:///etc/passwd": "https://",
    "gopher://hooks.example.com/": "https://",
    "javascript:alert(1)": "https://",
    "hooks.example.com": "https://",
    "//hooks.example.com/": "https://",
    "https://": "https://",
    "https:///path": "https://",
    "https://user:secret@hooks.example.com/": "name and password",
    "https://hooks.example.com@127.0.0.1/": "name and password",
    "https://hooks.example.com/#part": "#",
    "https://hooks.example.com\\@127.0.0.1/": "backslash",
    "https://hooks.example.com/a b": "space",
    "https://hooks.example.com/\r\nX-Evil: 1": "space",
    "https://hooks.example.com/\tx": "space",
    "https://hooks.example.com/ä": "%XX",
    "https://127.0.0.1/": "loopback",
    "https://127.1/": "four decimal numbers",
    "https://2130706433/": "four decimal numbers",
    "https://0177.0.0.1/": "four decimal numbers",
    "https://0x7f.0.0.1/": "four decimal numbers",
    "https://0x7f000001/": "four decimal numbers",
    "https://127.0.0.1.:443/": "loopback",
    "https://１２７.0.0.1/": "loopback",
    "https://①②⑦.⓪.⓪.①/": "loopback",
    "https://10.1.2.3/": "private",
    "https://169.254.169.254/latest/meta-data/": "link-local",
    "https://[::1]/": "loopback",
    "https://[::ffff:127.0.0.1]/": "mapped",
    "https://[64:ff9b::7f00:1]/": "NAT64",
    "https://[fe80::1%25eth0]/": "network card",
    "https://[::1/": "no address",
    "https://localhost/": "own network",
    "https://LOCALHOST/": "own network",
    "https://localhost./": "own network",
    "https://intranet/": "own network",
    "https://a.localhost/": "own network",
    "https://ex%61mple.com/": "name of a server",
    "https://-x.example.com/": "name of a server",
    "https://a..example.com/": "name of a server",
    "https://x.example.com:44x/": "no address",
    "https://x.example.com/" + "a" * 2000: "longer",
}


def test_A45_odd_addresses_schemes_and_ports_are_refused_with_the_reason():
    wrong = {}
    for text, words in REFUSED.items():
        try:
            judge_early(read_target(text), NOTHING)
            wrong[text] = "let through"
        except NotAllowed as problem:
            if words not in str(problem):
                wrong[text] = str(problem)
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "host", "port", "path"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/"),
        ("HTTPS://Hooks.Example.COM.:443/a?b=c&d", "hooks.example.com", 443, "/a?b=c&d"),
        ("https://bücher.example/x", "xn--bcher-kva.example", 443, "/x"),
        ("https://1.1.1.1/", "1.1.1.1", 443, "/"),
        ("https://[2606:4700:4700:0::1111]/", "2606:4700:4700::1111", 443, "/"),
    ],
)
def test_a_good_address_is_read(text, host, port, path):
    target = read_target(text)
    judge_early(target, NOTHING)
    assert (target.host, target.port, target.path) == (host, port, path)


ALLOWING = [
    # what is allowed, the address typed, where its name leads to, good?
    ("10.0.0.0/8", "http://10.1.2.3:5678/", "10.1.2.3", True),
    ("10.0.0.0/8", "http://n8n.lan:5678/", "10.1.2.3", True),
    ("10.0.0.0/8", "http://n8n.lan:5678/", "192.168.0.1", False),
    ("10.0.0.0/8", "https://n8n.example/", "127.0.0.1", False),
    ("10.1.2.3", "http://10.1.2.3/", "10.1.2.3", True),
    ("10.1.2.3", "http://10.1.2.4/", "10.1.2.4", False),
    ("10.1.2.3:5678", "http://10.1.2.3:5678/", "10.1.2.3", True),
    ("10.1.2.3:5678", "http://10.1.2.3:5679/", "10.1.2.3", False),
    ("[fd00::1]:80", "http://[fd00::1]/", "fd00::1", True),
    ("fd00::/8", "http://[fd00::7]:99/", "fd00::7", True),
    ("n8n.lan", "http://n8n.lan:5678/", "10.1.2.3", True),
    ("N8N.lan", "http://n8n.LAN:5678/", "127.0.0.1", True),
    ("n8n.lan:5678", "http://n8n.lan:5678/", "100.64.0.3", True),
    ("n8n.lan:5678", "http://n8n.lan:5679/", "10.1.2.3", False),
    ("n8n.lan", "http://n8n.lan/", "169.254.169.254", False),
    ("n8n.lan", "http://n8n.lan/", "::ffff:127.0.0.1", False),
    ("n8n.lan", "http://other.lan/", "10.1.2.3", False),
    ("n8n.lan", "http://x.n8n.lan/", "10.1.2.3", False),
    ("127.0.0.0/8", "http://x.example:81/", "::ffff:127.0.0.1", False),
    ("hooks.example.com", "http://hooks.example.com:81/", "93.184.216.34", True),
]


@pytest.mark.parametrize(("words", "text", "leads_to", "good"), ALLOWING)
def test_the_site_allows_networks_and_hosts(words, text, leads_to, good):
    allowed, target = read_allowed((words,)), read_target(text)
    assert allowed.wrong == ()
    try:
        judge_early(target, allowed)
        judge(target, ip_address(leads_to), allowed)
    except NotAllowed:
        assert not good
    else:
        assert good


@pytest.mark.parametrize(
    "word", ["10.0.0.0/33", "127.1", "*", "*.lan", "http://x", "x:0", "x:70000", "a b", "[::1", ""]
)
def test_a_word_that_allows_nothing_is_named(word):
    allowed = read_allowed((word,))
    assert (allowed.networks, allowed.hosts, allowed.wrong) == ((), frozenset(), (word,))


def leading_to(*answers):
    """A resolver that gives another answer each time, as who rebinds a name does."""
    left = list(answers)
    asked = []

    def resolver(host, port, seconds):
        asked.append(host)
        return [ip_address(each) for each in left.pop(0)]

    resolver.asked = asked
    return resolver


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["10.0.0.1", "93.184.216.34"],
        ["::1"],
        ["169.254.169.254"],
    ],
)
def test_A45_a_name_that_leads_inside_is_refused_even_among_good_addresses(addresses, monkeypatch):
    monkeypatch.setattr("socket.create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    with pytest.raises(NotAllowed, match="not public"):
        ask(
            "POST",
            read_target("https://hooks.example.com/"),
            headers={},
            allowed=NOTHING,
            seconds=1,
            most=10,
            resolver=leading_to(addresses),
        )


def test_A45_the_name_is_looked_up_once_and_that_very_address_is_connected_to(monkeypatch):
    connected = []

    def refuse(place, timeout):
        connected.append(place)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("socket.create_connection", refuse)
    resolver = leading_to(["93.184.216.34", "2606:2800:220:1::1"], ["127.0.0.1"], ["127.0.0.1"])
    with pytest.raises(NoAnswer, match="refused"):
        ask(
            "POST",
            read_target("https://hooks.example.com/"),
            headers={},
            allowed=NOTHING,
            seconds=1,
            most=10,
            resolver=resolver,
        )
    assert connected == [("93.184.216.34", 443), ("2606:2800:220:1::1", 443)]
    assert resolver.asked == ["hooks.example.com"]
