"""`python -m sunkitchen authority`: enter a bureau, so that officers can be appointed to it."""

from django.core.management.base import BaseCommand, CommandError

from sunkitchen.accounts import actions
from sunkitchen.core.workflow import Refused


class Command(BaseCommand):
    help = "Enter an authority. Its jurisdiction is every division code that begins with the given one."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="short name, as in /lists/<slug>/2026-1/")
        parser.add_argument("division", help="code or prefix, GB/T 2260: 33 is Zhejiang, 331083 is Yuhuan")
        parser.add_argument("name")
        parser.add_argument("--name-en", default="")

    def handle(self, *, slug, division, name, name_en, **options):
        try:
            authority = actions.found_authority(name, slug, division, name_en, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{authority} ({authority.slug}, {authority.division})")
