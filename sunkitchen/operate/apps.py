from django.apps import AppConfig


class OperateConfig(AppConfig):
    name = "sunkitchen.operate"
    label = "operate"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
