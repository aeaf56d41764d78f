"""What a recall looks for: goods by batch, product, supplier and time. Pure: the search in the database and the look at
one new delivery ask the same question."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from . import tracing

PRODUCT_DAYS = 31  # a product alone is looked for in so many days at most: everybody buys rice
LEAST_BEGINNING = 4  # signs of a batch that is given by its beginning
LEAST_NAME = 2  # signs of a supplier's or a product's name


@dataclass(frozen=True)
class Question:
    """As somebody typed it. `begins`: every batch that begins so. `since` and `until` are days of receipt, both in."""

    batch: str = ""
    begins: bool = False
    product: str = ""
    supplier: str = ""  # a part of its name, or its whole credit code or permit number
    since: date | None = None
    until: date | None = None

    @cached_property
    def traced(self) -> str:
        return tracing.batch(self.batch)

    @cached_property
    def sought(self) -> str:
        return tracing.product(self.product)

    @cached_property
    def source(self) -> str:
        return tracing.supplier(self.supplier)

    def why_not(self, today: date) -> tuple[str, str] | None:
        """The field that is wrong and what is wrong with it; None when this can be looked for."""
        for field, typed, plain in (
            ("batch", self.batch, self.traced),
            ("product", self.product, self.sought),
            ("supplier", self.supplier, self.source),
        ):
            if typed and not plain:
                return field, _("Please write letters or figures.")
        if self.since and self.until and self.since > self.until:
            return "until", _("The last day lies before the first.")
        if self.batch:
            if self.begins and len(self.traced) < LEAST_BEGINNING:
                return "batch", _("Please write %(least)s signs of the batch at least.") % {"least": LEAST_BEGINNING}
            return None
        if self.supplier:
            if len(self.source) < LEAST_NAME:
                return "supplier", _("Please write %(least)s signs of the name at least.") % {"least": LEAST_NAME}
            return None
        if not self.product:
            return "batch", _("Please write a batch, a supplier or a product.")
        if self.since is None or (min(self.until or today, today) - self.since) >= timedelta(days=PRODUCT_DAYS):
            return "since", _(
                "A product alone is looked for within %(days)s days: please say when it came, or add a batch."
            ) % {"days": PRODUCT_DAYS}
        return None

    def fits(self, *, product: str, batch: str, name: str, uscc: str, permit: str, received_on: date) -> bool:
        """Whether one line that came on that day, of that supplier, is meant: as `tracks.lines` finds it."""
        traced = tracing.batch(batch)
        if self.traced and not (traced.startswith(self.traced) if self.begins else traced == self.traced):
            return False
        if self.sought and self.sought not in tracing.product(product):
            return False
        if self.source and not (
            self.source in tracing.supplier(name) or self.source == uscc or self.source == tracing.permit(permit)
        ):
            return False
        return (self.since is None or received_on >= self.since) and (self.until is None or received_on <= self.until)
