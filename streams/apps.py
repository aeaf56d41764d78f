from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"
    label = "streams"

    def ready(self):
        from sunkitchen.registry.handovers import actions as handovers
        from sunkitchen.registry.staff import scans

        from . import checks, handing_over  # noqa: F401 - checks registers itself
        from .videochecks.forgetting import forget_stills

        scans.also(forget_stills)
        handovers.when_taken(handing_over.follow)
