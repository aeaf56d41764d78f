"""What was done to a complaint, in words."""

from django.utils.translation import gettext_lazy as _

DEEDS = {
    "complaint.received": _("received the complaint"),
    "complaint.accept": _("accepted the complaint"),
    "complaint.refuse": _("did not accept the complaint"),
    "complaint.assign": _("assigned the complaint"),
    "complaint.investigate": _("began to look into the complaint"),
    "complaint.resolve": _("resolved the complaint"),
    "complaint.close": _("closed the complaint"),
    "complaint.open_case": _("opened a case on the report"),
    "complaint.told": _("told the reporter of the case"),
    "complaint.extend": _("extended the report's time"),
    "complaint.grouped": _("grouped the complaint with another"),
    "complaint.noted": _("wrote a note on the complaint"),
    "complaint.numbered": _("noted the number at 12315"),
    "complaint.identity_seen": _("looked at who complained"),
    "complaint.identity_erased": _("erased who complained"),
    "complaint.answered": _("answered to the complaint"),
}
