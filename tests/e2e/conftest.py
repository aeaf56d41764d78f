"""The story is told twice: on `serve` as `make run` starts it, and on what deploy/ starts, through nginx."""

import pytest

from tests.real import servers
from tests.real.components import lasting, some_free_port
from tests.real.deployed import Deployed
from tests.real.site import Site


@pytest.fixture(scope="module")
def site(site_env, site_words, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    chosen = Deployed(folder, site_env) if servers.WANTED else Site(folder, some_free_port(), site_env)
    with lasting(chosen, *site_words) as running:
        yield running
