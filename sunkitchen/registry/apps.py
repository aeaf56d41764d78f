from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sunkitchen.registry"
    label = "registry"

    def ready(self):
        from sunkitchen.core import access

        from .memberships.grants import of_memberships
        from .readings import checks as of_readings  # noqa: F401  registers itself
        from .requirements import checks  # noqa: F401  registers itself
        from .staff import table as staff
        from .suppliers import table as deliveries
        from .tables import sorts

        access.register_source(of_memberships)
        sorts.register(staff.SORT)
        sorts.register(deliveries.SORT)
