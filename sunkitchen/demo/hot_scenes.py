"""Where the demo cooks: the wok, the steamers, the noodles. Each has a ground that stands still and what moves on it."""

import math

from .drawing import (
    COUNTER,
    CREAM,
    DARK,
    DIM,
    FLAME,
    LEAF,
    LINE,
    PALE,
    RED,
    STEEL,
    WOOD,
    Pen,
    bowl,
    cook,
    flames,
    ladles,
    steam,
    turn,
    worktop,
)

DOUGH = (236, 206, 140)


def stove_ground(pen: Pen) -> None:
    pen.line([(60, 84), (1220, 84)], fill=LINE, width=4)  # the rail
    pen.polygon([(300, 0), (980, 0), (1060, 64), (220, 64)], fill=(64, 60, 50), outline=LINE, width=3)  # the hood
    pen.rectangle([0, COUNTER, 1280, 720], fill=(46, 43, 36))
    pen.line([(0, COUNTER), (1280, COUNTER)], fill=LINE, width=4)
    for x in (120, 460, 800, 1140):
        pen.rounded_rectangle([x - 110, 560, x + 110, 700], radius=10, outline=DIM, width=3)
        pen.ellipse([x - 8, 574, x + 8, 590], fill=DIM)


def stove(pen: Pen, t: float) -> None:
    ladles(pen, 90, t)
    ladles(pen, 1000, t + 0.3)
    bowl(pen, 1090, 440, 90)  # the soup
    pen.line([(1000, 440), (1180, 440)], fill=LINE, width=5)
    steam(pen, 1090, 420, t, 5)
    x = 560 + 120 * turn(t, 1)
    wok_x, lift = x + 50, max(0.0, turn(t, 13)) * 34
    steam(pen, wok_x, 380, t, 8, 190)
    cook(pen, x, 200, turn(t, 3), [(wok_x - 120, 430 - lift), (wok_x + 70, 410 - lift * 1.4)])
    flames(pen, wok_x, 500, t)
    for crumb in range(7):  # what the wok tosses
        high = abs(turn(t, 13, crumb / 40)) * (60 + crumb * 9)
        at = wok_x - 54 + crumb * 18 + 6 * turn(t, 13, crumb / 5)
        pen.ellipse([at - 9, 430 - high - lift, at + 9, 446 - high - lift], fill=(RED, LEAF, PALE)[crumb % 3])
    bowl(pen, wok_x, 432 - lift, 106, (34, 32, 27))
    pen.line([(wok_x - 106, 432 - lift), (wok_x - 160, 416 - lift)], fill=LINE, width=10)
    bowl(pen, 190, 446, 70, (60, 56, 46))
    for leaf in range(5):
        pen.ellipse([140 + leaf * 22, 424 - leaf % 2 * 10, 168 + leaf * 22, 448], fill=LEAF)


def steamers_ground(pen: Pen) -> None:
    for y, jars in ((140, 6), (240, 5)):
        pen.line([(60, y), (470, y)], fill=LINE, width=4)
        for jar in range(jars):
            pen.rounded_rectangle([84 + jar * 66, y - 46, 126 + jar * 66, y - 4], radius=14, outline=LINE, width=3)
    pen.polygon([(620, 0), (1180, 0), (1250, 64), (560, 64)], fill=(64, 60, 50), outline=LINE, width=3)  # the hood
    worktop(pen, (46, 43, 36))
    for x in (760, 1050):
        pen.rounded_rectangle([x - 130, COUNTER - 44, x + 130, COUNTER], radius=8, fill=STEEL, outline=LINE, width=3)
    for x in (200, 520, 840, 1160):
        pen.rounded_rectangle([x - 130, 560, x + 130, 700], radius=10, outline=DIM, width=3)


def steamers(pen: Pen, t: float) -> None:
    lift = max(0.0, turn(t, 5)) * 70  # the lid goes up, the steam comes out
    x = 330 + 180 * (0.5 + 0.5 * turn(t, 1))
    cook(pen, x, 200, turn(t, 2), [(x - 90, 472), (x + 150, 330 - lift * 0.6)])
    for left, tiers in ((760, 4), (1050, 3)):
        top = COUNTER - 44 - tiers * 52
        for tier in range(tiers):
            y = top + tier * 52
            pen.rounded_rectangle(
                [left - 112, y, left + 112, y + 48], radius=6, fill=WOOD, outline=(92, 70, 44), width=3
            )
            pen.line([(left - 112, y + 16), (left + 112, y + 16)], fill=(92, 70, 44), width=2)
        high = top - (lift if left == 760 else 0)
        pen.chord([left - 112, high - 34, left + 112, high + 34], 180, 360, fill=WOOD, outline=(92, 70, 44), width=3)
        steam(pen, left, high - 20, t, 6 if left == 760 else 4, 150)
        for bun in range(4):
            if lift > 12 and left == 760:
                pen.ellipse([left - 92 + bun * 48, top - 22, left - 52 + bun * 48, top + 8], fill=CREAM, outline=LINE)
    for dough in range(5):  # what will go in next
        wide = 20 + 4 * turn(t, 9, dough / 5)
        pen.ellipse([80 + dough * 52 - wide, 470, 80 + dough * 52 + wide, 498], fill=PALE, outline=LINE, width=2)


def noodles_ground(pen: Pen) -> None:
    pen.line([(60, 84), (620, 84)], fill=LINE, width=4)
    for hook in range(5):
        pen.rounded_rectangle([90 + hook * 104, 88, 150 + hook * 104, 176], radius=20, outline=LINE, width=4)
    pen.polygon([(720, 0), (1200, 0), (1260, 64), (660, 64)], fill=(64, 60, 50), outline=LINE, width=3)
    worktop(pen, (50, 47, 40))
    pen.rounded_rectangle([760, 380, 1180, COUNTER], radius=16, fill=STEEL, outline=LINE, width=4)  # the kettle
    pen.line([(730, 380), (1210, 380)], fill=LINE, width=8)
    for x in (240, 640, 1040):
        pen.rounded_rectangle([x - 150, 560, x + 150, 700], radius=10, outline=DIM, width=3)


def noodles(pen: Pen, t: float) -> None:
    steam(pen, 880, 366, t, 7, 190)
    steam(pen, 1080, 366, t, 5, 170)
    for basket in range(3):
        at, dip = 850 + basket * 120, 20 * turn(t, 9, basket / 3)
        pen.line([(at, 372 + dip), (at + 50, 250 + dip)], fill=LINE, width=7)
        pen.chord([at - 34, 338 + dip, at + 34, 398 + dip], 0, 180, fill=DARK, outline=LINE, width=3)
        for strand in range(6):
            pen.arc([at - 28 + strand * 8, 348 + dip, at - 8 + strand * 8, 392 + dip], 10, 170, fill=CREAM, width=3)
    wide = 170 + 110 * turn(t, 7)  # the dough pulled apart and folded again
    x = 380 + 30 * turn(t, 1)
    y = 360 + 24 * turn(t, 14)
    cook(pen, x, 200, turn(t, 3), [(x - wide / 1.4, y), (x + wide / 1.4, y)])
    for strand in range(9):
        sag = 26 + strand * 9 + 10 * turn(t, 14, strand / 18)
        points = [
            (x - wide / 1.4 + wide * 1.43 * step / 14, y + sag * math.sin(math.pi * step / 14)) for step in range(15)
        ]
        pen.line(points, fill=DOUGH if strand % 2 else FLAME, width=4, joint="curve")
    for portion in range(4):
        pen.ellipse([70 + portion * 66, 474, 126 + portion * 66, 498], fill=PALE, outline=LINE, width=2)
    for leaf in range(4):
        pen.ellipse([620 + leaf * 24, 474, 648 + leaf * 24, 496], fill=(LEAF, RED)[leaf % 2])
