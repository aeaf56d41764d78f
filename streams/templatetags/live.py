"""What a page with a live picture needs once, however many pictures it shows."""

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from streams.cameras import words
from streams.cameras.models import Status

register = template.Library()


# What player.js imports: named in the page's head, they come beside it instead of after it.
MODULES = ("player", "live-box", "live-data", "live-measure", "live-mse", "live-socket")


@register.simple_tag
def live_modules() -> SafeString:
    """For the page's head: fetch the player's modules at once, so that the first frame waits for one trip, not two."""
    addresses = ((static(f"js/{name}.js"),) for name in MODULES)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', addresses)


@register.simple_tag
def live_player() -> SafeString:
    """The player's texts in the page's language (data, never run: CSP allows it) and the player itself."""
    script = format_html('<script type="module" src="{}"></script>', static("js/player.js"))
    return json_script(words.for_player(), "live-words") + script


@register.simple_tag
def camera_words(status: Status) -> dict[str, object]:
    """The sentence for a state, and whether the picture counts as interrupted."""
    idle = status.state == "off" and status.why in ("", "not_wanted", "schedule")
    is_down = not (status.is_live or status.state == "starting" or idle)
    return {"sentence": words.sentence(status, timezone.now()), "is_down": is_down}
