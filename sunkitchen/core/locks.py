"""One at a time: what two transactions must not do together, although no row stands for it."""

import hashlib

from django.db import connection, transaction


def hold(name: str) -> None:
    """From here to the end of the transaction nobody else holds `name`; waits for whoever does.

    SQLite's transactions begin IMMEDIATE, which is that already; PostgreSQL takes an advisory lock. Holding twice in
    one transaction is allowed. TransactionManagementError outside of a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{name} is held to the end of a transaction; there is none.")
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
