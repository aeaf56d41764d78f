"""Draw again 双随机: whether a published draw is what its seed says. One file; needs Python ≥ 3.11 and nothing else.

    python redraw.py DRAW.json [--log FOLDER-or-URL]     a file, or an address

Before a draw, the pool (kitchens with weights, inspectors by enforcement number, conflicts of interest) and the hash of
a secret seed go into a published log. Afterwards the seed is shown, and anybody can draw again. By hand it goes so:
  canonical   JSON with sorted keys, no spaces, UTF-8, integers and strings only (RFC 8785)
  key         SHA-256(seed ‖ public number in UTF-8); the public number is empty where none was named
  number i    HMAC-SHA-256(key, i as 8 bytes, big-endian), i = 0, 1, 2 …, read as an integer below 2^256
  below(n)    the next number that is less than 2^256 - 2^256 mod n, modulo n: so none is likelier than another
  kitchens    r = below(sum of the weights left); going through those left by code, the one where the running sum of
              weights first exceeds r; then again without it, until there are enough
  inspectors  for each kitchen in that order, twice: of those without a conflict (and not taken for it), by number, the
              ones with the fewest kitchens so far; one of them by below(how many), also when it is one alone
With --log, the two entries are compared with the log's own (entries/000012.json). Exit status: 0 all holds, 1 something
was changed, 2 there is nothing to draw again.
"""

import argparse
import hashlib
import hmac
import itertools
import json
import sys
import urllib.request
from bisect import bisect_right
from pathlib import Path

FORMAT = "sunkitchen-draw/1"
ALWAYS = {"format", "pool", "committed", "committed_hash"}
DRAWN = {"drawn", "drawn_hash"}
SHOWN = {"outcome"}


class Changed(Exception):
    """A check does not hold; the message says which."""


class Unusable(Exception):
    """Nothing here can be drawn again."""


def canonical(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def numbers(key: bytes):
    for i in itertools.count():
        yield int.from_bytes(hmac.digest(key, i.to_bytes(8, "big"), "sha256"), "big")


def below(n: int, stream) -> int:
    limit = 2**256 - 2**256 % n
    return next(number for number in stream if number < limit) % n


def draw(pool: dict, count: int, seed: str, beacon: str = "") -> list[list[str]]:
    """[[kitchen's code, inspector's number, second's number], …] in the order drawn. `seed` is hex."""
    stream = numbers(hashlib.sha256(bytes.fromhex(seed) + beacon.encode()).digest())
    left = sorted((kitchen["code"], kitchen["weight"]) for kitchen in pool["kitchens"])
    if not 0 < count <= len(left):
        raise ValueError("More kitchens are to be drawn than there are.")
    load = dict.fromkeys(sorted(pool["inspectors"]), 0)
    conflicts = {(number, code) for number, code in pool["conflicts"]}
    drawn = []
    for _ in range(count):
        sums = list(itertools.accumulate(weight for _code, weight in left))
        code, _weight = left.pop(bisect_right(sums, below(sums[-1], stream)))
        pair: list[str] = []
        for _ in range(2):
            free = [number for number in load if (number, code) not in conflicts and number not in pair]
            least = min(load[number] for number in free)
            fewest = [number for number in free if load[number] == least]
            pair.append(fewest[below(len(fewest), stream)])
        for number in pair:
            load[number] += 1
        drawn.append([code, *pair])
    return drawn


def insist(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Changed(otherwise)


def check(raw: bytes, entry_of=None) -> str:
    """What the document says, in a sentence, once everything in it holds. Changed or Unusable otherwise."""
    document = json.loads(raw)
    insist(canonical(document) == raw, "its bytes are not the canonical ones")
    insist(document["format"] == FORMAT, "its format is not known")
    keys, committed, pool = set(document), document["committed"], document["pool"]
    insist(keys in (ALWAYS, ALWAYS | DRAWN, ALWAYS | DRAWN | SHOWN), "it has parts too many or too few")
    for name, kind in (("committed", "draw.committed"), ("drawn", "draw.drawn")):
        if name in document:
            leaf = canonical(document[name])
            insist(document[name]["kind"] == kind, f"the entry '{name}' is of another kind")
            insist(document[f"{name}_hash"] == sha256(b"\x00" + leaf), f"the entry '{name}' is not what its hash says")
            insist(not entry_of or entry_of(document[name]["seq"]) == leaf, f"the log has another entry '{name}'")
    insist(sha256(canonical(pool)) == committed["pool_sha256"], "the pool is not the one that was committed to")
    if not keys >= SHOWN:
        raise Unusable(f"Draw {committed['draw']}: the seed is not shown yet. So far everything holds.")
    drawn, outcome = document["drawn"], document["outcome"]
    insist(drawn["draw"] == committed["draw"] and drawn["committed"] == committed["seq"], "the entries do not match")
    insist(drawn["seq"] > committed["seq"], "it was drawn before it was committed to")
    insist(sha256(canonical(outcome)) == drawn["outcome_sha256"], "the outcome is not the one that was drawn")
    seed, beacon = outcome["seed"], outcome["beacon_value"]
    insist(sha256(bytes.fromhex(seed)) == committed["commitment"], "the seed is not the one that was committed to")
    insist(bool(beacon) == bool(committed["beacon"]), "a public number was named and not used, or used and not named")
    again = draw(pool, committed["kitchens"], seed, beacon)
    insist(again == outcome["assignments"], "drawn again, it comes out differently")
    mixed = f"with the public number {beacon}" if beacon else "without a public number: the office chose the seed alone"
    return (
        f"Draw {committed['draw']}: {len(again)} of {len(pool['kitchens'])} kitchens, drawn again, the same; {mixed}."
    )


def read(where: str) -> bytes:
    if where.startswith(("http://", "https://")):
        with urllib.request.urlopen(where, timeout=30) as answer:
            return answer.read()
    return Path(where).read_bytes()


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="redraw", description="Draw again, and compare. See the head of this file.")
    parser.add_argument("draw", help="a draw's .json: a file or an address")
    parser.add_argument("--log", help="a copy of the log, or its address (…/log/files)")
    given = parser.parse_args(words)
    try:
        raw = read(given.draw)
        entry_of = (lambda seq: read(f"{given.log.rstrip('/')}/entries/{seq:06}.json")) if given.log else None
        print(check(raw, entry_of))
    except (OSError, Unusable) as reason:
        print(reason, file=sys.stderr)
        return 2
    except Changed as reason:
        print(f"CHANGED: {reason}.", file=sys.stderr)
        return 1
    except Exception as error:  # whatever else is wrong with it: it is not what was published
        print(f"CHANGED: it is no draw as they are published ({type(error).__name__}).", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
