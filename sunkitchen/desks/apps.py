from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "sunkitchen.desks"
    label = "desks"
