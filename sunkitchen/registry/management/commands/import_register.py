"""`python -m sunkitchen import_register FILE --authority SLUG --by EMAIL`: bring a permit register from the console."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import RegisterImport
from sunkitchen.registry.register import actions, words


class Command(BaseCommand):
    help = (
        "Import the bureau's permit register (CSV or XLSX). Prints what came of its lines; exits 1 if it was refused."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--authority", required=True, help="its slug")
        parser.add_argument("--by", required=True, help="email of the clerk who answers for it")
        parser.add_argument("--refused", action="store_true", help="print every refused line with its reason")

    def handle(self, *, file, authority, by, refused, **options):
        try:
            bureau = Authority.objects.get(slug=authority)
            clerk = User.objects.get(email__iexact=by)
        except (Authority.DoesNotExist, User.DoesNotExist) as error:
            raise CommandError(str(error)) from None
        try:
            with open(file, "rb") as opened:
                upload: Any = UploadedFile(opened, name=file.name, size=file.stat().st_size)
                row = actions.bring(bureau, by=clerk, upload=upload)
        except OSError as error:
            raise CommandError(str(error)) from None
        except Refused as error:
            raise CommandError(str(error)) from None
        row = actions.run(row)
        if row.state != RegisterImport.State.DONE:
            raise CommandError(words.failure(row.failure) or str(row.get_state_display()))
        counts = ("created", "updated", "unchanged", "refused")
        self.stdout.write(" ".join(f"{name}={getattr(row, name)}" for name in counts))
        if refused:
            for line in row.lines.filter(outcome="refused"):
                self.stdout.write(f"{line.number}: {line.permit} {' '.join(words.reasons(line.why))}")
