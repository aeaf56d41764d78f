"""The streams' nouns, gathered for Django."""

from .cameras.models import Camera, CameraDay, CameraEvent, Lease, Probe, Reference, RelayRun
from .clips.models import Clip, Moment
from .incidents.models import Incident
from .videochecks.models import Still, VideoCheck

__all__ = [
    "Camera",
    "CameraDay",
    "CameraEvent",
    "Clip",
    "Incident",
    "Lease",
    "Moment",
    "Probe",
    "Reference",
    "RelayRun",
    "Still",
    "VideoCheck",
]
