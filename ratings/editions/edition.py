"""An edition's public face: its leaf for the log, the records beside it, and the document that anybody verifies.

The leaf holds two salted hashes for each listing, of identity and of finding; records and salts lie beside it, so that
an erased identity leaves finding and edition verifiable. Hash: SHA-256(32-byte salt ‖ RFC 8785 of the record).
"""

import hashlib
import json
import secrets
import unicodedata
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from sunkitchen.core import translog

from .models import Edition, Listing

FORMAT = "sunkitchen-edition/1"


class Unsigned(LookupError):
    """No checkpoint covers the edition yet; the sweep signs within a minute."""


def fresh_salt() -> str:
    return secrets.token_hex(32)


def salted_hash(salt: str, record: dict[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + translog.canonical(record)).hexdigest()


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def moment(at: datetime) -> str:
    """As the log writes times: local, to the second, with its offset."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def finding(listing: Listing, term_until: date) -> dict[str, Any]:
    """The public record of a listing without its name: rule, facts, evidence, and every step of due process."""
    rules = listing.edition.rules
    record: dict[str, Any] = {
        "colour": listing.colour,
        "rule": listing.rule,
        "rule_version": listing.edition.rule_version,
        "reason": nfc(listing.reason),
        "facts": {name: nfc(value) if isinstance(value, str) else value for name, value in listing.facts.items()},
        "evidence": list(listing.evidence),
        "term_until": term_until.isoformat(),
    }
    if files := digests(listing):
        record["files"] = files
    if listing.colour == Listing.Colour.RED:
        return record
    rule = rules.black(listing.rule)
    window = listing.window
    record |= {
        "clause": rule.clause,
        "zh": rule.zh,
        "en": rule.en,
        "basis": nfc(rule.basis),
        "rules_document": nfc(rule.document),
        "binding": rule.binding,
        "document_number": nfc(listing.document_number),
        "noticed_at": moment(listing.noticed_at) if listing.noticed_at else "",
        "served_on": listing.service.served_on.isoformat(),
        "service": listing.service.method,
        "window_until": window.day.isoformat() if window else "",
        "objections": [
            {"id": objection.pk, "outcome": objection.state, "decided_at": moment(objection.decided_at)}
            for objection in listing.objections.order_by("pk")
            if objection.decided_at
        ],
    }
    if waiver := getattr(listing, "waiver", None):
        record["waived_on"] = waiver.waived_on.isoformat()
    return record


def digests(listing: Listing) -> list[str]:
    """SHA-256 of each file that was attached, in their order."""
    return [row.file.sha256 for row in sorted(listing.files.all(), key=lambda row: row.pk)]


def leaf(edition: Edition, listings: list[Listing], *, publisher: Any, at: datetime) -> dict[str, Any]:
    """What is logged. Officers by number, not name: a log that nobody can erase names no person."""
    authority = edition.authority
    return {
        "kind": "edition",
        "code": edition.code,
        "authority": {"name": nfc(authority.name), "slug": authority.slug, "division": authority.division},
        "year": edition.year,
        "number": edition.number,
        "rules": edition.rule_version,
        "period": {"from": edition.period_from.isoformat(), "to": edition.period_to.isoformat()},
        "drafter": edition.drafted_by_id,
        "publisher": publisher.pk,
        "published_at": moment(at),
        "decisions": [
            {"objection": objection["id"], "outcome": objection["outcome"]}
            for listing in listings
            for objection in listing.finding.get("objections", [])
        ],
        "listings": [
            {
                "identity": salted_hash(listing.identity.salt, listing.identity.record),
                "finding": salted_hash(listing.finding_salt, listing.finding),
            }
            for listing in listings
        ],
    }


def document(edition: Edition, at: datetime) -> dict[str, Any]:
    """The public JSON of a published edition, verifiable offline and by itself. Unsigned before its checkpoint.

    It names whom it may name at `at`: without a name, its listing and the edition verify all the same.
    Serve `document_bytes`: `verify` takes the canonical bytes and no others, so that no byte can change unseen.
    """
    if edition.entry is None:
        raise Unsigned(edition.code)
    checkpoint = translog.covering(edition.entry)
    if checkpoint is None:
        raise Unsigned(edition.code)
    return {
        "format": FORMAT,
        "edition": json.loads(bytes(edition.entry.leaf)),
        "listings": [_public(listing, at) for listing in _in_order(edition)],
        "proof": {
            "index": edition.entry.seq,
            "size": checkpoint.size,
            "hashes": translog.proof(edition.entry, checkpoint),
        },
        "checkpoint": checkpoint.note,
        "key": translog.keys(),
    }


def document_bytes(edition: Edition, at: datetime) -> bytes:
    """The document as it is downloaded and mirrored: RFC 8785, UTF-8."""
    return translog.canonical(document(edition, at))


def proof_text(edition: Edition) -> str:
    """Checkpoint and inclusion proof of a published edition, for people to keep on paper or in a file. Unsigned before."""
    entry = edition.entry
    checkpoint = translog.covering(entry) if entry else None
    if entry is None or checkpoint is None:
        raise Unsigned(edition.code)
    proof = "\n".join(translog.proof(entry, checkpoint))
    return (
        f"edition {edition.code}\nentry {entry.seq} of {checkpoint.size}\nleaf {entry.leaf_hash}\n\n"
        f"proof\n{proof}\n\ncheckpoint\n{checkpoint.note}\nkeys\n{translog.keys()}\n"
    )


def _in_order(edition: Edition) -> list[Listing]:
    rows = edition.listings.published().order_by("place").select_related("identity")
    return list(rows.prefetch_related("amendments__entry", "amendments__lifted_entry"))


def _public(listing: Listing, at: datetime) -> dict[str, Any]:
    record: dict[str, Any] = {"finding": listing.finding, "finding_salt": listing.finding_salt}
    if identity := listing.named(at):
        record |= {"identity": identity.record, "identity_salt": identity.salt}
    if amended := amendments(listing):
        record["amendments"] = amended
    return record


# ── what was amended ────────────────────────────────────────────────────────────────────────────────────────


def reason_hash(document_number: str, reason: str) -> str:
    """Of an amendment's words, as its leaf holds it: they themselves stand beside the leaf."""
    said = {"document_number": document_number, "reason": reason}
    return hashlib.sha256(translog.canonical(said)).hexdigest()


def amendment_leaf(
    listing: Listing, kind: str, *, by: Any, document_number: str, reason: str, at: datetime
) -> dict[str, Any]:
    """What is logged of an amendment; `kind` is the model's, or "lifted" for the end of a stay."""
    return {
        "kind": "amendment",
        "edition": listing.edition.code,
        "listing": listing.place,
        "amendment": kind,
        "at": moment(at),
        "officer": by.pk,
        "reason_sha256": reason_hash(document_number, reason),
    }


def amendments(listing: Listing) -> list[dict[str, Any]]:
    """What was amended, in the log's order: each with the number of its leaf, and the words that the leaf holds a hash of."""
    told = []
    for one in listing.amendments.all():
        told.append(_told(one.entry, one.kind, one.at, one.reason, one.document_number))
        if one.lifted_entry and one.lifted_at:
            told.append(_told(one.lifted_entry, "lifted", one.lifted_at, one.lifted_why, ""))
    return sorted(told, key=lambda one: one["seq"])


def _told(entry: Any, kind: str, at: datetime, reason: str, document_number: str) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "kind": kind,
        "at": moment(at),
        "reason": reason,
        "document_number": document_number,
    }
