"""The drafting a second time: slow and obvious, row by row in plain Python, sharing nothing with the first but rules."""

from datetime import timedelta

from django.utils import timezone

from ratings.models import Commitment, Complaint, Inspection, Listing, Outbreak, Reminder, Sample
from sunkitchen.registry.models import Credential, Delivery, Establishment, Operatorship, StaffMember

NEED = {"chef", "cold_dishes", "preparation", "plating", "dishwasher", "waiter"}


def day(at):
    return timezone.localtime(at).date()


def a_year_back(today):
    """The first day that is no longer than a year ago."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:  # 29 February
        return today.replace(year=today.year - 1, month=3, day=1)


def facts(kitchen, at, period=None):
    today = day(at)
    month = period or (today - timedelta(days=29), today)
    year = period or (a_year_back(today), today)

    def within(moment, span):
        return span[0] <= moment <= span[1]

    handed_over = max((one.until for one in Operatorship.objects.filter(establishment=kitchen)), default=None)

    def is_formers(moment):
        return handed_over is not None and moment < handed_over

    def is_formers_day(one):
        return handed_over is not None and one <= day(handed_over)

    known = {}
    papers = [
        paper
        for paper in Credential.objects.filter(establishment=kitchen).order_by("valid_through", "pk")
        if paper.kind in ("food_permit", "small_eatery")
    ]
    standing = []
    for paper in papers:
        if paper.state == "revoked":
            standing.append("revoked")
        elif paper.state == "in_force" and paper.valid_from <= today:
            standing.append("in_force" if paper.valid_through >= today or paper.continued_by_id else "expired")
    known["permit"] = "in_force" if "in_force" in standing else standing[-1] if standing else None

    known |= {"inspection": None, "grade": None, "inspection_id": None, "inspected_on": None}
    for visit in Inspection.objects.filter(establishment=kitchen, state="closed").order_by("visited_at", "pk"):
        if visit.visited_at <= at and not is_formers(visit.visited_at) and day(visit.visited_at) >= a_year_back(today):
            known |= {
                "inspection": visit.result,
                "grade": visit.grade or "none",
                "inspection_id": visit.pk,
                "inspected_on": day(visit.visited_at).isoformat(),
            }

    cameras = list(kitchen.cameras.all())
    known["cameras"] = sum(camera.enabled for camera in cameras)
    minutes = [row for camera in cameras for row in camera.days.all() if not is_formers_day(row.day)]
    known["seen_permille"] = permille([row for row in minutes if within(row.day, month)])

    samples = [
        s.pk
        for s in Sample.objects.filter(establishment=kitchen, state="confirmed")
        if within(s.final_on, year) and not is_formers(s.taken_at)
    ]
    complaints = [
        c
        for c in Complaint.objects.filter(establishment=kitchen)
        if not is_formers(c.received_at) and not (c.happened_at and is_formers(c.happened_at))
    ]
    upheld = [
        c
        for c in complaints
        if c.upheld and c.same_as_id is None and c.state in ("resolved", "closed") and within(day(c.resolved_at), year)
    ]
    serious = [c.pk for c in upheld if c.serious]
    outbreaks = [
        o.pk
        for o in Outbreak.objects.filter(establishment=kitchen, revoked_at=None)
        if not is_formers_day(o.occurred_on) and (within(o.occurred_on, year) or within(day(o.confirmed_at), year))
    ]
    known |= {
        "failed_samples": len(samples),
        "failed_samples_ids": text(samples),
        "open_cases": sum(
            c.state in ("accepted", "assigned", "investigating") and c.case_opened_at is not None for c in complaints
        ),
        "upheld_complaints": len(upheld),
        "serious_complaints": len(serious),
        "serious_complaints_ids": text(serious),
        "outbreaks": len(outbreaks),
        "outbreaks_ids": text(outbreaks),
    }

    received = [d.received_on for d in Delivery.objects.filter(establishment=kitchen, voided_at=None)]
    received = [d for d in received if not is_formers_day(d)]
    mine = {d for d in received if within(d, month)}
    known |= {"ledger_days": None, "ledger_weekly_permille": None}
    if any(d <= month[1] for d in received):
        known["ledger_days"] = len(mine)
        begun = month[0] if min(received) < month[0] else min(mine)
        weeks = ((month[1] - begun).days + 1) // 7
        if weeks:
            known["ledger_weekly_permille"] = len(mine) * 1000 // weeks

    people = [m for m in StaffMember.objects.filter(establishment=kitchen) if m.post in NEED]
    people = [m for m in people if m.joined_on <= today and (m.left_on is None or m.left_on > today)]
    without = [m for m in people if not any(holds(paper, today) for paper in m.certificates.all())]
    known["certificates_missing"] = len(without) if people else None

    lapsed = [r for r in Reminder.objects.filter(establishment=kitchen, ended_at=None) if r.mend_by < today]
    lapsed = [r for r in lapsed if not is_formers_day(r.served_on)]
    about = [r.pk for r in lapsed if r.about == "certificates"]
    told = known["certificates_missing"] is not None and bool(about)
    known["certificates_missing_since_reminder"] = known["certificates_missing"] if told else None
    known["certificates_missing_since_reminder_ids"] = text(about) if told else None

    known |= {"seen_since_reminder": None, "seen_since_reminder_ids": None}
    bound = [
        c
        for c in Commitment.objects.filter(establishment=kitchen, about="camera", ended_at=None)
        if c.signed_on <= today
    ]
    reminders = sorted((r for r in lapsed if r.about == "camera"), key=lambda r: (r.mend_by, r.pk))
    reminders = [r for r in reminders if any(r.mend_by < row.day <= today for row in minutes)]
    if bound and reminders:
        last = reminders[-1]
        known["seen_since_reminder"] = permille([row for row in minutes if last.mend_by < row.day <= today])
        if known["seen_since_reminder"] is not None:
            known["seen_since_reminder_ids"] = str(last.pk)
    return known


def permille(rows):
    proven, failed = sum(row.proven for row in rows), sum(row.failed for row in rows)
    return proven * 1000 // (proven + failed) if proven + failed >= 600 else None


def text(ids):
    return " ".join(str(one) for one in sorted(ids)) or None


def holds(paper, today):
    fits = paper.kind == "health_certificate" and paper.state == "in_force"
    return fits and paper.valid_from <= today <= paper.valid_through


def outcome(rule, known):
    found = known.get(rule.fact)
    if found is None:
        return rule.when_unknown
    if rule.op == "is":
        return "holds" if found == rule.threshold else "fails"
    if rule.op == "one_of":
        return "holds" if found in rule.threshold else "fails"
    if rule.op == "at_least":
        return "holds" if found >= rule.threshold else "fails"
    return "holds" if found < rule.threshold else "fails"


EVIDENCE = {"inspection": "inspection_id", "permit": None}


def new_evidence(kitchen, rule, known, at):
    """Whether something of what the rule says was not decided by an earlier black listing of the kitchen."""
    earlier = [
        listing
        for listing in Listing.objects.filter(establishment=kitchen, colour="black").select_related("edition")
        if listing.state != "dropped" or listing.objections.filter(state="accepted").exists()
    ]
    same = [one for one in earlier if one.edition.rules.black(one.rule).fact == rule.fact]
    if rule.fact == "permit":
        return not any(
            one.state in ("draft", "noticed", "served", "objected")
            or (one.state == "published" and one.term_until >= day(at))
            for one in same
        )
    if rule.fact == "inspection":
        return known["inspection_id"] not in {pk for one in same for pk in one.evidence}
    decided = {pk for one in same for pk in one.facts.get(f"{rule.fact}_ids", "").split()}
    return not set(known[f"{rule.fact}_ids"].split()) <= decided


def proposals(edition, at):
    """{kitchen's id: (colour, codes of black rules, facts)} of what an edition would propose."""
    found = {}
    for kitchen in Establishment.objects.filter(state="open"):
        if not kitchen.division.startswith(edition.authority.division):
            continue
        if edition.listings.exclude(state="dropped").filter(establishment=kitchen).exists():
            continue
        known = facts(kitchen, at, (edition.period_from, edition.period_to))
        told = {name: value for name, value in known.items() if value is not None}
        black = [r for r in edition.rules.rules if r.colour == "black" and outcome(r, known) == "holds"]
        red = [outcome(r, known) for r in edition.rules.rules if r.colour == "red"]
        if black:
            codes = [rule.code for rule in black if new_evidence(kitchen, rule, known, at)]
            if codes:
                found[kitchen.pk] = ("black", codes, told)
        elif set(red) <= {"holds", "not_judged"} and "holds" in red:
            on_black = Listing.objects.filter(establishment=kitchen, colour="black", state="published")
            if not any(listing.term_until >= day(at) for listing in on_black):
                found[kitchen.pk] = ("red", [], told)
    return found
