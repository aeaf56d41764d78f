"""What an officer's phone says by itself, in the reader's language: where the draft is, and what became of it."""

from django.utils.translation import gettext as _


def for_phone() -> dict[str, str]:
    """Words for static/js/inspection*.js; %(at)s is a time of day, %(count)s and %(all)s are numbers."""
    return {
        "answered": _("%(count)s of %(all)s answered"),
        "saved": _("Saved on this phone %(at)s"),
        "sending": _("Sending …"),
        "photos": _("Sending photo %(count)s of %(all)s …"),
        "sent": _("Sent %(at)s"),
        "waiting": _("No network: saved on this phone, will be sent"),
        "signin": _("Please sign in again. Nothing is lost: it is saved on this phone and will be sent then."),
        "signinLink": _("Sign in"),
        "other": _("Somebody else is signed in now. Only the officer who wrote this can send it."),
        "refused": _("Not taken. Please look at what is marked."),
        "unable": _("This browser keeps no drafts. Please save often."),
        "remove": _("Remove photo"),
        "notSent": _("not sent yet"),
        "located": _("The place is noted, to %(metres)s m."),
        "unlocated": _("The phone does not know where it is."),
        "locating": _("Asking the phone …"),
        "open": _("Continue"),
        "discard": _("Delete from this phone"),
        "sure": _("Delete this draft? What was not sent is lost."),
    }
