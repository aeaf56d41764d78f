"""The red and black lists' face: every edition, and how to prove that none was changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..answers import shared


@shared(seconds=60)
def editions(request: HttpRequest) -> HttpResponse:
    return render(request, "public/lists/editions.html")


@shared(seconds=60)
def log(request: HttpRequest) -> HttpResponse:
    return render(request, "public/lists/log.html")


@shared(seconds=60)
def log_file(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "public/lists/log.html")
