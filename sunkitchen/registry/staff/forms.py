from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..credentials.forms import ACCEPT
from .models import StaffMember

DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


class DayField(forms.DateField):
    def __init__(self, **kwargs):
        super().__init__(
            input_formats=DAYS, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs
        )


class MemberForm(forms.ModelForm):
    """A person's facts. `cleaned_data` is what the actions take."""

    joined_on = DayField(label=_("Works here since"))

    class Meta:
        model = StaffMember
        fields = ["name", "post", "joined_on", "mobile"]
        help_texts = {
            "name": _("As on the health certificate."),
            "mobile": _("For you alone; it is shown to nobody else."),
        }
        widgets = {"mobile": forms.TextInput(attrs={"type": "tel", "class": "short"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [("", _("Please choose")), *StaffMember.Post.choices]

    def _post_clean(self):
        """The action checks the row whole; a form must not write into the instance before that."""


class LeaveForm(forms.Form):
    on = DayField(label=_("First day without work here"), help_text=_("From this day on the person is not counted."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate


class ConsentForm(forms.Form):
    given_on = DayField(label=_("Signed on"))
    upload = forms.FileField(
        label=_("Photo of the signed form"),
        required=False,
        allow_empty_file=True,
        help_text=_("Keep the paper itself as well. Only you and the authority see the photo."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["given_on"].initial = timezone.localdate
