import pytest

from streams.checks import camera_addresses


def test_exact_exceptions_and_networks_are_fine(settings):
    settings.CAMERA_ALLOW = ["127.0.0.1:8554", "[::1]:8554", "camera.lan:554"]
    settings.CAMERA_ALLOW_NETS = ["10.0.0.0/8", "fd12::/16"]
    assert camera_addresses() == []


@pytest.mark.parametrize(
    ("name", "entry"),
    [("CAMERA_ALLOW", "127.0.0.1"), ("CAMERA_ALLOW", "rtsp://127.0.0.1:8554/"), ("CAMERA_ALLOW_NETS", "10.0.0.0/99")],
)
def test_a_setting_that_means_nothing_is_said_at_start(settings, name, entry):
    setattr(settings, name, [entry])
    (problem,) = camera_addresses()
    assert entry in problem.msg
