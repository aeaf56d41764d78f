"""Who is told of a consultation: who asked, once for each time of waiting; the bureau's clerks by their bell."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Post, User
from sunkitchen.core import notices
from sunkitchen.core.models import Notice

from .gates import side_of
from .models import Consultation, Message


def answered(talk: Consultation, since: Any) -> None:
    """What was asked at `since` has an answer; the letter itself repeats nothing of it."""
    body = format_lazy(_("{bureau} answered your question “{subject}”."), bureau=talk.authority, subject=talk.subject)
    people = _who_waited(talk, since)
    _tell(people, talk, "answered", _("Your question was answered"), body, event=since.isoformat(), page="talk")


def closed(talk: Consultation, since: Any, at: Any) -> None:
    """What was asked at `since` is closed without an answer: the reason stands in the chat."""
    body = format_lazy(
        _("{bureau} closed your question “{subject}”, and says why. Write again and it is open again."),
        bureau=talk.authority,
        subject=talk.subject,
    )
    people = _who_waited(talk, since)
    _tell(people, talk, "closed", _("Your question was closed"), body, event=at.isoformat(), page="talk")


def _who_waited(talk: Consultation, since: Any) -> list[User]:
    """Who opened it, and who asked on since; without those who act for the kitchen no more. Where nobody of them is
    left, everybody who acts for it: somebody has to go on."""
    wrote = talk.messages.filter(side=Message.Side.KITCHEN, at__gte=since).values("author")
    asked = User.objects.filter(Q(pk=talk.asker_id) | Q(pk__in=wrote)).order_by("pk")
    left = [person for person in asked if side_of(person, talk) == Message.Side.KITCHEN]
    if left or not talk.establishment_id:
        return left
    held = User.objects.filter(memberships__establishment=talk.establishment_id, memberships__ended_at=None)
    return [person for person in held.distinct() if side_of(person, talk) == Message.Side.KITCHEN]


def asked(talk: Consultation) -> None:
    """To its clerk, or to all clerks of the bureau while it is nobody's."""
    place = talk.establishment
    body = format_lazy(_("{who} asks, and waits for an answer."), who=place.signboard if place else talk.asker)
    people: Any = clerks(talk)
    if talk.clerk_id and people.filter(pk=talk.clerk_id).exists():
        people = [talk.clerk]
    since = talk.waiting_since.isoformat() if talk.waiting_since else ""
    _tell(people, talk, "asked", _("A question waits"), body, event=since, page="office_talk")


def handed_over(talk: Consultation, by: User, to: User, at: Any) -> None:
    body = format_lazy(_("{clerk} handed a question over to you."), clerk=by)
    _tell([to], talk, "yours", _("A question is yours now"), body, event=at.isoformat(), page="office_talk")


def clerks(talk: Consultation) -> Any:
    """Who may answer it: clerks of its bureau, without the kitchen's own people."""
    posts = Post.objects.held().filter(authority=talk.authority, role=Post.Role.CLERK)
    people = User.objects.filter(posts__in=posts).exclude(pk=talk.asker_id).distinct()
    if talk.establishment_id:
        people = people.exclude(memberships__establishment=talk.establishment_id, memberships__ended_at=None)
    return people.order_by("name", "pk")


def read(talk: Consultation, by: User) -> None:
    """Who has the chat before them needs no letter about it any more."""
    for notice in Notice.objects.on_desk(by).unread().filter(dedupe__startswith=f"consultation:{talk.pk}:"):
        notices.read(by=by, notice=notice)


def _tell(
    people: Iterable[User], talk: Consultation, what: str, subject: Any, body: Any, *, event: str, page: str
) -> None:
    for person in people:
        with translation.override(person.language):
            link = reverse(page, args=[talk.code])
        dedupe = f"consultation:{talk.pk}:{what}:{event}"
        notices.tell(person, f"consultation.{what}", subject, body, dedupe=dedupe, link=link, about=talk)
