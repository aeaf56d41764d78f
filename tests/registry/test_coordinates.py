"""Where a kitchen lies, whichever map its owner looked it up on."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.registry.establishments.coordinates import BD09, GCJ02, WGS84, from_wgs84, in_china, to_wgs84

# (WGS-84, GCJ-02), from the tests of eviltransform: Shanghai, Shenzhen, Beijing.
PAIRS = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
# One place in all three, from the tests of coordtransform.
TIANANMEN = {
    WGS84: (39.915, 116.404),
    GCJ02: (39.91640428150164, 116.41024449916938),
    BD09: (39.922699552216216, 116.41662724378733),
}


def metres(one, other):
    north = (one[0] - other[0]) * 111_320
    return hypot(north, (one[1] - other[1]) * 111_320 * cos(radians(one[0])))


@pytest.mark.parametrize(("wgs84", "gcj02"), PAIRS)
def test_published_points_of_gcj02_are_met(wgs84, gcj02):
    assert from_wgs84(*wgs84, GCJ02) == pytest.approx(gcj02, abs=1e-9)
    assert to_wgs84(*gcj02, GCJ02) == pytest.approx(wgs84, abs=1e-6)


@pytest.mark.parametrize("system", [WGS84, GCJ02, BD09])
def test_one_place_is_the_same_place_on_every_map(system):
    assert from_wgs84(*TIANANMEN[WGS84], system) == pytest.approx(TIANANMEN[system], abs=1e-9)
    assert to_wgs84(*TIANANMEN[system], system) == pytest.approx(TIANANMEN[WGS84], abs=1e-6)


@given(st.floats(18, 54), st.floats(73.5, 135.5), st.sampled_from([GCJ02, BD09]))
def test_there_and_back_is_within_a_metre_everywhere_in_china(latitude, longitude, system):
    shifted = from_wgs84(latitude, longitude, system)
    assert metres((latitude, longitude), to_wgs84(*shifted, system)) < 0.01
    assert 50 < metres((latitude, longitude), shifted) < 3000


@given(st.floats(-85, 85), st.floats(-179, 179))
def test_outside_of_china_gcj02_moves_nothing(latitude, longitude):
    if not in_china(latitude, longitude):
        assert from_wgs84(latitude, longitude, GCJ02) == (latitude, longitude)
        assert to_wgs84(latitude, longitude, GCJ02) == (latitude, longitude)


def test_an_unknown_system_is_no_guess():
    for convert in (to_wgs84, from_wgs84):
        with pytest.raises(ValueError, match="utm"):
            convert(30.0, 120.0, "utm")
