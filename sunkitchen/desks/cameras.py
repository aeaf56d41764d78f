"""A camera's state in words, as both desks say it."""

from streams.cameras.models import Camera, CameraEvent, Status

# What ought to show a picture and doesn't. "Off" only says that nobody is watching.
SILENT = {Camera.State.STALLED, Camera.State.BACKOFF}


def words(state: Status | CameraEvent) -> str:
    """Its state with the reason: "Interrupted (the camera cannot be reached)"."""
    label = str(Camera.State(state.state).label)
    return f"{label} ({Camera.Why(state.why).label})" if state.why else label


def tone(state: Status | CameraEvent) -> str:
    """A class name: ok while live, bad while it ought to be, else quiet."""
    if state.state == Camera.State.LIVE:
        return "ok"
    return "bad" if state.state in SILENT else "muted"
