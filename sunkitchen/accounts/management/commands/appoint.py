"""`python -m sunkitchen appoint`: give somebody a post from the console, opening an account if need be, or end it."""

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
        parser.add_argument("--end", action="store_true", help="the post ends now: found by --mobile or --email")

    def handle(self, *, authority, role, name, number, email, **options):
        try:
            bureau = Authority.objects.get(slug=authority)
        except Authority.DoesNotExist:
            known = ", ".join(Authority.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No authority {authority!r}. Known: {known}.") from None
        try:
            phone = mobile.normal(options["mobile"]) if options["mobile"] else None
            if options["end"]:
                post = self.held(bureau, role, phone, email)
                actions.end_post(post, by=None)
                self.stdout.write(f"Ended: {post}")
                return
            with transaction.atomic():
                user = actions.open_account(name=name, email=email, mobile=phone, by=None)
                post = actions.appoint(user, bureau, role, number, by=None)
        except (Refused, ValueError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(str(post))

    def held(self, bureau, role, phone, email):
        who = {"user__mobile": phone} if phone else {"user__email__iexact": email or ""}
        post = Post.objects.filter(authority=bureau, role=role, ended_at=None, **who).first()
        if post is None:
            raise CommandError("Nobody with this number or address holds this post.")
        return post
