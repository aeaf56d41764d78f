from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sunkitchen.registry"
    label = "registry"

    def ready(self):
        from sunkitchen.core import access

        from .memberships.grants import of_memberships
        from .readings import checks  # noqa: F401 - registers them
        from .requirements import checks  # noqa: F401  registers itself
        from .staff import table as staff
        from .tables import sorts

        access.register_source(of_memberships)
        sorts.register(staff.SORT)
