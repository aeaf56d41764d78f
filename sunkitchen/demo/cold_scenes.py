"""Where the demo prepares: the cutting board, the washing of vegetables, the cold room."""

from .drawing import (
    COUNTER,
    CREAM,
    DIM,
    FISH,
    LEAF,
    LINE,
    PALE,
    RED,
    STEEL,
    WATER,
    WOOD,
    Pen,
    cook,
    font,
    turn,
    worktop,
)


def board_ground(pen: Pen) -> None:
    for y, jars in ((150, 7), (260, 6)):
        pen.line([(760, y), (1230, y)], fill=LINE, width=4)
        for jar in range(jars):
            pen.rounded_rectangle([784 + jar * 64, y - 52, 826 + jar * 64, y - 4], radius=6, outline=LINE, width=3)
            pen.line([(784 + jar * 64, y - 38), (826 + jar * 64, y - 38)], fill=DIM, width=3)
    pen.rounded_rectangle([60, 110, 330, 420], radius=10, outline=LINE, width=4)  # the cupboard for disinfected dishes
    for y in (180, 250, 320):
        pen.line([(76, y), (314, y)], fill=DIM, width=3)
        for plate in range(8):
            pen.arc([88 + plate * 27, y - 48, 118 + plate * 27, y - 4], 60, 300, fill=LINE, width=3)
    pen.rectangle([0, COUNTER, 1280, 720], fill=(52, 49, 41))
    pen.line([(0, COUNTER), (1280, COUNTER)], fill=LINE, width=4)


def board(pen: Pen, t: float) -> None:
    other = 1000 + 150 * turn(t, 1, 0.4)
    cook(pen, other, 230, turn(t, 2), [(other - 76, 470), (other + 76, 470 + 8 * turn(t, 9))])
    pen.ellipse([other - 110, 466, other + 110, 498], fill=PALE, outline=LINE, width=3)  # a plate being dressed
    for bite in range(6):
        pen.ellipse(
            [other - 70 + bite * 24, 464 - bite % 2 * 8, other - 50 + bite * 24, 484], fill=(RED, LEAF)[bite % 2]
        )
    x = 500 + 40 * turn(t, 1)
    chop = max(0.0, turn(t, 31)) * 56
    cook(pen, x, 200, turn(t, 2, 0.2), [(x - 80, 474), (x + 60, 440 - chop)])
    pen.rounded_rectangle([330, 482, 720, 504], radius=8, fill=(150, 118, 78), outline=LINE, width=3)
    cut = (t * 2) % 1  # the fish gets shorter, then the next one lies there
    tail = 700 - 240 * cut
    pen.ellipse([380, 440, tail, 490], fill=(150, 162, 164), outline=LINE, width=3)
    pen.polygon([(tail - 12, 465), (tail + 34, 440), (tail + 34, 490)], fill=(150, 162, 164), outline=LINE)
    pen.ellipse([404, 454, 414, 464], fill=(30, 30, 28))
    pen.polygon(
        [(x + 40, 420 - chop), (x + 150, 420 - chop), (x + 150, 478 - chop), (x + 52, 478 - chop)],
        fill=PALE,
        outline=DIM,
    )
    pen.line([(x + 30, 430 - chop), (x - 6, 436 - chop)], fill=(90, 70, 46), width=14)
    pen.arc([110, 380, 250, 540], 0, 180, fill=DIM, width=3)  # the sink
    drop = (t * 11) % 1  # the tap above the sink
    pen.line([(180, 440), (180, 400), (230, 400)], fill=LINE, width=8)
    pen.ellipse([172, 446 + drop * 40, 188, 462 + drop * 40], fill=(170, 190, 196))


def rough_ground(pen: Pen) -> None:
    for y in (150, 250, 350):  # crates on shelves, off the floor
        pen.line([(880, y), (1230, y)], fill=LINE, width=5)
        for crate in range(2):
            left = 900 + crate * 168
            pen.rounded_rectangle([left, y - 78, left + 150, y - 5], radius=6, outline=LINE, width=4)
            for leaf in range(5):
                fill = (LEAF, (206, 120, 60), RED)[(y // 100 + crate) % 3]
                pen.ellipse([left + 6 + leaf * 27, y - 92, left + 38 + leaf * 27, y - 60], fill=fill)
    worktop(pen, (60, 62, 58))
    for left, word in ((60, "蔬菜"), (440, "水产")):
        pen.rounded_rectangle([left, COUNTER - 6, left + 330, 640], radius=12, fill=STEEL, outline=LINE, width=4)
        pen.line([(left + 165, 420), (left + 165, 330), (left + 220, 330)], fill=LINE, width=10)
        pen.rounded_rectangle([left + 112, 652, left + 218, 700], radius=8, fill=CREAM)
        pen.text((left + 165, 676), word, font=font(34), fill=(40, 38, 32), anchor="mm")


def rough(pen: Pen, t: float) -> None:
    for drop in range(6):
        for tap in (280, 660):
            fall = (t * 19 + drop / 6) % 1
            pen.line([(tap, 336 + fall * 150), (tap, 352 + fall * 150)], fill=WATER, width=6)
    x = 240 + 60 * turn(t, 1)
    stir = 34 * turn(t, 11)
    cook(pen, x, 190, turn(t, 2), [(x - 70 + stir, 492), (x + 70 + stir, 488)])
    for leaf in range(9):
        at, bob = 90 + leaf * 33 + 14 * turn(t, 4, leaf / 9), 6 * turn(t, 13, leaf / 5)
        pen.ellipse([at - 22, 494 + bob, at + 22, 520 + bob], fill=LEAF, outline=(76, 104, 64), width=2)
    other = 620 + 40 * turn(t, 1, 0.5)
    scrape = 40 * turn(t, 15)
    cook(pen, other, 210, turn(t, 3, 0.3), [(other - 80, 480), (other + 50 + scrape, 474)])
    pen.ellipse([other - 90, 462, other + 90, 512], fill=FISH, outline=LINE, width=3)
    pen.polygon([(other + 82, 487), (other + 128, 462), (other + 128, 512)], fill=FISH, outline=LINE)


def cold_ground(pen: Pen) -> None:
    pen.rounded_rectangle([40, 90, 420, 440], radius=10, fill=(70, 84, 88), outline=LINE, width=4)  # the glass door
    for y in (180, 270, 360):
        pen.line([(56, y), (404, y)], fill=(150, 166, 168), width=3)
        for box in range(4):
            pen.rounded_rectangle(
                [70 + box * 84, y - 50, 140 + box * 84, y - 5], radius=6, outline=(150, 166, 168), width=3
            )
    pen.rounded_rectangle([560, 60, 1000, 84], radius=10, fill=(150, 150, 196))  # the lamp that disinfects
    pen.rounded_rectangle([1090, 120, 1240, 200], radius=8, fill=(18, 24, 20), outline=LINE, width=3)
    pen.text((1165, 228), "专间温度", font=font(26), fill=PALE, anchor="mm")
    worktop(pen, (66, 72, 72))


def cold(pen: Pen, t: float) -> None:
    tenth = round(5 + 4 * turn(t, 2))  # 18.1 to 18.9 °C
    pen.text((1165, 160), f"18.{tenth} ℃", font=font(40), fill=(120, 210, 140), anchor="mm")
    x = 640 + 150 * turn(t, 2)
    slide = 46 * turn(t, 17)
    cook(pen, x, 200, turn(t, 2), [(x - 90, 474), (x + 70 + slide, 452)])
    pen.rounded_rectangle([480, 482, 860, 504], radius=8, fill=PALE, outline=LINE, width=3)
    pen.rounded_rectangle([520, 448, 700, 484], radius=18, fill=(226, 132, 104), outline=LINE, width=3)
    for stripe in range(6):
        pen.line([(540 + stripe * 26, 450), (530 + stripe * 26, 482)], fill=(244, 190, 170), width=3)
    pen.polygon([(x + 60 + slide, 440), (x + 190 + slide, 446), (x + 60 + slide, 462)], fill=STEEL, outline=LINE)
    done = int(((t * 2) % 1) * 10)  # slices laid out, plate after plate
    pen.ellipse([900, 450, 1180, 506], fill=CREAM, outline=LINE, width=3)
    for piece in range(done):
        left = 930 + piece * 23
        pen.ellipse(
            [left, 458 + piece % 2 * 10, left + 34, 482 + piece % 2 * 10], fill=(226, 132, 104), outline=PALE, width=2
        )
    for leaf in range(3):
        pen.ellipse([1080 + leaf * 22, 440, 1106 + leaf * 22, 462], fill=LEAF)
    pen.rounded_rectangle([200, 470, 330, 498], radius=8, fill=WOOD, outline=LINE, width=2)
    wipe = 60 * turn(t, 6)
    pen.rounded_rectangle([330 + wipe, 486, 400 + wipe, 500], radius=6, fill=WATER)
