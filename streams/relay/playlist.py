"""Pure: what a media playlist says (RFC 8216bis), of closed segments and the parts of the one that is open."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

PART_SECONDS = 0.2
PART_SLACK = 1.1  # cameras' clocks jitter: a part of five frames is not always equally long
PARTS_OF = 2  # closed segments whose parts are listed


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a segment. `independent`: it begins with a keyframe."""

    seconds: float
    independent: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed one. `broken`: the timeline before it is another; `pieces`: none where nobody asked for parts."""

    number: int
    epoch: int
    seconds: float
    began_ms: int
    size: int
    independent: bool
    broken: bool
    pieces: tuple[Piece, ...] = ()

    @property
    def name(self) -> str:
        return f"seg-{self.epoch}-{self.number}.m4s"

    def part(self, index: int) -> str:
        return part_name(self.epoch, self.number, index)


@dataclass(frozen=True, slots=True)
class Growing:
    """The segment that is open: its parts so far; the next is hinted at."""

    number: int
    epoch: int
    began_ms: int
    broken: bool
    pieces: tuple[Piece, ...]


def part_name(epoch: int, number: int, index: int) -> str:
    return f"part-{epoch}-{number}-{index}.m4s"


def part_target(frames: Sequence[float]) -> float:
    """Seconds that no part of an encoding with frames of these durations exceeds: whole frames, about PART_SECONDS.

    Rounded up to the millisecond: a part of 0.501 s under a target of 0.500 fails the whole asset on iOS.
    """
    typical = sorted(frames)[len(frames) // 2] if frames else 0
    several = max(1, round(PART_SECONDS / typical)) * typical if typical > 0 else PART_SECONDS
    return math.ceil(1000 * max([several * PART_SLACK, *frames]) - 1e-6) / 1000


def media(
    listed: Sequence[Segment], breaks_gone: int, target: int, parts: float = 0, growing: Growing | None = None
) -> str:
    """`target`, `parts`: the targets of the newest encoding; `parts` is 0 where none are made. `listed` is not empty."""
    longest = max(math.floor(segment.seconds + 0.5) for segment in listed)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{9 if growing else 7}"]
    if all(segment.independent for segment in listed) and not (growing and _begins_blind(growing)):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    lines.append(f"#EXT-X-TARGETDURATION:{max(target, longest)}")
    if growing:
        part = max([parts, *(piece.seconds for segment in listed[-PARTS_OF:] for piece in segment.pieces)])
        part = math.ceil(1000 * part - 1e-6) / 1000
        lines.append(f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * part:.3f}")
        lines.append(f"#EXT-X-PART-INF:PART-TARGET={part:.3f}")
    else:
        lines.append("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES")
    lines += [
        f"#EXT-X-MEDIA-SEQUENCE:{listed[0].number}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{breaks_gone}",
    ]
    epoch = None
    for segment in listed:
        lines += _beginning(segment, epoch)
        epoch = segment.epoch
        if growing and segment in listed[-PARTS_OF:]:
            lines += _parts(segment.epoch, segment.number, segment.pieces)
        lines += [f"#EXTINF:{segment.seconds:.3f},", segment.name]
    if growing:
        lines += _beginning(growing, epoch)
        lines += _parts(growing.epoch, growing.number, growing.pieces)
        hinted = part_name(growing.epoch, growing.number, len(growing.pieces))
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hinted}"')
    return "\n".join(lines) + "\n"


def _begins_blind(growing: Growing) -> bool:
    return bool(growing.pieces) and not growing.pieces[0].independent


def _beginning(segment: Segment | Growing, epoch: int | None) -> Iterator[str]:
    if segment.broken:
        yield "#EXT-X-DISCONTINUITY"
    if segment.epoch != epoch:
        yield f'#EXT-X-MAP:URI="init-{segment.epoch}.mp4"'
    began = datetime.fromtimestamp(segment.began_ms / 1000, UTC).isoformat(timespec="milliseconds")
    yield f"#EXT-X-PROGRAM-DATE-TIME:{began.replace('+00:00', 'Z')}"


def _parts(epoch: int, number: int, pieces: Sequence[Piece]) -> Iterator[str]:
    for index, piece in enumerate(pieces):
        independent = ",INDEPENDENT=YES" if piece.independent else ""
        yield f'#EXT-X-PART:DURATION={piece.seconds:.5f},URI="{part_name(epoch, number, index)}"{independent}'
