"""Which bytes are taken for a photo: by what they are, never by what somebody calls them."""

import struct

import pytest

from rtpy.content.photo import LARGEST, photo_type


def png(width=10, height=10, padding=0):
    head = struct.pack(">II5s", width, height, b"\x08\x06\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + b"crc!" + b"x" * padding


def jpeg(width=10, height=10, before=b"\xff\xe0\x00\x04ab"):
    frame = struct.pack(">2sHBHHB", b"\xff\xc2", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + before + frame + b"\xff\xd9"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (jpeg(before=b"\xff\xff\xe1\x00\x04ab"), "image/jpeg"),
        (png(padding=LARGEST), ""),
        (png(width=4097), ""),
        (png(height=0), ""),
        (png()[:20], ""),
        (png().replace(b"IHDR", b"IDAT"), ""),
        (jpeg(height=40_000), ""),
        (jpeg()[:8], ""),
        (b"\xff\xd8\xff\xe0\x00\x00" * 20, ""),
        (b"\xff\xd8\xff" + b"<script>alert(1)</script>", ""),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', ""),
        (b"GIF89a" + b"\x01\x00\x01\x00", ""),
        (b"", ""),
    ],
)
def test_only_small_jpeg_and_png_files_are_photos(data, kind):
    assert photo_type(data) == kind
