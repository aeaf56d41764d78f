"""`python -m sunkitchen second_factor_off`: somebody lost phone and recovery codes, and stands before the operator."""

from django.core.management.base import BaseCommand, CommandError

from sunkitchen.accounts import mobile, second_factor
from sunkitchen.accounts.models import User
from sunkitchen.core.workflow import Refused


class Command(BaseCommand):
    help = "Remove somebody's second factor. They are told; the audit trail keeps it. See who they are first."

    def add_arguments(self, parser):
        parser.add_argument("--mobile")
        parser.add_argument("--email")

    def handle(self, *, email, **options):
        try:
            number = mobile.normal(options["mobile"]) if options["mobile"] else None
            user = User.objects.get(mobile=number) if number else User.objects.get(email__iexact=email or "")
            second_factor.remove(user, by=None)
        except User.DoesNotExist:
            raise CommandError("Nobody has this number or address.") from None
        except (Refused, ValueError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Removed: {user}")
