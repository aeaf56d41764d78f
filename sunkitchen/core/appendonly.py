"""Rows that nobody alters: a model says `append_only`, the database refuses.

`append_only = True` guards every row from its first moment; a string is an SQL condition on OLD, the moment after
which a row is closed (`append_only = "OLD.published_at IS NOT NULL"`). Triggers are installed after every migrate.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction

PREFIX = "appendonly_"
REFUSE = " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END "  # PostgreSQL: every trigger's function


def guarded_models(app_label: str | None = None) -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if getattr(model, "append_only", False) and app_label in (None, model._meta.app_label)
    ]


def _statements(model: type[models.Model], vendor: str) -> list[str]:
    table = model._meta.db_table
    when = "" if model.append_only is True else f"WHEN ({model.append_only})"  # type: ignore[attr-defined]
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {PREFIX}{table}_{verb} BEFORE {verb} ON {table} FOR EACH ROW {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {PREFIX}refuse() RETURNS trigger LANGUAGE plpgsql AS $${REFUSE}$$",
        *(
            f"CREATE TRIGGER {PREFIX}{table}_{verb} BEFORE {verb} ON {table} FOR EACH ROW {when} "
            f"EXECUTE FUNCTION {PREFIX}refuse()"
            for verb in ("update", "delete")
        ),
        f"CREATE TRIGGER {PREFIX}{table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {PREFIX}refuse()",
    ]


def _drop(cursor: Any, model: type[models.Model], vendor: str) -> None:
    table = model._meta.db_table
    for verb in ("update", "delete", "truncate"):
        on = "" if vendor == "sqlite" else f" ON {table}"
        cursor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}{table}_{verb}{on}")


def install(using: str = "default", app_label: str | None = None) -> None:
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for model in guarded_models(app_label):
            if model._meta.db_table not in present:
                continue  # a migration of its own has yet to come
            _drop(cursor, model, connection.vendor)
            for statement in _statements(model, connection.vendor):
                cursor.execute(statement)


def install_for_app(sender: Any, using: str, **kwargs: Any) -> None:
    install(using, sender.label)


def missing(using: str = "default") -> list[str]:
    """Tables that should refuse changes and would not. Asked at start and before anything is signed."""
    connection = connections[using]
    verbs = ("update", "delete") if connection.vendor == "sqlite" else ("update", "delete", "truncate")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        else:
            # One that is disabled, fires for replicas alone, or whose function was made to let pass guards nothing.
            cursor.execute(
                "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgenabled IN ('O', 'A') AND prosrc = %s",
                [REFUSE],
            )
        have = set(cursor.fetchall())
    tables = [model._meta.db_table for model in guarded_models()]
    return [t for t in tables if not {(t, f"{PREFIX}{t}_{verb}") for verb in verbs} <= have]


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """For a test's flush alone: the guards away, and back again."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in guarded_models():
            _drop(cursor, model, connection.vendor)
    try:
        yield
    finally:
        install(using)
