import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunkitchen.settings")

from sunkitchen import celery  # noqa: F401 - tasks called from a page find their broker

application = get_wsgi_application()
