"""One camera, several encodings: what goes over the hub is a channel, "code" or "code~rendition"."""

MAIN = ""  # as the camera sends it (H.264 or H.265), masks burned in
H264 = "h264"  # for viewers that cannot decode H.265: one conversion, shared
SUB = "sub"  # the camera's second, smaller stream
ALL = (MAIN, H264, SUB)
_BETWEEN = "~"


def channel(code: str, rendition: str = MAIN) -> str:
    """ValueError for a rendition that there is not."""
    if rendition not in ALL:
        raise ValueError(f"{rendition!r} is no rendition")
    return f"{code}{_BETWEEN}{rendition}" if rendition else code


def parse(name: str) -> tuple[str, str]:
    """Camera code and rendition of a channel. ValueError for a rendition that there is not."""
    code, _, rendition = name.partition(_BETWEEN)
    if rendition not in ALL:
        raise ValueError(f"{rendition!r} is no rendition")
    return code, rendition
