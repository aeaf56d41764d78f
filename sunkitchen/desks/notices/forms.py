from django import forms
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.models import NoticeChoice

SAME = ""  # as for everything else


class ChoicesForm(forms.Form):
    """One pair of choices for everything, and one for each topic that differs. `topics`: {name: words}."""

    def __init__(self, *args, topics, kept, **kwargs):
        super().__init__(*args, **kwargs)
        self.topics = topics
        whole = kept.get("", {})
        for topic, words in {"": _("All messages"), **topics}.items():
            held = kept.get(topic, {})
            for channel, label in (("sms", _("SMS")), ("email", _("Email"))):
                choices = list(NoticeChoice.How.choices)
                if topic:
                    choices.insert(0, (SAME, _("As above")))
                self.fields[f"{channel}_{topic}"] = forms.ChoiceField(
                    label=f"{words} · {label}",
                    choices=choices,
                    required=not topic,
                    initial=held.get(channel, NoticeChoice.How.NOW if not topic else SAME)
                    if held != whole or not topic
                    else SAME,
                )

    def rows(self):
        """(words, its SMS field, its email field), everything first."""
        yield _("All messages"), self["sms_"], self["email_"]
        for topic, words in self.topics.items():
            yield words, self[f"sms_{topic}"], self[f"email_{topic}"]

    def choices(self):
        """As core.hearing takes them: a topic without words of its own follows the whole."""
        said = self.cleaned_data
        whole = {"sms": said["sms_"], "email": said["email_"]}
        return {
            "": whole,
            **{
                topic: {channel: said[f"{channel}_{topic}"] or whole[channel] for channel in ("sms", "email")}
                for topic in self.topics
            },
        }


class WebhookForm(forms.Form):
    url = forms.URLField(
        label=_("Address"),
        max_length=300,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("Each notice is POSTed there as JSON, with a signature."),
    )
    topics = forms.MultipleChoiceField(
        label=_("Only about"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: all.")
    )

    def __init__(self, *args, topics, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = list(topics.items())
