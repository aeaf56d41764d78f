"""The registry's nouns, gathered for Django."""

from .claims.models import Invitation
from .credentials.models import Credential, CredentialPage
from .establishments.models import Establishment, OfKitchens
from .memberships.models import Membership
from .photos.models import Photo
from .register.models import RegisterImport, RegisterLine
from .staff.models import FilmingConsent, StaffMember
from .stickers.models import Sticker
from .suppliers.models import Delivery, DeliveryLine, DeliveryProof, Supplier

__all__ = [
    "Credential",
    "CredentialPage",
    "Delivery",
    "DeliveryLine",
    "DeliveryProof",
    "Establishment",
    "FilmingConsent",
    "Invitation",
    "Membership",
    "OfKitchens",
    "Photo",
    "RegisterImport",
    "RegisterLine",
    "StaffMember",
    "Sticker",
    "Supplier",
]
