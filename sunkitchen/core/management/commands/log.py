"""`python -m sunkitchen log keys|rotate`: the published log's public keys, and another one from now on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sunkitchen.core import logkeys, translog


class Command(BaseCommand):
    help = "Show the published log's keys, or hand the signing over to a fresh one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["keys", "rotate"])

    def handle(self, *, what: str, **options: Any) -> None:
        try:
            if what == "rotate":
                self.rotate()
            for link in logkeys.chain(translog.origin()):
                until = f"up to entry {link.until}" if link.until else "signs now"
                self.stdout.write(f"{link.number}  {link.key}  ({until})")
        except translog.LogBroken as broken:
            raise CommandError(str(broken)) from None

    def rotate(self) -> None:
        row = translog.rotate(timezone.now())
        translog.settle(timezone.now())
        self.stdout.write(
            f"Key {row.number} signs from now on; the one before counts up to entry {row.since}.\n"
            f"It lies in {logkeys.path_of(row.number).parent / 'retired'}: nothing needs it any more. Take it off this "
            "machine or destroy it, back up the new one, and publish `keys` where people know the old one from."
        )
