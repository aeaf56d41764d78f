"""Moved to ratings.editions.standing, where the desks reach it too."""

from ratings.editions.standing import standings, suspended

__all__ = ["standings", "suspended"]
