"""The registry's nouns, gathered for Django."""

from .claims.models import Invitation
from .consultations.models import CannedAnswer, Consultation, Message, MessageFile, OfficeHours, ReadMark
from .credentials.models import Credential, CredentialPage, OnDesk, ReviewPolicy
from .establishments.models import Establishment, OfKitchens
from .handovers.models import HandOver, Operatorship, changing_hands, of_present
from .memberships.models import Membership
from .photos.models import Photo
from .readings.models import Reading
from .register.models import RegisterImport, RegisterLine
from .requirements.models import OwnCheck, SharedLoad, SharedRecord, SharedRegister, Taking, Undertaking
from .staff.models import DataRequest, FilmingConsent, StaffMember
from .stickers.models import Sticker
from .suppliers.models import Delivery, DeliveryLine, DeliveryProof, LedgerKey, Recall, RecallNotice, Supplier
from .tables.models import TableImport
from .uploads.models import Upload

__all__ = [
    "CannedAnswer",
    "Consultation",
    "Credential",
    "CredentialPage",
    "DataRequest",
    "Delivery",
    "DeliveryLine",
    "DeliveryProof",
    "Establishment",
    "FilmingConsent",
    "HandOver",
    "Invitation",
    "LedgerKey",
    "Membership",
    "Message",
    "MessageFile",
    "OfKitchens",
    "OfficeHours",
    "OnDesk",
    "Operatorship",
    "OwnCheck",
    "Photo",
    "ReadMark",
    "Reading",
    "Recall",
    "RecallNotice",
    "RegisterImport",
    "RegisterLine",
    "ReviewPolicy",
    "SharedLoad",
    "SharedRecord",
    "SharedRegister",
    "StaffMember",
    "Sticker",
    "Supplier",
    "TableImport",
    "Taking",
    "Undertaking",
    "Upload",
    "changing_hands",
    "of_present",
]
