"""`python -m sunkitchen …`: Django's commands and the product's own. `verify` needs neither settings nor database."""

import os
import sys


def main() -> int:
    if len(sys.argv) > 1 and sys.argv[1] == "verify":
        from sunkitchen.core import verify

        return verify.main(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunkitchen.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sunkitchen", *sys.argv[1:]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
