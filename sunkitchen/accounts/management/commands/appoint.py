"""`python -m sunkitchen appoint`: give somebody a post from the console, opening an account if need be."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from sunkitchen.accounts import actions, mobile
from sunkitchen.accounts.models import Authority, Post
from sunkitchen.core.workflow import Refused


class Command(BaseCommand):
    help = "Appoint an officer. They sign in by a code to their mobile, or set a password by email."

    def add_arguments(self, parser):
        parser.add_argument("authority", help="its slug")
        parser.add_argument("role", choices=Post.Role.values)
        parser.add_argument("name")
        parser.add_argument("--mobile")
        parser.add_argument("--email")
        parser.add_argument("--number", default="", help="enforcement certificate, for inspectors")

    def handle(self, *, authority, role, name, number, email, **options):
        try:
            bureau = Authority.objects.get(slug=authority)
        except Authority.DoesNotExist:
            known = ", ".join(Authority.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No authority {authority!r}. Known: {known}.") from None
        try:
            phone = mobile.normal(options["mobile"]) if options["mobile"] else None
            with transaction.atomic():
                user = actions.open_account(name=name, email=email, mobile=phone, by=None)
                post = actions.appoint(user, bureau, role, number, by=None)
        except (Refused, ValueError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(str(post))
