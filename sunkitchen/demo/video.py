"""Video checks: one that was shown and kept its pictures, one that the clerk asks for now."""

from functools import partial

from django.utils import timezone

from streams.videochecks import actions as checks
from sunkitchen.registry.credentials.models import Credential

from . import opening, papers
from .cast import BUREAU, LI, Kitchen
from .parts import LICENCE_WAITS
from .tale import Tale, workday

SHOWN, SHOWN_DAYS_AGO = 1, 20


def plan(tale: Tale) -> None:
    for kitchen in tale.kitchens:
        if kitchen.serial == SHOWN:
            day = workday(tale.ago(SHOWN_DAYS_AGO))
            tale.on(tale.moment(day, 14, 30), partial(show, tale, kitchen))
        elif kitchen.serial == LICENCE_WAITS:
            tale.on(tale.moment(tale.ago(1), 10, 40), partial(ask, tale, kitchen))


def ask(tale: Tale, kitchen: Kitchen) -> None:
    for paper in tale.places[kitchen.serial].credentials.waiting().filter(kind=Credential.Kind.BUSINESS_LICENCE):
        checks.ask(
            paper.establishment,
            credential=paper,
            by=tale.user(LI),
            about="original",
            please="请近距离拍清右下角的登记日期和印章（演示）。",
            at=timezone.now(),
        )


def show(tale: Tale, kitchen: Kitchen) -> None:
    """Drawn as the phone would have shown it, and kept by the inner part of the same action."""
    place, li = tale.places[kitchen.serial], tale.user(LI)
    paper = place.credentials.filter(kind=Credential.Kind.FOOD_PERMIT, state=Credential.State.IN_FORCE).first()
    if paper is None:
        return
    now = timezone.now()
    please = "请出示许可证正本全貌，再近拍编号（演示）。"
    check = checks.ask(place, credential=paper, by=li, about="original", please=please, at=now)
    checks.show(check, by=opening.owner_of(tale, kitchen), at=now)
    facts = [("编号", paper.number), ("经营者名称", paper.holder)]
    for note in ("全貌", "编号近景"):
        checks.kept(check, papers.picture("食品经营许可证", BUREAU, facts), by=li, note=note, at=now)
    checks.decide(check, by=li, outcome="agrees", note="与登记信息一致（演示）。", at=now)
    checks.sweep(now + checks.REMOVED_AFTER)
