from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"
    label = "streams"

    def ready(self):
        from sunkitchen.registry.staff import scans

        from . import checks  # noqa: F401 - registers itself
        from .videochecks.forgetting import forget_stills

        scans.also(forget_stills)
