"""Every address. Each room lists its own; the permission test walks the result, and an unlisted route fails it."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("", include("sunkitchen.operate.urls")),
    path("", include("sunkitchen.registry.suppliers.api_urls")),
    *i18n_patterns(
        path("", include("sunkitchen.public.urls")),
        path("", include("sunkitchen.accounts.urls")),
        path("", include("sunkitchen.desks.urls")),
        path("", include("sunkitchen.registry.urls")),
        path("", include("streams.urls")),
        path("", include("ratings.urls")),
        prefix_default_language=False,
    ),
]
