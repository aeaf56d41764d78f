"""Every write to a sample but its way to the laboratory (custody.py): taken, tested, served, contested, final."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.actions import inspectors_of
from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, files, workdays
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, WrongState, move
from sunkitchen.registry.models import Establishment, Supplier

from . import letters
from .custody import BROKEN, is_broken
from .guards import alike, hold, must_follow, must_follow_on, must_write, plain
from .models import LabReport, Sample

_State = Sample.State
PASS = Step("pass", {_State.RECEIVED}, _State.PASSED)
FAIL = Step("fail", {_State.RECEIVED}, _State.FAILED)
SERVE = Step("serve", {_State.FAILED}, _State.SERVED)
CONTEST = Step("contest", {_State.SERVED}, _State.CONTESTED)
CLEAR = Step("clear", {_State.CONTESTED}, _State.CLEARED)
FAIL_AGAIN = Step("fail_again", {_State.CONTESTED}, _State.CONFIRMED)
CONFIRM = Step("confirm", {_State.SERVED}, _State.CONFIRMED)
AFTER_FAILING = frozenset({_State.FAILED, _State.SERVED, _State.CONTESTED})
VOID = Step("void", {_State.TAKEN, _State.SENT, _State.RECEIVED} | AFTER_FAILING, _State.VOID)


@transaction.atomic
def take(
    establishment: Establishment,
    *,
    by: User,
    second: User,
    product: str,
    quantity: str,
    seal: str,
    retained: str = "",
    batch: str = "",
    inspection: Inspection | None = None,
    supplier: Supplier | None = None,
    taken_at: datetime | None = None,
    at: datetime | None = None,
) -> Sample:
    """A sample taken and sealed by `by` and `second`, two inspectors of one authority that covers the kitchen.

    `retained` says where the counter-sample 备份样品 is kept; without one nothing can be tested again.
    """
    at = at or timezone.now()
    taken_at = taken_at or at
    product, quantity, seal = plain(product), plain(quantity), plain(seal)
    if second == by:
        raise Refused(_("Nobody takes a sample alone: name a second officer."))
    if establishment.pk in access.own(by) | access.own(second):
        raise Refused(_("Nobody takes a sample from a kitchen that they act for."))
    if establishment.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen is closed."))
    if not (product and quantity and seal):
        raise Refused(_("A sample needs its product, its quantity and the number of its seal."))
    covering = inspectors_of(establishment)
    ours = {post.authority_id for post in covering if post.user_id == by.pk}
    both = next((post for post in covering if post.user_id == second.pk and post.authority_id in ours), None)
    if both is None:
        raise Refused(
            _("Both officers need an inspector's post with an enforcement number, at one authority of this area.")
        )
    if inspection is not None and inspection.establishment_id != establishment.pk:
        raise Refused(_("That visit was to another kitchen."))
    if supplier is not None and supplier.establishment_id != establishment.pk:
        raise Refused(_("That supplier is another kitchen's."))
    must_follow(inspection.visited_at if inspection else None, taken_at, at)
    sample = Sample.objects.create(
        establishment=establishment,
        authority=both.authority,
        inspection=inspection,
        supplier=supplier,
        product=product,
        batch=plain(batch),
        quantity=quantity,
        seal=seal,
        retained=plain(retained),
        lead=by,
        second=second,
        taken_at=taken_at,
    )
    audit.record(by, "sample.taken", sample, second=second.pk, seal=seal)
    letters.taken(sample)
    return sample


@transaction.atomic
def report(
    sample: Sample,
    *,
    by: User,
    number: str,
    issued_on: date,
    conforms: bool,
    findings: str = "",
    file: files.Admitted | None = None,
    at: datetime | None = None,
) -> LabReport:
    """The laboratory's first result. What passes is final; what fails has to be served before it can count."""
    at = at or timezone.now()
    must_write(sample, by)
    if sample.state not in PASS.sources:
        raise WrongState("report", sample.state)
    if is_broken(sample):
        raise Refused(BROKEN)
    must_follow_on(timezone.localtime(sample.custody.latest("pk").at).date(), issued_on, at)
    row = _reported(
        sample,
        by,
        kind=LabReport.Kind.FIRST,
        laboratory=sample.laboratory,
        number=number,
        issued_on=issued_on,
        conforms=conforms,
        findings=findings,
        file=file,
        at=at,
    )
    if conforms:
        move(sample, PASS, final_on=timezone.localtime(at).date())
    else:
        move(sample, FAIL)
    audit.record(by, "sample.reported", sample, number=row.number, conforms=conforms)
    (letters.passed if conforms else letters.failed)(sample)
    return row


@transaction.atomic
def serve(
    sample: Sample, *, by: User, method: str, served_on: date, note: str, at: datetime | None = None
) -> workdays.Workday:
    """Record how and when the failed result was served on the operator; the last day to contest it."""
    at = at or timezone.now()
    must_write(sample, by)
    note = plain(note)
    if sample.state not in SERVE.sources:
        raise WrongState("serve", sample.state)
    if method not in Sample.Method.values:
        raise Refused(_("How was the result served?"))
    if not note:
        raise Refused(_("Service needs proof: write down who received it, and where."))
    issued = sample.reports.get(kind=LabReport.Kind.FIRST).issued_on
    must_follow_on(issued, served_on, at)
    window = workdays.add(served_on, settings.RETEST_WORKDAYS)
    if timezone.localtime(at).date() > window.day:
        # Recorded only now, it would be final at once, and nobody could have written a contest down.
        raise Refused(_("By that date the time to ask for a retest is over already: serve the result again."))
    move(sample, SERVE, service=method, served_on=served_on, service_note=note, served_by=by)
    audit.record(by, "sample.served", sample, method=method, served_on=served_on.isoformat())
    letters.served(sample)
    return window


@transaction.atomic
def contest(sample: Sample, *, by: User, why: str, at: datetime | None = None) -> None:
    """Ask for a retest 复检, as the owner or as an officer who writes down what the operator said; within the window."""
    at = at or timezone.now()
    if access.can(by, Can.OBJECT, sample):
        hold(sample)
    else:
        must_write(sample, by)
    why = why.strip()
    if sample.state not in CONTEST.sources:
        raise WrongState("contest", sample.state)
    if not why:
        raise Refused(_("Why is the result contested? Write it in your own words."))
    if len(why) > 1000:
        raise Refused(_("At most 1000 characters."))
    if not sample.retained:
        raise Refused(_("There is no counter-sample of this product, so nothing can be tested again."))
    if not is_open(sample, at):
        raise Refused(_("The time to ask for a retest has ended."))
    move(sample, CONTEST, contested_at=at, contested_by=by, contested_why=why)
    audit.record(by, "sample.contested", sample)
    letters.contested(sample)


@transaction.atomic
def retest(
    sample: Sample,
    *,
    by: User,
    laboratory: str,
    number: str,
    issued_on: date,
    conforms: bool,
    findings: str = "",
    file: files.Admitted | None = None,
    at: datetime | None = None,
) -> LabReport:
    """The result of the counter-sample, by another laboratory. It is final, whichever it is."""
    at = at or timezone.now()
    must_write(sample, by)
    if sample.state not in CLEAR.sources or sample.contested_at is None:
        raise WrongState("retest", sample.state)
    laboratory = plain(laboratory)
    if not laboratory:
        raise Refused(_("Which laboratory tested it again?"))
    if alike(laboratory, sample.laboratory):
        raise Refused(_("Another laboratory tests it again, not the one whose result is contested."))
    must_follow_on(timezone.localtime(sample.contested_at).date(), issued_on, at)
    row = _reported(
        sample,
        by,
        kind=LabReport.Kind.RETEST,
        laboratory=laboratory,
        number=number,
        issued_on=issued_on,
        conforms=conforms,
        findings=findings,
        file=file,
        at=at,
    )
    move(sample, CLEAR if conforms else FAIL_AGAIN, final_on=timezone.localtime(at).date())
    audit.record(by, "sample.retested", sample, number=row.number, conforms=conforms)
    (letters.cleared if conforms else letters.confirmed)(sample)
    return row


@transaction.atomic
def void(sample: Sample, *, by: User, reason: str) -> None:
    """The sample does not count, for a reason. Once it failed, whoever took it does not decide that."""
    must_write(sample, by)
    reason = plain(reason)[:500]
    if sample.state not in VOID.sources:
        raise WrongState("void", sample.state)
    if not reason:
        raise Refused(_("Why does the sample not count?"))
    if sample.state in AFTER_FAILING and by.pk in (sample.lead_id, sample.second_id):
        raise Refused(_("You took this sample, and it failed: a colleague decides that it does not count."))
    move(sample, VOID, void_reason=reason)
    audit.record(by, "sample.voided", sample, reason=reason)
    letters.voided(sample)


def confirm_due(at: datetime) -> int:
    """What nobody contested within its window becomes final on the day after; how many did now. For the sweep."""
    today = timezone.localtime(at).date()
    ready = Sample.objects.filter(state=_State.SERVED, served_on__lt=today - timedelta(days=settings.RETEST_WORKDAYS))
    confirmed = 0
    for sample in ready.select_related("establishment").order_by("pk"):
        window = sample.window
        if window is None or today <= window.day:
            continue
        try:
            with transaction.atomic():
                move(sample, CONFIRM, final_on=window.day + timedelta(days=1))
                audit.record(None, "sample.confirmed", sample)
                letters.confirmed(sample)
        except WrongState:
            continue  # another sweep has it
        confirmed += 1
    return confirmed


def is_open(sample: Sample, at: datetime) -> bool:
    """Served, and its window has not ended: its last day counts until 24:00."""
    window = sample.window
    return sample.state == _State.SERVED and window is not None and timezone.localtime(at).date() <= window.day


def _reported(
    sample: Sample,
    by: User,
    *,
    kind: str,
    laboratory: str,
    number: str,
    issued_on: date,
    conforms: bool,
    findings: str,
    file: files.Admitted | None,
    at: datetime,
) -> LabReport:
    number, findings = plain(number), plain(findings)
    if not number:
        raise Refused(_("A report has a number."))
    if not conforms and not findings:
        raise Refused(_("Which item failed, with which value, against which limit?"))
    return LabReport.objects.create(
        sample=sample,
        kind=kind,
        laboratory=laboratory,
        number=number,
        issued_on=issued_on,
        conforms=conforms,
        findings="" if conforms else findings,
        file=files.keep(file, by=by, owner_scope=f"authority:{sample.authority_id}") if file else None,
        recorded_by=by,
        recorded_at=at,
    )
