"""Every text that static/js/phone.js shows, in the page's language."""

from django.utils.translation import gettext as _


def for_phone(*, is_check: bool = False) -> dict[str, str]:
    """%(name)s is left for the page to fill."""
    return {
        "asking": _("Allow the camera when the browser asks."),
        "connecting": _("Connecting"),
        "sending": _("Sending"),
        "reconnecting": _("Connection lost, trying again."),
        "waiting": _("Outside the hours in which this camera is shown. It goes on by itself."),
        "hidden": _("Interrupted: this page must stay in front."),
        "sent": _("%(mb)s MB sent, about %(rate)s MB an hour"),
        "slower": _("The network is slow: the picture is made smaller."),
        "stopped": _("You stopped filming."),
        "kitchen": _("The check is over. Thank you.")
        if is_check
        else _("Stopped by the kitchen. For a new start, ask for a new code at the desk."),
        "elsewhere": _("Another phone films now. This one has stopped."),
        "over": _("This session is over. Make a new code at the desk."),
        "refused": _("This address may not send pictures. Make a new code at the desk."),
        "denied": _("The browser may not use the camera. Allow it in the browser's settings, then start again."),
        "noCamera": _("No camera was found on this device."),
        "inUse": _("Another app is using the camera. Close it, then start again."),
        "insecure": _(
            "The browser gives its camera only to addresses that begin with https://. Ask whoever runs this site."
        ),
        "old": _("This browser cannot film. Use a current Chrome, Edge or Safari."),
        "copied": _("Copied"),
    }
