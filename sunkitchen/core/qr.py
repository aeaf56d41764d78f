"""QR codes as plain squares: for paper (vectors), for pages (SVG), for a terminal (half blocks).

Error correction M (15 % may be lost). Text of upper-case letters, digits and $%*+-./: makes the smallest code, so an
address goes in as `upper(url)`. Source: ISO/IEC 18004; the four light squares around a code are its quiet zone.
"""

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # squares

Matrix = list[list[bool]]


def matrix(text: str) -> Matrix:
    """Rows of dark (True) and light squares, without the quiet zone. ValueError when the text is too long."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return [[bool(square) for square in row] for row in code.get_matrix()]


def runs(squares: Matrix) -> list[tuple[int, int, int]]:
    """(column, row, length) of each unbroken dark stretch: fewer and seamless shapes to draw."""
    found = []
    for y, row in enumerate(squares):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                found.append((start, y, x - start))
            x += 1
    return found


def svg(text: str) -> str:
    """An SVG element in the colour of its surroundings (currentColor), quiet zone included. Safe to put in a page."""
    squares = matrix(text)
    size = len(squares) + 2 * QUIET
    path = "".join(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z" for x, y, length in runs(squares))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="QR" '
        f'shape-rendering="crispEdges"><path fill="currentColor" d="{path}"/></svg>'
    )


def terminal(text: str) -> str:
    """Lines of half blocks, two rows a line, dark on light whatever the terminal's colours are."""
    border = 2
    width = len(squares := matrix(text)) + 2 * border
    blank = [False] * width
    rows = [blank] * border + [[False] * border + row + [False] * border for row in squares] + [blank] * border
    if len(rows) % 2:
        rows.append(blank)
    # Black on white is set, so that a phone reads the code in a dark terminal too.
    lines = []
    for top, bottom in zip(rows[::2], rows[1::2], strict=True):
        line = "".join("█" if a and b else "▀" if a else "▄" if b else " " for a, b in zip(top, bottom, strict=True))
        lines.append(f"\x1b[30;107m{line}\x1b[0m")
    return "\n".join(lines)
