"""The child that reads: a page's path comes in on stdin, its lines go out on stdout, one line of JSON each.

Run as a file of its own (`python -I child.py`): it imports nothing of ours, holds no secret, and limits itself before
it opens anything. It stays while there is work, because its models take a second to load, and goes when there is none.
"""

import ctypes
import json
import math
import os
import platform
import resource
import select
import struct
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import ndarray as Array

IDLE_SECONDS = 60.0  # without a page: then the memory is worth more to others
MOST_PAGES = 300  # one child reads; then a fresh one starts, whatever has leaked
ADDRESS_BYTES = 3_000_000_000  # address space: the runtime maps far more than it uses
RESIDENT_BYTES = 850_000_000  # what it may really hold after a page; above it goes
CPU_SECONDS = 60  # a page; an honest one takes two or three
MOST_PIXELS = 40_000_000  # pages are at most 3000 pixels long when they were made by core.raster

LONG_SIDE = 2400  # pixels: what letters are cut from
FIND_SIDE, FIND_AREA = 1280, 1_150_000  # pixels: where letters are looked for; this decides over time and memory
MOST_LINES = 300  # the longest ones: no paper has more
FAINTEST = 0.5  # confidence below which a line is only noise
# Box height in pixels of the stored page, and what a line below it is believed at most. Measured on drawn papers: of what
# was read surely, one field in eight was wrong below, and one in two hundred above; the reader guesses rare characters.
SMALL, SMALL_SURE = 30.0, 0.94
TILTED = 5.0  # degrees, past which the page is put straight before it is read
NOISY = 2.2  # grey levels of noise, past which the page is softened
VOTERS = 9  # lines that are asked which way is up
AROUND, AROUND_LINES = 0.05, 3.0  # of the page, and in lines: what is kept around the words for those not found yet
LEGIBLE = 26.0  # pixels: taller letters are found well enough as they are
CLOSEST, WORTH = 2.0, 1.15  # times: how far a page is enlarged at most, and what is worth a second look

SILENT = {"ORT_DISABLE_TELEMETRY": "1"}  # the runtime would tell its maker about every start
# Linux' numbers of socket() and io_uring_setup(), by machine: AUDIT_ARCH of linux/audit.h, then the numbers.
NO_NETWORK = {"x86_64": (0xC000003E, (41, 425)), "aarch64": (0xC00000B7, (198, 425))}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER, EPERM = 22, 38, 2, 1

Matrix = Any  # 3 × 3: from the picture as it is read to the picture as it is stored


def confine() -> None:
    """From here on this process can neither eat the machine, nor write a file, nor talk to anybody."""
    for what, most in (
        (resource.RLIMIT_AS, ADDRESS_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.environ.update(SILENT)
    cut_off()


def cut_off() -> bool:
    """No socket can be made any more, whatever a package or a picture wants; whether this system can promise that."""
    if not sys.platform.startswith("linux") or platform.machine() not in NO_NETWORK:
        return False
    arch, calls = NO_NETWORK[platform.machine()]
    # Classic BPF over struct seccomp_data (nr at 0, arch at 4): another architecture's call, or one of these, fails.
    steps = [(0x20, 0, 0, 4), (0x15, 0, len(calls) + 1, arch), (0x20, 0, 0, 0)]
    steps += [(0x15, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050000 | EPERM)]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    kept = ctypes.create_string_buffer(program)
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(kept))
    return (
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0) == 0
    )


def allow_a_page() -> None:
    """CPU seconds are counted over a process's life: each page gets its own."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def load() -> Any:
    """The models, out of the package itself: nothing is fetched from anywhere."""
    import cv2
    import onnxruntime
    from rapidocr import RapidOCR

    onnxruntime.disable_telemetry_events()
    cv2.setNumThreads(1)
    engine = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
            "Global.log_level": "critical",
            "Det.limit_type": "max",
            "Det.limit_side_len": FIND_SIDE,
            "Det.score_mode": "slow",  # by a line's own outline: a bent one's frame is half empty, and would be dropped
        }
    )
    for part in (engine._load_det_model, engine._load_cls_model, engine._load_rec_model):
        part()
    return engine


def opened(path: Path) -> "Array":
    """The page in greys, as three equal colours; ValueError when it is no plain JPEG of a sensible size."""
    import numpy
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(path, formats=["JPEG"]) as image:
        if image.width * image.height > MOST_PIXELS or min(image.size) < 16:
            raise ValueError("size")
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        plain = image.convert("RGB")
    plain.thumbnail((LONG_SIDE, LONG_SIDE))
    # Red light alone: a seal's red ink is nearly white in it, and what it was stamped over stands there again.
    red = numpy.asarray(plain)[:, :, 0]
    return numpy.ascontiguousarray(numpy.repeat(quiet(red)[:, :, None], 3, axis=2))


def quiet(grey: "Array") -> "Array":
    """A noisy picture, as poor light makes it, a little softer: its grain is taken for strokes otherwise."""
    import cv2
    import numpy

    # Immerkær's estimate of the noise's deviation: what is left of a picture when lines and ramps are taken out of it.
    rest = cv2.filter2D(
        grey.astype(numpy.float32), -1, numpy.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], numpy.float32)
    )
    noise = float(numpy.abs(rest).mean()) * math.sqrt(math.pi / 2) / 6
    return cv2.GaussianBlur(grey, (0, 0), 0.8) if noise > NOISY else grey


def find(engine: Any, page: "Array") -> "Array":
    """Quadrilaterals around runs of text, the longest first; empty when there are none."""
    import numpy

    height, width = page.shape[:2]
    finder = engine.text_det
    finder.limit_side_len = min(FIND_SIDE, round(max(height, width) * math.sqrt(FIND_AREA / (height * width))))
    boxes = finder(page).boxes
    if boxes is None:
        return numpy.zeros((0, 4, 2), numpy.float32)
    boxes = numpy.asarray(boxes, numpy.float32)
    long_sides = numpy.maximum(_side(boxes, 0, 1), _side(boxes, 1, 2))
    return numpy.ascontiguousarray(boxes[numpy.argsort(-long_sides)[:MOST_LINES]])


def _side(boxes: "Array", one: int, other: int) -> "Array":
    import numpy

    return numpy.linalg.norm(boxes[:, other] - boxes[:, one], axis=1)


def lies_on_its_side(boxes: "Array") -> bool:
    """Whether text runs from top to bottom, by the length of what was found."""
    wide, tall = _side(boxes, 0, 1), _side(boxes, 1, 2)
    return bool(tall[tall > 1.5 * wide].sum() > wide[wide > 1.5 * tall].sum())


def tilt(boxes: "Array") -> float:
    """Degrees by which lines fall to the right: the median of the longest ones."""
    import numpy

    run = boxes[:30, 1] - boxes[:30, 0]
    run = run[numpy.abs(run[:, 0]) > 2 * numpy.abs(boxes[:30, 3, 1] - boxes[:30, 0, 1])]
    return float(numpy.degrees(numpy.median(numpy.arctan2(run[:, 1], run[:, 0])))) if len(run) else 0.0


def turned(page: "Array", back: Matrix, degrees: float) -> tuple["Array", Matrix]:
    """The page turned so (clockwise), in a frame that holds it all, and the way back to the stored one."""
    import cv2
    import numpy

    height, width = page.shape[:2]
    turn = numpy.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0), [0, 0, 1]])
    across, along = abs(turn[0, 0]), abs(turn[0, 1])
    new_width, new_height = round(height * along + width * across), round(height * across + width * along)
    turn[0, 2] += new_width / 2 - width / 2
    turn[1, 2] += new_height / 2 - height / 2
    straight = cv2.warpAffine(
        page, turn[:2], (new_width, new_height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return straight, back @ numpy.linalg.inv(turn)


def _degrees(back: Matrix, lean: float) -> float:
    """By how much the stored page has to be turned, clockwise, when it now leans so; from -180 to 180."""
    so_far = -math.degrees(math.atan2(back[1, 0], back[0, 0]))
    return round(math.remainder(so_far - lean, 360), 1)


def upside_down(engine: Any, page: "Array", boxes: "Array") -> bool:
    """Asked of the classifier, and where its votes differ of the reader itself: what it reads surer is upright."""
    import cv2

    voters = engine.crop_text_regions(page, boxes[:VOTERS])
    _crops, answer = engine.cls_and_rotate(voters)
    turned_over = sum(label == "180" for label, _score in answer.cls_res)
    if turned_over in (0, len(voters)):
        return bool(turned_over)
    voters = voters[:6]
    found = engine.recognize_txt(voters + [cv2.rotate(voter, cv2.ROTATE_180) for voter in voters])
    sure = [score * len(text) for text, score in zip(found.txts, found.scores, strict=True)]
    return sum(sure[len(voters) :]) > sum(sure[: len(voters)])


def moved(boxes: "Array", back: Matrix) -> "Array":
    """Where corners of the stored page lie on one that this is the way back from."""
    import numpy

    corners = numpy.concatenate([boxes, numpy.ones((*boxes.shape[:2], 1), boxes.dtype)], axis=2)
    return numpy.ascontiguousarray((corners @ numpy.linalg.inv(back).T)[:, :, :2].astype(numpy.float32))


def closer(page: "Array", boxes: "Array") -> tuple[Matrix, tuple[int, int]] | None:
    """Where the words are, enlarged: the way back from there and its size. None where little would be won.

    A sheet fills half of most photos: without the table around it, its small letters are found at twice the size.
    """
    import numpy

    height, width = page.shape[:2]
    tall = float(numpy.median(numpy.minimum(_side(boxes, 0, 1), _side(boxes, 1, 2))))
    around = max(AROUND_LINES * tall, AROUND * max(height, width))
    left, top = numpy.maximum(boxes.min(axis=(0, 1)) - around, 0)
    right, low = numpy.minimum(boxes.max(axis=(0, 1)) + around, (width, height))
    wide, high = float(right - left), float(low - top)
    zoom = min(CLOSEST, math.sqrt(FIND_AREA / (wide * high)), FIND_SIDE / max(wide, high))
    so_far = min(1.0, FIND_SIDE / max(height, width), math.sqrt(FIND_AREA / (height * width)))
    if zoom < WORTH * so_far or tall * so_far > LEGIBLE:
        return None
    zoom = max(zoom, 1.0)  # what is cut out for the reader is never made coarser
    back = numpy.array([[1 / zoom, 0, float(left)], [0, 1 / zoom, float(top)], [0, 0, 1]])
    return back, (round(wide * zoom), round(high * zoom))


def read(engine: Any, path: Path) -> dict[str, Any]:
    """Its lines, each with its corners in per mille of the stored page, from the text's own upper left clockwise.

    `turned`: degrees, clockwise, by which the stored page has to be turned for its text to run level.
    """
    import cv2
    import numpy

    stored = page = opened(path)
    stored_height, stored_width = page.shape[:2]
    answer: dict[str, Any] = {"ratio": stored_width / stored_height, "turned": 0.0, "lines": []}
    back: Matrix = numpy.eye(3)
    boxes = find(engine, page)
    if len(boxes) and lies_on_its_side(boxes):
        page, back = turned(page, back, 90)
        boxes = numpy.ascontiguousarray(moved(boxes, back)[:, [3, 0, 1, 2]])  # their upper left is another corner now
    leaned = False
    if len(boxes) and abs(lean := tilt(boxes)) > TILTED:
        where = moved(boxes, numpy.linalg.inv(back))
        page, back = turned(page, back, -lean)
        boxes, leaned = moved(where, back), True
    if len(boxes) and upside_down(engine, page, boxes):
        page, back = turned(page, back, 180)
        height, width = page.shape[:2]
        boxes = numpy.ascontiguousarray((numpy.array([width, height], numpy.float32) - boxes)[:, [2, 3, 0, 1]])
    if len(boxes) and (near := closer(page, boxes)):
        back = back @ near[0]
        page = cv2.warpAffine(  # from the stored one: turned twice, letters would be softened twice
            stored, numpy.linalg.inv(back)[:2], near[1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        boxes = find(engine, page)
    elif leaned:  # frames of leaning lines reach into their neighbours
        boxes = find(engine, page)
    if not len(boxes):
        return answer
    answer["turned"] = _degrees(back, tilt(boxes))
    found = engine.recognize_txt(engine.crop_text_regions(page, boxes))
    per_mille = numpy.array([1000 / stored_width, 1000 / stored_height])
    finer = math.hypot(back[0, 0], back[1, 0])  # pixels of the stored page in one that was read
    for text, score, box in zip(found.txts, found.scores, boxes, strict=True):
        if text.strip() and score >= FAINTEST:
            corners = (numpy.hstack([box, numpy.ones((4, 1))]) @ back.T)[:, :2] * per_mille
            tall = min(float(numpy.linalg.norm(box[3] - box[0])), float(numpy.linalg.norm(box[1] - box[0]))) * finer
            sure = min(float(score), SMALL_SURE) if tall < SMALL else float(score)
            answer["lines"].append([text, round(sure, 3), corners.clip(0, 1000).round(1).tolist()])
    return answer


def resident() -> tuple[int, int]:
    """Bytes that this process holds now, and held at most."""
    now = most = 0
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            now = int(line.split()[1]) * 1024
        elif line.startswith("VmHWM:"):
            most = int(line.split()[1]) * 1024
    return now, most


def trim() -> None:
    """Hand back what a page took: pieces of every size, which the allocator would keep."""
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a package prints is no answer
    confine()
    allow_a_page()
    engine = load()
    for number in range(1, MOST_PAGES + 1):
        if not select.select([0], [], [], IDLE_SECONDS)[0]:
            return
        asked = sys.stdin.readline()
        if not asked:
            return
        allow_a_page()
        began = time.process_time()
        try:
            answer = read(engine, Path(json.loads(asked)))
        except FileNotFoundError:
            answer = {"bad": "gone"}
        except MemoryError:
            answer = {"bad": "memory"}
        except Exception as error:
            answer = {"bad": type(error).__name__}
        trim()
        now, most = resident()
        last = number == MOST_PAGES or now > RESIDENT_BYTES or "bad" in answer
        answers.write(json.dumps({**answer, "cpu": time.process_time() - began, "peak": most, "last": last}) + "\n")
        answers.flush()
        if last:
            return


if __name__ == "__main__":
    os.umask(0o077)
    main()
