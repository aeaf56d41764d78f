from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"
    label = "streams"

    def ready(self):
        from . import checks  # noqa: F401 - registers itself
