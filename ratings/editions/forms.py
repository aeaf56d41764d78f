from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Post
from sunkitchen.core.access import CAPABILITIES, Can, Role
from sunkitchen.registry.credentials.forms import FilesField

from .models import Service


def day(label, **kwargs):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def today():
    return timezone.localdate()


class DraftForm(forms.Form):
    authority = forms.ChoiceField(label=_("Authority"))
    period_from = day(_("Period from"))
    period_to = day(_("Period to"))

    def __init__(self, *args, authorities, **kwargs):
        super().__init__(*args, **kwargs)
        self.authorities = {str(authority.pk): authority for authority in authorities}
        self.fields["authority"] = forms.ChoiceField(
            label=self.fields["authority"].label,
            choices=[(pk, str(authority)) for pk, authority in self.authorities.items()],
        )

    def clean_authority(self):
        return self.authorities[self.cleaned_data["authority"]]


class NoticeForm(forms.Form):
    pass


class ServiceForm(forms.Form):
    method = forms.ChoiceField(label=_("Method of service"), choices=Service.Method.choices)
    served_on = day(_("Served on"), initial=today)
    note = forms.CharField(label=_("Who received it, where"), max_length=500, required=False)
    proof = forms.FileField(label=_("Proof of service (photo or PDF)"), required=False)


class WaiverForm(forms.Form):
    waived_on = day(_("Waived on"), initial=today)
    statement = forms.CharField(label=_("What the operator stated"), max_length=500)
    proof = forms.FileField(label=_("Signed statement (photo or PDF)"), required=False)


class ObjectionForm(forms.Form):
    statement = forms.CharField(
        label=_("Objection"),
        help_text=_("If the listing stands, these words stand beside it in public. Please name no persons."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("uphold", _("The listing stands")), ("overturn", _("The listing is taken off"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer to the operator"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DropForm(forms.Form):
    why = forms.CharField(label=_("Why it is taken off"), max_length=500)


class EvidenceForm(forms.Form):
    file = forms.FileField(label=_("Photo or PDF"))
    title = forms.CharField(label=_("What it shows"), max_length=100)


class MendedForm(forms.Form):
    visit = forms.IntegerField(label=_("The re-inspection that looked"), widget=forms.Select)
    answer = forms.CharField(
        label=_("Answer to the operator"),
        help_text=_("Needed when it is not mended yet."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def offer(self, visits):
        """These re-inspections to choose from."""
        self.fields["visit"].widget.choices = [
            (visit.pk, f"{visit} · {visit.get_result_display()}") for visit in visits
        ]


# ── the chain and the hour ──────────────────────────────────────────────────────────────────────────────────


class OpinionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Opinion"), choices=[("agree", _("Agree")), ("refuse", _("Refuse"))], widget=forms.RadioSelect
    )
    opinion = forms.CharField(label=_("In words"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ReleaseForm(forms.Form):
    at_hour = forms.DateTimeField(
        label=_("Publication hour"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )


class ChainForm(forms.Form):
    """The stages as they stand and room for more, three fields each; a stage without a title is none."""

    def __init__(self, data, *, authority, stages):
        super().__init__(data)
        held = Post.objects.held().filter(authority=authority).select_related("user").order_by("user__name", "pk")
        may_speak = [post for post in held if Can.APPROVE_EDITION in CAPABILITIES[Role(post.role)]]
        self.officers = {str(post.user_id): post.user for post in may_speak}
        roles: dict[str, list[str]] = {}
        for post in may_speak:
            roles.setdefault(str(post.user_id), []).append(str(post.get_role_display()))
        choices = [(pk, f"{user} · {', '.join(roles[pk])}") for pk, user in self.officers.items()]
        self.places = range(min(9, max(4, len(stages) + 1)))
        for place in self.places:
            stage = stages[place] if place < len(stages) else None
            self.fields[f"title_{place}"] = forms.CharField(
                label=_("Title"), max_length=40, required=False, initial=stage.title if stage else ""
            )
            self.fields[f"title_en_{place}"] = forms.CharField(
                label=_("Title in English"), max_length=60, required=False, initial=stage.title_en if stage else ""
            )
            self.fields[f"officers_{place}"] = forms.MultipleChoiceField(
                label=_("Who may speak there"),
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[str(officer.pk) for officer in stage.officers.all()] if stage else [],
            )

    @property
    def rows(self):
        """The fields of each stage, in order."""
        parts = ("title", "title_en", "officers")
        return [[self[f"{part}_{place}"] for part in parts] for place in self.places]

    def stages(self):
        """What was filled in, as `approving.set_chain` takes it."""
        fields = self.cleaned_data
        return [
            (
                fields[f"title_{place}"],
                fields[f"title_en_{place}"],
                [self.officers[pk] for pk in fields[f"officers_{place}"]],
            )
            for place in self.places
            if fields[f"title_{place}"] or fields[f"officers_{place}"]
        ]


# ── what is published ───────────────────────────────────────────────────────────────────────────────────────


def public_words(label):
    return forms.CharField(
        label=label,
        help_text=_("For the public, and without names: it stays where the listing stood."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AmendForm(forms.Form):
    document_number = forms.CharField(label=_("Number of the document that it rests on"), max_length=60)
    reason = public_words(_("Reason"))


class WithdrawForm(AmendForm):
    overturned_on = day(_("Day of the decision that overturned it, if there is one"), required=False)


class LiftForm(forms.Form):
    reason = public_words(_("Reason"))


class EraseForm(forms.Form):
    reason = forms.CharField(label=_("Why it is erased"), max_length=500)


class RectificationForm(forms.Form):
    statement = forms.CharField(
        label=_("What was mended, and how"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    photos = FilesField(label=_("Photos, at most six"), required=False)
