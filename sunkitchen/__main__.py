"""`python -m sunkitchen …`: the product's own commands, and Django's. `verify` and `redraw` need neither settings nor database."""

import os
import sys
from importlib import import_module

# Each module's `main(words)` returns the exit code.
OWN = {
    "verify": "sunkitchen.core.verify",
    "redraw": "ratings.draws.redraw",
    "messages": "sunkitchen.messages",
    "serve": "sunkitchen.serve",
    "demo": "sunkitchen.demo.command",
}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunkitchen.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWN:
        return import_module(OWN[sys.argv[1]]).main(sys.argv[2:])
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sunkitchen", *sys.argv[1:]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
