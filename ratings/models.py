"""The ratings' nouns, gathered for Django."""

from .complaints.models import Complainant, Complaint, ComplaintPhoto, ComplaintStep
from .draws.models import Assignment, Draw
from .editions.afterwards import Amendment, ListingFile, Reach, Rectification
from .editions.approvals import Approval, ApprovalStage
from .editions.drafts import Proposal, Schedule
from .editions.models import Edition, Listing, ListingIdentity, Objection, Service, Waiver
from .inspections.models import Finding, Inspection, InspectionPhoto
from .outbreaks.models import Outbreak
from .plan.models import Risk
from .reminders.models import Commitment, Reminder
from .reviews.models import Satisfaction
from .sampling.models import Custody, LabReport, Sample

__all__ = [
    "Amendment",
    "Approval",
    "ApprovalStage",
    "Assignment",
    "Commitment",
    "Complainant",
    "Complaint",
    "ComplaintPhoto",
    "ComplaintStep",
    "Custody",
    "Draw",
    "Edition",
    "Finding",
    "Inspection",
    "InspectionPhoto",
    "LabReport",
    "Listing",
    "ListingFile",
    "ListingIdentity",
    "Objection",
    "Outbreak",
    "Proposal",
    "Reach",
    "Rectification",
    "Reminder",
    "Risk",
    "Sample",
    "Satisfaction",
    "Schedule",
    "Service",
    "Waiver",
]
