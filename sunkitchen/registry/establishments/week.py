"""A week of hours in a form, one line a day: for kitchens, and for cameras that are shown at hours of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import hours

WEEKDAYS = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


class WeekForm(forms.BaseForm):
    """Mixed into a form: fields hours_0 … hours_6, and `same_hours` for a week of Mondays."""

    def add_week(self, week: Sequence[hours.Span]) -> None:
        """`week`: seven days, or [] when nobody said."""
        for index, day in enumerate(WEEKDAYS):
            self.fields[f"hours_{index}"] = forms.CharField(
                label=day,
                required=False,
                max_length=30,
                initial=hours.written(week[index]) if week else "",
                widget=forms.TextInput(attrs={"placeholder": "10:00-21:30", "class": "num short"}),
            )

    def hour_fields(self) -> list[forms.BoundField]:
        return [self[f"hours_{index}"] for index in range(7)]

    def cleaned_week(self, cleaned: Mapping[str, Any] | None) -> list[hours.Span]:
        """Seven days; each that cannot be read gets its error, and counts as closed."""
        week: list[hours.Span] = []
        for index in range(7):
            try:
                week.append(hours.parse((cleaned or {}).get(f"hours_{index}") or ""))
            except hours.BadHours as error:
                self.add_error(f"hours_{index}", str(error))
                week.append(None)
        return [week[0]] * 7 if cleaned and cleaned.get("same_hours") else week
