import os
import sqlite3
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, models, transaction

from sunkitchen.core import appendonly, audit
from sunkitchen.core.models import AuditEntry

GUARDED = [model._meta.db_table for model in appendonly.guarded_models()]


@pytest.fixture
def entry(li, restaurant):
    return audit.record(li, "kitchen.opened", restaurant)


def refused(sql, *values):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_raw_updates_and_deletes_are_refused_by_the_database(entry):
    refused("UPDATE core_auditentry SET verb = 'nothing.happened' WHERE id = %s", entry.pk)
    refused("DELETE FROM core_auditentry WHERE id = %s", entry.pk)
    refused("DELETE FROM core_auditentry")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    assert AuditEntry.objects.get(pk=entry.pk).verb == "kitchen.opened"


def test_replacing_a_row_is_refused_as_well(entry):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own way around triggers")
    columns = [field.column for field in AuditEntry._meta.fields]
    values = ", ".join("'nothing.happened'" if column == "verb" else column for column in columns)
    refused(
        f"INSERT OR REPLACE INTO core_auditentry ({', '.join(columns)}) "
        f"SELECT {values} FROM core_auditentry WHERE id = %s",
        entry.pk,
    )


def test_the_guarded_tables_are_the_ones_we_promise():
    assert {"core_auditentry", "core_logentry", "core_checkpoint", "streams_cameraevent"} <= set(GUARDED)


@pytest.mark.django_db
def test_every_guarded_table_is_guarded_after_migrating():
    assert appendonly.missing() == []


def drop(table, verb):
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else f" ON {table}"
        cursor.execute(f"DROP TRIGGER {appendonly.PREFIX}{table}_{verb}{on}")


@pytest.mark.django_db
@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_dropped_trigger_is_missed_and_installed_again(table, verb):
    drop(table, verb)
    assert appendonly.missing() == [table]
    appendonly.install()
    assert appendonly.missing() == []


postgres_alone = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own ways")


@postgres_alone
def test_emptying_a_table_is_refused_by_truncate_and_by_flush(entry):
    connection.check_constraints()  # as a commit would: nothing is pending any more
    refused("TRUNCATE core_auditentry")
    refused("TRUNCATE accounts_user CASCADE")
    with pytest.raises(CommandError, match="couldn't be flushed") as caught:
        call_command("flush", interactive=False, verbosity=0)
    assert "append-only" in str(caught.value.__cause__)
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


@postgres_alone
@pytest.mark.django_db
@pytest.mark.parametrize(
    "disarm",
    [
        "DROP TRIGGER appendonly_core_logentry_truncate ON core_logentry",
        "ALTER TABLE core_logentry DISABLE TRIGGER appendonly_core_logentry_update",
        "ALTER TABLE core_logentry ENABLE REPLICA TRIGGER appendonly_core_logentry_delete",
        "ALTER TRIGGER appendonly_core_logentry_update ON core_logentry RENAME TO something_else",
    ],
)
def test_a_guard_that_does_not_fire_is_missed(disarm):
    with connection.cursor() as cursor:
        cursor.execute(disarm)
    assert appendonly.missing() == ["core_logentry"]


@postgres_alone
@pytest.mark.django_db
def test_a_guard_that_was_taught_to_look_away_is_missed():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION appendonly_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        )
    assert set(appendonly.missing()) == set(GUARDED)
    appendonly.install()
    assert appendonly.missing() == []


@pytest.mark.django_db
def test_a_check_stops_the_start_while_a_trigger_is_gone():
    call_command("check", databases=["default"], stderr=StringIO(), stdout=StringIO())
    drop("core_auditentry", "delete")
    with pytest.raises(SystemCheckError, match=r"(?s)sunkitchen\.E001.*core_auditentry"):
        call_command("check", databases=["default"], stderr=StringIO(), stdout=StringIO())


@pytest.fixture
def rebuilt(transactional_db):
    """SQLite alters a column by making the table anew, and drops its triggers in silence."""
    before = AuditEntry._meta.get_field("verb")
    after = models.CharField(max_length=80)
    after.set_attributes_from_name("verb")
    after.model = AuditEntry
    with connection.schema_editor() as editor:
        editor.alter_field(AuditEntry, before, after)
    yield
    with connection.schema_editor() as editor:
        editor.alter_field(AuditEntry, after, before)
    appendonly.install()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite rebuilds tables")
def test_triggers_lost_to_a_table_rebuild_come_back_with_migrate(rebuilt):
    assert appendonly.missing() == ["core_auditentry"]
    call_command("migrate", verbosity=0, skip_checks=True)
    assert appendonly.missing() == []


@pytest.mark.django_db(transaction=True)
def test_lifting_ends_with_its_block_even_after_an_error():
    with pytest.raises(RuntimeError), appendonly.lifted():
        assert set(appendonly.missing()) == set(GUARDED)
        raise RuntimeError
    assert appendonly.missing() == []


def test_an_installation_does_not_start_after_somebody_removed_a_guard(tmp_path):
    def set_up():
        code = "from sunkitchen import serve; serve.set_up()"
        env = {**os.environ, "SUNKITCHEN_VAR": str(tmp_path), "DATABASE_URL": ""}
        return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)

    assert set_up().returncode == 0, "a fresh one starts"
    with sqlite3.connect(tmp_path / "sunkitchen.sqlite3") as database:
        database.execute("DROP TRIGGER appendonly_core_logentry_update")
    again = set_up()
    assert again.returncode != 0
    assert "core_logentry (default) must be append-only" in again.stderr
