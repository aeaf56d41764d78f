"""Where the demo serves and clears: cups and plates set up, dishes washed."""

from .drawing import CREAM, DARK, DIM, LEAF, LINE, PALE, RED, STEEL, WATER, WOOD, Pen, bowl, cook, steam, turn, worktop

TEA, MILK = (150, 96, 54), (214, 184, 146)


def plating_ground(pen: Pen) -> None:
    for y in (140, 240):
        pen.line([(60, y), (700, y)], fill=LINE, width=4)
        for jar in range(8):
            pen.rounded_rectangle([80 + jar * 78, y - 70, 134 + jar * 78, y - 4], radius=10, outline=LINE, width=3)
            pen.rectangle([84 + jar * 78, y - 40, 130 + jar * 78, y - 8], fill=(TEA, LEAF, MILK, RED)[jar % 4])
    pen.rounded_rectangle([880, 110, 1220, 440], radius=12, fill=(70, 66, 56), outline=LINE, width=4)  # the oven
    for y in (190, 270, 350):
        pen.line([(900, y), (1200, y)], fill=DIM, width=3)
        for bun in range(5):
            pen.chord([908 + bun * 58, y - 34, 956 + bun * 58, y + 18], 180, 360, fill=(206, 150, 86))
    worktop(pen, (74, 60, 46))


def plating(pen: Pen, t: float) -> None:
    x = 560 + 110 * turn(t, 1)
    shake = 44 * turn(t, 23)
    cook(pen, x, 200, turn(t, 2), [(x - 80, 460), (x + 96, 330 + shake)])
    pen.rounded_rectangle([x + 70, 290 + shake, x + 122, 372 + shake], radius=14, fill=STEEL, outline=LINE, width=3)
    moved = (t * 6) % 1  # one cup on, and the next stands there
    for cup in range(8):
        left = 90 + (cup + moved) * 118
        full = max(0.0, min(1.0, (cup + moved - 2) / 3))
        pen.polygon([(left, 400), (left + 70, 400), (left + 58, 496), (left + 12, 496)], outline=LINE, width=4)
        top = 492 - 84 * full
        if full:
            pen.polygon(
                [(left + 6, top), (left + 64, top), (left + 57, 492), (left + 13, 492)],
                fill=(TEA, MILK)[int(cup + moved * 0) % 2],
            )
        if cup + moved > 5.4:
            pen.rounded_rectangle([left - 6, 388, left + 76, 402], radius=6, fill=CREAM)
    glow = round(150 + 60 * turn(t, 4))
    pen.ellipse([1180, 420, 1204, 444], fill=(glow, 90, 60))
    steam(pen, 1050, 110, t, 4, 90)


def washing_ground(pen: Pen) -> None:
    pen.rounded_rectangle([830, 90, 1240, 440], radius=14, fill=STEEL, outline=LINE, width=4)  # the machine
    pen.rectangle([870, 150, 1200, 330], fill=DARK, outline=LINE, width=3)
    for y in (150, 250):
        pen.line([(60, y), (460, y)], fill=LINE, width=4)
        for plate in range(9):
            pen.arc([70 + plate * 42, y - 66, 120 + plate * 42, y - 2], 60, 300, fill=CREAM, width=4)
    worktop(pen, (58, 66, 68))
    for left in (60, 300, 540):  # wash, rinse, disinfect
        pen.rounded_rectangle([left, 494, left + 216, 640], radius=12, fill=STEEL, outline=LINE, width=4)
        pen.line([(left + 108, 440), (left + 108, 370), (left + 150, 370)], fill=LINE, width=9)


def washing(pen: Pen, t: float) -> None:
    step = turn(t, 1)
    x = 340 + 150 * step
    scrub = 30 * turn(t, 19)
    cook(pen, x, 190, turn(t, 2), [(x - 60 + scrub, 476), (x + 56, 470)])
    pen.ellipse([x - 60, 440, x + 80, 500], fill=CREAM, outline=LINE, width=4)
    pen.ellipse([x - 26, 456, x + 46, 484], outline=DIM, width=3)
    for bubble in range(14):
        rise = (t * 5 + bubble / 14) % 1
        at = 90 + bubble * 50 + 16 * turn(t, 3, bubble / 7)
        size = 5 + bubble % 3 * 4
        pen.ellipse([at - size, 510 - rise * 90 - size, at + size, 510 - rise * 90 + size], outline=WATER, width=3)
    for jet in range(7):  # behind the machine's window
        sway = 40 * turn(t, 9, jet / 7)
        pen.line([(900 + jet * 45, 326), (900 + jet * 45 + sway, 170)], fill=WATER, width=4)
    for plate in range(5):
        bowl(pen, 930 + plate * 56, 250, 24, PALE)
    steam(pen, 1040, 86, t, 5, 110)
    for stacked in range(int(((t * 2) % 1) * 8)):
        pen.ellipse([700, 470 - stacked * 12, 810, 494 - stacked * 12], fill=CREAM, outline=LINE, width=3)
    pen.rounded_rectangle([690, 490, 820, 502], radius=4, fill=WOOD)
