from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sunkitchen.registry"
    label = "registry"

    def ready(self):
        from sunkitchen.core import access

        from .memberships.grants import of_memberships

        access.register_source(of_memberships)
