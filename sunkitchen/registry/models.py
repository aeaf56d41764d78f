"""The registry's nouns, gathered for Django."""

from .credentials.models import Credential, CredentialPage
from .establishments.models import Establishment
from .memberships.models import Membership
from .stickers.models import Sticker

__all__ = ["Credential", "CredentialPage", "Establishment", "Membership", "Sticker"]
