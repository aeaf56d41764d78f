"""Kitchens that were here before are found by pinyin too."""

from django.db import migrations

from sunkitchen.registry.establishments.spelling import spelled


def spell(apps, schema_editor):
    kitchens = apps.get_model("registry", "Establishment").objects
    for row in kitchens.filter(found_by="").only("signboard", "operator_name", "address").iterator():
        kitchens.filter(pk=row.pk).update(found_by=spelled(f"{row.signboard} {row.operator_name} {row.address}"))


class Migration(migrations.Migration):

    dependencies = [("registry", "0002_breadth")]

    operations = [migrations.RunPython(spell, migrations.RunPython.noop)]
