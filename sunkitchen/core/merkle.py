"""RFC 6962 Merkle tree: hashes, roots, inclusion proofs (which `verify` checks). Pure; all hashes are 32 bytes of SHA-256."""

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """MTH of the leaf hashes (RFC 6962, 2.1); of none it is SHA-256 of nothing."""
    return Tree(leaves).root(len(leaves))


def inclusion(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index` in the tree of all `leaves` (2.1.1). IndexError outside of it."""
    return Tree(leaves).inclusion(index, len(leaves))


class Tree:
    """A log's leaf hashes with the hash of every full subtree above them: root and path of any size, in O(log² n)."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        below = list(leaves)
        self.size = len(below)
        self._floors = [below]  # floor h: the full subtrees of 2^h leaves, from the left
        while len(below) > 1:
            below = [node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)]
            self._floors.append(below)

    def root(self, size: int) -> bytes:
        """MTH of the first `size` leaves. IndexError when there are not so many."""
        if not 0 <= size <= self.size:
            raise IndexError(size)
        return self._hash(0, size) if size else hashlib.sha256(b"").digest()

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of leaf `index` in the tree of the first `size` leaves, from the leaf up."""
        if not 0 <= index < size <= self.size:
            raise IndexError(index)
        path, start, end = list[bytes](), 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        return path[::-1]

    def _hash(self, start: int, end: int) -> bytes:
        """Of leaves `start` to `end`, a range that RFC 6962's own splitting leads to: a full one is known already."""
        count = end - start
        if count & (count - 1) == 0:
            return self._floors[count.bit_length() - 1][start // count]
        middle = start + _split(count)
        return node_hash(self._hash(start, middle), self._hash(middle, end))


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
