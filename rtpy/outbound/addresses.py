"""Which addresses of the network are public, and what the others are, in words.

The tables are IANA's registries of special-purpose addresses. They are written out here, since what Python's
`ipaddress` calls global changes with its version. Of IPv6 only what is known to be public is let through.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK, PRIVATE, SHARED = "loopback", "private", "shared by a provider's customers (CGNAT)"
OWN_KINDS = frozenset((LOOPBACK, PRIVATE, SHARED))
"""What a site's own machines have as addresses: where a host that the site names may stand."""
_LINK_LOCAL, _MULTICAST, _RESERVED = "link-local", "multicast", "reserved"
_DOCUMENTATION, _METADATA = "for documentation", "of the hosting provider's own services"
_NAT64, _MAPPED = "an IPv4 address in IPv6 clothes (NAT64)", "an IPv4 address in IPv6 clothes (mapped)"
_TUNNEL = "an IPv4 address in IPv6 clothes (a tunnel)"

_TABLE: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", _RESERVED),
    ("10.0.0.0/8", PRIVATE),
    ("100.64.0.0/10", SHARED),
    ("127.0.0.0/8", LOOPBACK),
    ("168.63.129.16/32", _METADATA),  # Azure
    ("169.254.0.0/16", _LINK_LOCAL),  # the metadata of nearly all clouds among them
    ("172.16.0.0/12", PRIVATE),
    ("192.0.0.0/24", _RESERVED),  # Oracle's metadata among them
    ("192.0.2.0/24", _DOCUMENTATION),
    ("192.31.196.0/24", _RESERVED),
    ("192.52.193.0/24", _RESERVED),
    ("192.88.99.0/24", _TUNNEL),
    ("192.168.0.0/16", PRIVATE),
    ("192.175.48.0/24", _RESERVED),
    ("198.18.0.0/15", _RESERVED),
    ("198.51.100.0/24", _DOCUMENTATION),
    ("203.0.113.0/24", _DOCUMENTATION),
    ("224.0.0.0/4", _MULTICAST),
    ("240.0.0.0/4", _RESERVED),
    ("::1/128", LOOPBACK),
    ("::ffff:0:0/96", _MAPPED),
    ("::/96", _MAPPED),
    ("64:ff9b::/96", _NAT64),
    ("64:ff9b:1::/48", _NAT64),
    ("2001::/23", _TUNNEL),  # Teredo among them
    ("2001:db8::/32", _DOCUMENTATION),
    ("2002::/16", _TUNNEL),  # 6to4
    ("3fff::/20", _DOCUMENTATION),
    ("fc00::/7", PRIVATE),
    ("fe80::/10", _LINK_LOCAL),
    ("ff00::/8", _MULTICAST),
)
_KINDS: tuple[tuple[Network, str], ...] = tuple((ip_network(text), kind) for text, kind in _TABLE)
_PUBLIC_IPV6 = IPv6Network("2000::/3")


def kind_of(address: Address) -> str:
    """What an address is that is not public, such as “private” or “link-local”; empty for a public one."""
    for network, kind in _KINDS:
        if network.version == address.version and address in network:
            return kind
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _PUBLIC_IPV6):
        return _RESERVED
    return ""
