from celery import shared_task
from django.utils import timezone

from sunkitchen.core import waking

from . import actions


@shared_task(name="registry.read_registers")
def read_registers():
    actions.sweep(timezone.now())


@shared_task(name="registry.sweep_register_files")
def sweep_register_files():
    actions.sweep_files(timezone.now())


def wake():
    """Have it read now; without a broker the beat finds it within its minute."""
    waking.wake(read_registers.name)
