"""Photos of people: which bytes are one, and of which type. Only JPEG and PNG, small, with a sensible size."""

LARGEST = 512 * 1024
"""Bytes."""
WIDEST = 4096
"""Pixels, each way: a small file may unfold to a huge picture."""

JPEG, PNG = "image/jpeg", "image/png"
WANTED = f"A photo is a JPEG or PNG file of at most {LARGEST // 1024} KB and {WIDEST} pixels each way."

_PNG_START = b"\x89PNG\r\n\x1a\n"
_JPEG_START = b"\xff\xd8\xff"
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of segments that tell height and width."""


def photo_type(data: bytes) -> str:
    """`image/jpeg` or `image/png`; empty when the bytes are no photo that we take. Nobody's word is believed."""
    if len(data) > LARGEST:
        return ""
    if data.startswith(_PNG_START):
        return PNG if _fits(_png_size(data)) else ""
    if data.startswith(_JPEG_START):
        return JPEG if _fits(_jpeg_size(data)) else ""
    return ""


def _fits(size: tuple[int, int]) -> bool:
    return all(0 < each <= WIDEST for each in size)


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or len(data) < 33:
        return 0, 0
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Of the first frame; segments before it are skipped by their lengths."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in _JPEG_FRAMES:
            height, width = data[at + 5 : at + 7], data[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
