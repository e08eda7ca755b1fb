"""IP addresses and ranges in the form in which text order is address order, as RT stores them."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address


def stored_address(typed: str) -> str:
    """`10.0.0.1` as `010.000.000.001`, IPv6 with all its digits; raises ValueError for what is no address."""
    return _stored(_read(typed))


def stored_range(typed: str) -> tuple[str, str]:
    """First and last address of `a-b`, of a network (`10.0.0.0/24`) or of one address; raises ValueError."""
    text = typed.strip()
    if "/" in text:
        head, _, length = text.partition("/")
        network = ip_network(f"{_read(head)}/{length.strip()}", strict=False)
        return _stored(network[0]), _stored(network[-1])
    first, dash, last = text.partition("-")
    one = _read(first)
    other = _read(last) if dash else one
    if one.version != other.version:
        raise ValueError("the ends are of different kinds")
    low, high = sorted((one, other), key=int)
    return _stored(low), _stored(high)


def shown_address(stored: str) -> str:
    """The stored form as people write it."""
    if ":" in stored:
        return str(IPv6Address(stored))
    return ".".join(str(int(part)) for part in stored.split("."))


def shown_range(first: str, last: str) -> str:
    """`10.0.0.0-10.0.0.255`; one address alone when both ends are it."""
    low, high = shown_address(first), shown_address(last or first)
    return low if low == high else f"{low}-{high}"


def _read(typed: str) -> Address:
    text = typed.strip()
    if "." in text and ":" not in text:
        parts = text.split(".")
        if len(parts) == 4 and all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
            text = ".".join(str(int(part)) for part in parts)  # 010.000.000.001, as stored
    found = ip_address(text)
    if isinstance(found, IPv6Address) and found.scope_id:
        raise ValueError("an address of one machine only")
    return found


def _stored(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return ".".join(f"{part:03d}" for part in address.packed)
    return address.exploded
