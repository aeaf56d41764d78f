from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "sunkitchen.accounts"
    label = "accounts"

    def ready(self):
        from sunkitchen.core import access

        from .grants import of_posts

        access.register_source(of_posts)
