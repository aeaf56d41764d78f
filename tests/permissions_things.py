"""What the table of addresses is asked about, one of each kind."""

from datetime import timedelta

from django.utils import timezone


def ledger_key(by, **door):
    from sunkitchen.registry.suppliers import keys

    return keys.make(by=by, title="供货商系统", **door)[0]


def recalled(place, authority, by):
    """A recall's notice to the kitchen, answered with a photo."""
    from sunkitchen.registry.models import Recall, RecallNotice

    row = Recall.objects.create(authority=authority, product="带鱼", batch=f"B{place.pk}", says="封存。", issued_by=by)
    return RecallNotice.objects.create(
        recall=row,
        establishment=place,
        answer="removed",
        answered_by=by,
        answered_at=timezone.now(),
        photo=stored(f"recalled-{place.pk}"),
    )


def hand_over(place, by):
    """An offer of long ago, which was declined."""
    return place.handovers.create(
        offered_by=by,
        expires_at=timezone.now() + timedelta(days=14),
        name="新店主",
        contact="13700000009",
        operator_name="海澜新餐饮有限公司",
        state="refused",
    )


def video_check(place, by):
    """Of the premises, under way, with a picture that was kept."""
    from streams.models import Still, VideoCheck

    check = VideoCheck.objects.create(
        establishment=place,
        about="premises",
        asked_by=by,
        expires_at=timezone.now() + timedelta(days=3),
        state="under_way",
    )
    still = Still.objects.create(check_of=check, file=stored(f"still-{place.pk}"), taken_by=by)
    return check, still


def draw_of(authority, by):
    """Committed to, with nobody in its pool: the gates are asked, not the lot."""
    from ratings.models import Draw
    from sunkitchen.core import translog

    number = Draw.objects.filter(authority=authority).count() + 1
    return Draw.objects.create(
        authority=authority,
        year=2026,
        number=number,
        title="双随机",
        kitchens=1,
        pool={"kitchens": [], "inspectors": [], "conflicts": []},
        committed_by=by,
        committed_entry=translog.append({"kind": "draw.committed", "draw": f"{authority.slug}/2026-{number}"}),
    )


def talk_about(paper):
    """A question with a picture; the paper's own author asks."""
    from sunkitchen.registry.consultations.actions import bureau_of
    from sunkitchen.registry.models import Consultation, Message, MessageFile

    place = paper.establishment
    talk = Consultation.objects.create(
        authority=bureau_of(place), asker=paper.created_by, establishment=place, credential=paper, subject="预审"
    )
    said = Message.objects.create(consultation=talk, side="kitchen", author=talk.asker, text="这样可以吗？")
    MessageFile.objects.create(message=said, file=stored(f"talk-{place.pk}"))
    return talk


def complaint(place):
    """A dispute that was accepted, with a photo."""
    from ratings.models import Complaint, ComplaintPhoto

    row = Complaint.objects.create(
        establishment=place,
        kind="dispute",
        category="spoiled",
        said="汤是馊的。",
        state="accepted",
        accepted_at=timezone.now(),
    )
    ComplaintPhoto.objects.create(complaint=row, file=stored(f"complaint-{place.pk}"))
    return row


def brought_by_owner(place, file):
    """A file of the owner's own, that no form has taken yet."""
    from sunkitchen.registry.models import Upload

    owner = place.memberships.get(role="owner").user
    return Upload.objects.create(by=owner, name="照片", size=4, received=4, file=file)


def webhook(place):
    from sunkitchen.core import secrets
    from sunkitchen.core.models import Webhook

    owner = place.memberships.get(role="owner").user
    return Webhook.objects.create(person=owner, url="https://example.com/hook", sealed_secret=secrets.seal("geheim"))


def letter(place):
    """To the kitchen's owner, on the desk."""
    from sunkitchen.core.models import Notice

    owner = place.memberships.get(role="owner").user
    return Notice.objects.create(
        recipient=owner,
        channel="desk",
        kind="x.y",
        subject="Subject",
        body="Body",
        dedupe=f"letter-{place.pk}",
        sent_at=timezone.now(),
        establishment=place.pk,
        division=place.division,
    )


def stored(key, body=b"JPEG"):
    """A file as core.files leaves it, without the second that making it safe takes."""
    from sunkitchen.core import files
    from sunkitchen.core.models import StoredFile

    row = StoredFile.objects.create(key=key, kind="image", sha256="0" * 64, size=4, pages=1, owner_scope="test")
    path = files.page_path(row, 1)
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    return row
