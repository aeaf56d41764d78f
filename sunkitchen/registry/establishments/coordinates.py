"""The coordinate systems of maps in China: WGS-84 (GPS), GCJ-02 (all licensed maps), BD-09 (Baidu).

Source of the formulas: GCJ-02 as published in eviltransform (github.com/googollee/eviltransform, BSD) with the
Krasovsky 1940 ellipsoid (a = 6378245 m, e² = 0.00669342162296594323); BD-09 as in coordtransform
(github.com/wandergis/coordtransform, MIT). Neither has an official publication.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt

WGS84, GCJ02, BD09 = "wgs84", "gcj02", "bd09"

AXIS = 6378245.0  # metres
ECCENTRICITY = 0.00669342162296594323  # squared
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271  # the box in which GCJ-02 shifts
EXACT = 1e-9  # degrees: 0.1 mm
ROUNDS = 30

Point = tuple[float, float]


def to_wgs84(latitude: float, longitude: float, system: str) -> Point:
    """(latitude, longitude) in WGS-84 degrees of a point given in `system`. ValueError for an unknown system."""
    if system == WGS84:
        return latitude, longitude
    if system == GCJ02:
        return _gcj02_undone((latitude, longitude))
    if system == BD09:
        return _gcj02_undone(_undone(_bd09, (latitude, longitude)))
    raise ValueError(f"{system!r} is no coordinate system.")


def from_wgs84(latitude: float, longitude: float, system: str) -> Point:
    """(latitude, longitude) in degrees of `system` of a WGS-84 point. ValueError for an unknown system."""
    if system == WGS84:
        return latitude, longitude
    if system == GCJ02:
        return _gcj02((latitude, longitude))
    if system == BD09:
        return _bd09(_gcj02((latitude, longitude)))
    raise ValueError(f"{system!r} is no coordinate system.")


def on_globe(latitude: float, longitude: float) -> bool:
    """Whether these are degrees at all: NaN and infinity are not."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def in_china(latitude: float, longitude: float) -> bool:
    """Whether the point lies in the box in which GCJ-02 shifts; outside of it GCJ-02 is WGS-84."""
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH


def _gcj02(point: Point) -> Point:
    return _shifted(point) if in_china(*point) else point


def _gcj02_undone(point: Point) -> Point:
    return _undone(_shifted, point) if in_china(*point) else point


def _shifted(point: Point) -> Point:
    latitude, longitude = point
    x, y = longitude - 105.0, latitude - 35.0
    waves = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (waves + 20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (waves + 20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    # From metres to degrees, on that ellipsoid.
    flat = 1 - ECCENTRICITY * sin(radians(latitude)) ** 2
    of_latitude = AXIS * (1 - ECCENTRICITY) / (flat * sqrt(flat)) * pi / 180
    of_longitude = AXIS / sqrt(flat) * cos(radians(latitude)) * pi / 180
    return latitude + north / of_latitude, longitude + east / of_longitude


def _bd09(point: Point) -> Point:
    latitude, longitude = point
    radius = hypot(longitude, latitude) + 0.00002 * sin(latitude * pi * 3000 / 180)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * pi * 3000 / 180)
    return radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065


def _undone(forward: Callable[[Point], Point], target: Point) -> Point:
    """The point that `forward` moves to `target`: it moves neighbours almost alike, so each round is nearer."""
    latitude, longitude = target
    for _ in range(ROUNDS):
        moved = forward((latitude, longitude))
        latitude, longitude = latitude + target[0] - moved[0], longitude + target[1] - moved[1]
        if max(abs(target[0] - moved[0]), abs(target[1] - moved[1])) < EXACT:
            break
    return latitude, longitude
