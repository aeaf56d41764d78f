"""The ratings' nouns, gathered for Django."""

from .editions.models import Edition, Listing, ListingIdentity, Objection, Service, Waiver
from .inspections.models import Inspection

__all__ = ["Edition", "Inspection", "Listing", "ListingIdentity", "Objection", "Service", "Waiver"]
