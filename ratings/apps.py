from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "ratings"
    label = "ratings"

    def ready(self) -> None:
        from sunkitchen.registry.handovers import actions as handovers

        from . import handing_over

        handovers.when_taken(handing_over.follow)
