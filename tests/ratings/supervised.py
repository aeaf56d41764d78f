"""A sample, an outbreak, an order to mend and a commitment of a kitchen, as rows: only for tests."""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone


def sample(place, authority, lead, second, *, state="taken", **fields):
    """In any state, with what that state takes: chain, reports, service, contest, final day."""
    from ratings.models import Custody, LabReport, Sample

    now = timezone.now()
    today = timezone.localdate()
    defaults = {
        "product": "蒜蓉粉丝蒸扇贝",
        "batch": "当日加工",
        "quantity": "3 × 250 g",
        "seal": "HL-F-0001",
        "retained": "本局样品室 2 号柜",
        "taken_at": now - timedelta(days=3),
    }
    lasting = {"failed", "served", "contested", "passed", "confirmed", "cleared"}
    if state in lasting | {"received"}:
        defaults["laboratory"] = "海澜市食品检验中心"
    if state in {"served", "contested", "confirmed", "cleared"}:
        defaults |= {"served_on": today, "service": "direct", "service_note": "店长签收", "served_by": lead}
    if state in {"contested", "cleared"}:
        defaults |= {"contested_at": now, "contested_by": lead, "contested_why": "采样容器不洁"}
    if state in {"passed", "confirmed", "cleared"}:
        defaults["final_on"] = today
    if state == "void":
        defaults["void_reason"] = "封条破损"
    row = Sample.objects.create(
        establishment=place, authority=authority, lead=lead, second=second, state=state, **{**defaults, **fields}
    )
    if state in lasting | {"sent", "received"}:
        taker = "冷链员小何" if state == "sent" else "检验中心收样员"
        at = row.taken_at + timedelta(hours=2)
        Custody.objects.create(sample=row, at=at, giver=str(lead), taker=taker, seal_intact=True, recorded_by=lead)
    if state in lasting:
        passed = state == "passed"
        findings = "" if passed else "菌落总数 1.2×10⁶ CFU/g，限量 10⁵ CFU/g"
        reported(row, lead, conforms=passed, findings=findings)
    if state == "cleared":
        LabReport.objects.create(
            sample=row,
            kind="retest",
            laboratory="省检测院",
            number="ZJ-9",
            issued_on=today,
            conforms=True,
            recorded_by=lead,
        )
    return row


def reported(row, by, *, conforms=False, findings="菌落总数超标", **fields):
    from ratings.models import LabReport

    return LabReport.objects.create(
        sample=row,
        laboratory="海澜市食品检验中心",
        number="HLSP-2026-001",
        issued_on=timezone.localdate(),
        conforms=conforms,
        findings=findings,
        recorded_by=by,
        **fields,
    )


def furnished(place, authority, lead, second, *, paper):
    """One of everything, for whoever asks every address."""
    from ratings.models import Commitment, LabReport, Outbreak, Reminder

    today = timezone.localdate()
    taken = sample(place, authority, lead, second)
    LabReport.objects.create(
        sample=taken,
        laboratory="海澜市食品检验中心",
        number="HLSP-2026-001",
        issued_on=today,
        conforms=True,
        file=paper,
        recorded_by=lead,
    )
    outbreak = Outbreak.objects.create(
        establishment=place,
        occurred_on=today,
        people=3,
        document_number="〔2026〕9 号",
        findings="凉菜交叉污染。",
        confirmed_by=lead,
    )
    served = {"served_on": today, "method": "direct", "service_note": "店长签收", "recorded_by": lead}
    reminder = Reminder.objects.create(
        establishment=place,
        about="camera",
        document_number="〔2026〕8 号",
        says="恢复后厨直播。",
        mend_by=today + timedelta(days=7),
        **served,
    )
    commitment = Commitment.objects.create(
        establishment=place,
        binding="commitment",
        document_number="〔2026〕7 号",
        signed_on=today,
        file=paper,
        recorded_by=lead,
    )
    return SimpleNamespace(sample=taken, outbreak=outbreak, reminder=reminder, commitment=commitment)


def pools_of(things):
    return {
        "sample": {"code": things.sample.code, "sample": things.sample.code, "kind": "first", "page": 1},
        "outbreak": {"pk": things.outbreak.pk},
        "reminder": {"pk": things.reminder.pk},
        "commitment": {"pk": things.commitment.pk, "page": 1},
    }
