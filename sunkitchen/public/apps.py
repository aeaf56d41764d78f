from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "sunkitchen.public"
    label = "public"
