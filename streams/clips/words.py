"""What is said of evidence, and what a guest may say that they saw."""

from django.utils.translation import gettext_lazy as _

# What was seen, as a guest taps it. The words are kept by their key.
ABOUT = {
    "mask": _("Somebody works without a mask or a hat"),
    "pests": _("An insect or another animal"),
    "dirty": _("A dirty place or dirty tools"),
    "floor": _("Food or tableware on the floor"),
    "not_kitchen": _("This is not a kitchen, or not this one"),
    "picture": _("The picture is covered, frozen or turned away"),
    "other": _("Something else"),
}

# What a report made of it is about: a category of complaints, which stand a floor above.
CATEGORIES = {
    "mask": "staff",
    "pests": "dirt",
    "dirty": "dirt",
    "floor": "dirt",
    "not_kitchen": "camera",
    "picture": "camera",
}

# Why a clip could not be kept; the first three are what the relay says (streams/relay/recorder.py).
FAILURES = {
    "nothing": _("There was no picture in that time."),
    "no_room": _("The server had no room left for it."),
    "broken": _("The picture could not be read."),
    "late": _("Nobody recorded it in time: our relay was not running, or the camera was not reached."),
}


def about(key: str) -> str:
    return str(ABOUT.get(key, ABOUT["other"]))


def failure(key: str) -> str:
    return str(FAILURES.get(key, FAILURES["broken"])) if key else ""
