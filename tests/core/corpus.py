"""Hostile and honest files, made cheaply: bytes of uploads for tests."""

import base64
import io
import struct
import zlib

from PIL import Image, PngImagePlugin


def picture(size=(400, 300), form="JPEG", colour="#c96", **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form, **options)
    return file.getvalue()


def photo_with_gps() -> bytes:
    """Landscape pixels that ask to be turned, with a place, a camera's name and a comment inside."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (28.0, 8.0, 0.0), 3: "E", 4: (121.0, 14.0, 0.0)})
    return picture((400, 300), exif=exif.tobytes(), comment=b"secret comment")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG of any size in a few hundred bytes: only its header says how large it is."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def png_179_megapixels() -> bytes:
    return png_header(13_400, 13_400, zlib.compress(bytes(13_400 * 3 + 1) * 40, 9))


def png_with_text_bomb() -> bytes:
    info = PngImagePlugin.PngInfo()
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=info)
    plain = file.getvalue()
    bomb = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9))
    return plain[:33] + bomb + plain[33:]


def png_with_idat_bomb() -> bytes:
    """Eight by eight pixels whose data unpack to 200 MB."""
    return png_header(8, 8, zlib.compress(bytes(200_000_000), 9))


def pdf(pages=1, *, script=False, size=(595, 842), extra: dict[int, bytes] | None = None) -> bytes:
    """A PDF by hand: `pages` pages with a word each; with `script`, one that runs when opened."""
    objects: list[bytes] = []
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    action = b" /OpenAction << /S /JavaScript /JS (app.alert\\('gotcha'\\);) >>" if script else b""
    objects.append(b"<< /Type /Catalog /Pages 2 0 R" + action + b" >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for n in range(pages):
        stream = f"BT /F1 40 Tf 80 600 Td (Page {n + 1}) Tj ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream")
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def locked_pdf() -> bytes:
    from fpdf import FPDF

    sheet = FPDF()
    sheet.set_encryption(owner_password="owner", user_password="user")
    sheet.add_page()
    return bytes(sheet.output())


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(document.cookie)</script></html>"
GIF_HTML = b"GIF89a/*\x01\x00\x80\x00\x00*/=1;alert(1)//<html><script>alert(1)</script>"
ZIP = b"PK\x03\x04" + bytes(200)
HEIC_NONSENSE = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200)
# 160 × 120 pixels as an iPhone saves them, which ask to be turned, with a place and a camera's name inside. Nothing
# that is installed here writes HEIC, so it is kept whole.
HEIC = base64.b64decode("""
    AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA
    AAAERAAAIAAQAAAAABxQABAAAAAAAAAQ4AAgAAAAAC0wABAAAAAAAAAIAAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp
    bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE
    ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoBQgeWW6kkprm4CGgwIAAAMAMgAAAwACEGIAAQAHRAHBcrBi
    QAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAACgAAAAeAAAABBwaXhpAAAAAAMICAgAAAAJaXJvdAMAAAAYaXBtYQAAAAAAAAABAA
    EFgQIDBIUAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAZZtZGF0AAABCigBrxlCKiAYms9jgxHTEsRJWnOhJi3jxxI5SZrzE6bXkQQ8N/tZ
    sKnTj4q7nZqPxWNCxRdEgIeXYvU4L5oZjsaqke3Nj5ey/HEv33RqQmyTQuWzUkpKSNFJnF5mY/JCHqCJN8q1mt10c4I8cBA2UQYhwpBng+et+9
    O8UeVepmMtgXvNRKl/XdKICx/AQaHPzK4TSWTgEyW90aeUZHsSsvnvtfXKUFR6qgD0PL5sASnRB7ke7ks/gxAlVVW2Ckcq3nshDT9N34VUf66J
    GKFaTJrag8XofOfSEm3OcgjCAkuSUeUvSWtsodBZ4lU/B7YdqAAgsvm1qpmaxTLgYQyQVd/atJcDu9lrBCLgAAAABkV4aWYAAE1NACoAAAAIAA
    MBDwACAAAADQAAADIBEgADAAAAAQAGAACIJQAEAAAAAQAAAEAAAAAAU2VjcmV0Q2FtZXJhAAAAAgABAAIAAAACTgAAAAACAAUAAAADAAAAXgAA
    AAAAAAAcAAAAAQAAAAgAAAABAAAAAAAAAAE=
""")


def heic_that_claims(width: int, height: int) -> bytes:
    """The same picture, whose box of its size (ispe) says something else."""
    at = HEIC.index(b"ispe") + 8
    return HEIC[:at] + struct.pack(">II", width, height) + HEIC[at + 8 :]


def jpeg_html() -> bytes:
    """A true JPEG with a page of HTML in its comment and another after its end."""
    return picture(comment=HTML) + HTML
