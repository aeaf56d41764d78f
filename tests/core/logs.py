"""A whole published log made by pure functions: editions with their documents, amendments, keys one after another."""

import hashlib
import json
from pathlib import Path

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sunkitchen.core import logkeys, merkle, translog, verify

HERE, THERE = "hailan/2026-1", "beian/2026-1"
ORIGIN = "example.org/log"


def private(letter):
    return Ed25519PrivateKey.from_private_bytes(letter.encode() * 32)


def key_of(letter):
    return logkeys.as_text(private(letter), ORIGIN)


def salted(salt, record):
    return hashlib.sha256(bytes.fromhex(salt) + rfc8785.dumps(record)).hexdigest()


def finding(number, place):
    """As long as a real one."""
    return {
        "colour": "black",
        "rule": "B1",
        "rule_version": "2026-3",
        "reason": f"第 {number} 期第 {place} 家：监督检查两项关键项不合格，限期改正。",
        "facts": {"permit": "in_force", "inspection": "fails", "grade": "C", "inspection_id": number, "cameras": place},
        "evidence": [number, place],
        "term_until": "2027-02-21",
        "clause": "第三条第（一）项",
        "zh": "监督检查结果为不符合",
        "en": "An inspection did not conform",
        "basis": "《食品安全法》第一百一十三条",
        "rules_document": "海市监规〔2026〕3 号",
        "binding": 1,
        "document_number": f"海市监检〔2026〕{number} 号",
        "noticed_at": "2026-11-16T10:00:00+08:00",
        "served_on": "2026-11-16",
        "service": "direct",
        "window_until": "2026-11-23",
        "objections": [],
    }


class Log:
    """Grows in memory; `write` puts the mirror of it into a folder."""

    def __init__(self, key="k"):
        self.key = private(key)
        self.keys = logkeys.as_text(self.key, ORIGIN)  # as the mirror holds them, without the last newline
        self.leaves, self.hashes, self.notes, self.listings = [], [], {}, {}

    def append(self, leaf):
        leaf = {**leaf, "seq": len(self.leaves), "previous": self.hashes[-1].hex() if self.hashes else "0" * 64}
        self.leaves.append(rfc8785.dumps(leaf))
        self.hashes.append(merkle.leaf_hash(self.leaves[-1]))
        return leaf

    def edition(self, code="hailan/2026-1", count=2):
        number = len(self.leaves)
        shown = [
            {
                "identity": {
                    "address": "海都路 12 号",
                    "code": f"k{place}",
                    "legal_name": "海澜餐饮店",
                    "signboard": f"楼{place}",
                },
                "identity_salt": hashlib.sha256(f"i{number}.{place}".encode()).hexdigest(),
                "finding": finding(number, place),
                "finding_salt": hashlib.sha256(f"f{number}.{place}".encode()).hexdigest(),
            }
            for place in range(count)
        ]
        hashed = [{part: salted(one[f"{part}_salt"], one[part]) for part in ("identity", "finding")} for one in shown]
        self.append({"kind": "edition", "code": code, "listings": hashed})
        self.listings[code] = (number, shown)
        return self

    def amend(self, code="hailan/2026-1", place=0, kind="correction", reason="更正法律依据。", **other):
        stated = {"document_number": "海市监更〔2026〕1 号", "reason": reason}
        leaf = {
            "kind": "amendment",
            "edition": code,
            "listing": place,
            "amendment": kind,
            "at": "2026-12-01T09:00:00+08:00",
            "officer": 7,
            "reason_sha256": hashlib.sha256(rfc8785.dumps(stated)).hexdigest(),
        }
        seq = self.append({**leaf, **other})["seq"]
        self.listings[code][1][place].setdefault("amendments", []).append(
            {"seq": seq, "kind": kind, "at": leaf["at"], **stated}
        )
        return self

    def sign(self, key=None):
        size = len(self.hashes)
        self.notes[size] = translog.note(key or self.key, ORIGIN, size, merkle.root(self.hashes))
        return self

    def rotate(self, letter):
        new = private(letter)
        statement = logkeys.statement(ORIGIN, max(self.notes), self.key, new)
        self.keys += "\n\n" + statement.rstrip("\n")
        self.key = new
        return self

    def document(self, code="hailan/2026-1", tree=None):
        index, shown = self.listings[code]
        size = min(size for size in self.notes if size > index)
        path = (tree or merkle.Tree(self.hashes)).inclusion(index, size)
        return {
            "format": verify.FORMAT,
            "edition": json.loads(self.leaves[index]),
            "listings": shown,
            "proof": {"index": index, "size": size, "hashes": [step.hex() for step in path]},
            "checkpoint": self.notes[size],
            "key": self.keys,
        }

    def write(self, folder: Path):
        tree = merkle.Tree(self.hashes)
        files = {f"entries/{seq:06}.json": leaf for seq, leaf in enumerate(self.leaves)}
        files |= {f"checkpoints/{size:06}": note.encode() for size, note in self.notes.items()}
        files["checkpoints/index"] = "".join(f"{size:06}\n" for size in sorted(self.notes)).encode()
        files |= {f"editions/{code}.json": rfc8785.dumps(self.document(code, tree)) for code in self.listings}
        files |= {"keys": f"{self.keys}\n".encode(), "checkpoint": self.notes[max(self.notes)].encode()}
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder


def made():
    """Two authorities' editions, an amendment, a draw of another room, a checkpoint after each, the key changed once."""
    log = Log().edition(HERE, count=3).sign().edition(THERE, count=2).sign()
    log.append({"kind": "draw.committed", "draw": 1})
    log.sign().amend(HERE, place=1).sign().rotate("n")
    log.edition("hailan/2026-2", count=2).sign().amend(HERE, place=1, kind="stay").amend(THERE, kind="removal").sign()
    return log


def status(place, *arguments):
    try:
        return verify.main([*map(str, arguments), str(place)])
    except SystemExit as error:
        return error.code
