"""Run as `python -m bench._kitchen`: makes tables and one kitchen with everything on it; prints what pages cost.

One line of JSON: {"code": …, "queries": {path: number}, "bytes": {path: number}, "cached": queries of a kept page}.
"""

import json
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench._settings"


def counted(paths):
    """Queries and bytes of each page, its caches warm but the page's own."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    queries, sizes = {}, {}
    for path in paths:
        Client().get(path)
        with CaptureQueriesContext(connection) as seen:
            answer = Client().get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        queries[path], sizes[path] = len(seen), len(answer.content)
    return queries, sizes


def main():
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests.public import whole

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    kitchen = whole.kitchen()
    queries, sizes = counted([f"/k/{kitchen.code}/", "/", "/lists/", "/wall/", f"/k/{kitchen.code}/history/"])
    settings.PAGE_CACHE = True
    cached = counted([f"/k/{kitchen.code}/"])[0]
    print(json.dumps({"code": kitchen.code, "queries": queries, "bytes": sizes, "cached": sum(cached.values())}))


if __name__ == "__main__":
    main()
