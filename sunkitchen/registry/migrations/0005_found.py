"""What was entered before is found by a recall; on PostgreSQL a name is found in spite of a typing error."""

from django.db import DatabaseError, migrations, transaction

from sunkitchen.registry.suppliers import tracing

BATCH = 5000


def trace(apps, schema_editor):
    for name, fields, compared in (
        ("Supplier", ("name", "looked_for"), tracing.supplier),
        ("Supplier", ("permit", "permit_sought"), tracing.permit),
        ("DeliveryLine", ("batch", "traced"), tracing.batch),
        ("DeliveryLine", ("product", "sought"), tracing.product),
    ):
        rows = apps.get_model("registry", name).objects
        told, kept = fields
        waiting = []
        for row in rows.filter(**{kept: ""}).exclude(**{told: ""}).only(*fields).iterator(BATCH):
            setattr(row, kept, compared(getattr(row, told)))
            waiting.append(row)
            if len(waiting) == BATCH:
                rows.bulk_update(waiting, [kept])
                waiting = []
        rows.bulk_update(waiting, [kept])


def trigrams(apps, schema_editor):
    """The extension is trusted since PostgreSQL 13: the database's owner may create it. Where that is forbidden, a
    search finds what is typed as it is written, as on SQLite."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                "CREATE INDEX IF NOT EXISTS kitchens_by_trigrams ON registry_establishment "
                "USING gin (found_by gin_trgm_ops)"
            )
    except DatabaseError:
        return


class Migration(migrations.Migration):

    dependencies = [("registry", "0004_papers")]

    operations = [
        migrations.RunPython(trace, migrations.RunPython.noop),
        migrations.RunPython(trigrams, migrations.RunPython.noop),
    ]
