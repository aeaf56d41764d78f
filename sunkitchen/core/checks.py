"""What must be true of the database before anybody relies on it: `python -m sunkitchen check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from . import appendonly


@register(Tags.database)
def append_only_tables_are_guarded(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """E001 for each table that should refuse changes and would not; silent while migrations are still to come."""
    return [
        Error(
            f"{table} ({alias}) must be append-only, but its triggers are gone.",
            hint="Find out who dropped them. `python -m sunkitchen migrate` puts them back.",
            id="sunkitchen.E001",
        )
        for alias in databases or []
        if _migrated(alias)
        for table in appendonly.missing(alias)
    ]


def _migrated(alias: str) -> bool:
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
