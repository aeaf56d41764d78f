"""The streams' nouns, gathered for Django."""

from .cameras.models import Camera, CameraEvent

__all__ = ["Camera", "CameraEvent"]
