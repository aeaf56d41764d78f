from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "sunkitchen.core"
    label = "core"

    def ready(self) -> None:
        from . import appendonly, checks  # noqa: F401 - registers them

        # Each app's own post_migrate: a table rebuild on SQLite drops its triggers in silence.
        post_migrate.connect(appendonly.install_for_app, dispatch_uid="core.appendonly")
