"""The product's addresses and one more: a view that does nothing, behind the same middleware. For benches alone."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.urls import path

from sunkitchen import urls


def empty(request):
    return HttpResponse("")


urlpatterns = i18n_patterns(path("empty/", empty), prefix_default_language=False) + urls.urlpatterns
