"""What a page with a live picture asks the browser to fetch."""

import re
from pathlib import Path

from streams.templatetags.live import MODULES

SCRIPTS = Path(__file__).parent.parent.parent / "static" / "js"


def imported(name):
    """The module and all it imports when it starts, by name."""
    found = {name}
    for other in re.findall(r"^import .* from '\./([a-z-]+)\.js'", (SCRIPTS / f"{name}.js").read_text(), re.M):
        found |= imported(other)
    return found


def test_the_page_names_every_module_that_the_player_starts_with():
    assert set(MODULES) == imported("player")
