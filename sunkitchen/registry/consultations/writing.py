"""What people write in a chat, as it is kept: plain text, nothing that a database or a page chokes on."""

import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunkitchen.core.workflow import Refused

MOST = 2000  # characters of a message


def plain(text: object, most: int = MOST) -> str:
    """Trimmed, its lines ended by \\n. Refused when it is no text, too long, or has characters that are no writing."""
    if not isinstance(text, str):
        raise Refused(_("A message is text."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > most:
        said = ngettext(
            "At most %(most)s character fits; this has %(n)s.", "At most %(most)s characters fit; this has %(n)s.", most
        )
        raise Refused(said % {"most": most, "n": len(text)})
    # Cc: controls, NUL among them; Cs: halves of characters, which UTF-8 does not know.
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        raise Refused(_("There are characters in it that are no writing. Please type it anew."))
    return text
