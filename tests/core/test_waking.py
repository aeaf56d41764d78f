"""A worker is woken, or nobody is; whoever wakes it goes on either way."""

import logging

import pytest
from celery import Celery

from sunkitchen.core import waking


@pytest.fixture
def app(monkeypatch):
    def with_broker(url):
        app = Celery("test", broker=url, set_as_current=False)
        monkeypatch.setattr(waking, "current_app", app)
        return app

    return with_broker


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://guest@127.0.0.1:1//"])
def test_a_broker_that_is_gone_keeps_nobody_waiting(app, url, caplog):
    """Left to itself Celery tries for ever, and this test would not end."""
    app(url)
    with caplog.at_level(logging.WARNING):
        assert waking.wake("registry.read_papers") is False
    assert "registry.read_papers" in caplog.text and "guest" not in caplog.text


def test_the_task_reaches_the_queue(app):
    broker = app("memory://")
    assert waking.wake("registry.read_papers") is True
    with broker.connection_for_read() as connection:
        message = connection.default_channel.basic_get("celery")
    assert message.headers["task"] == "registry.read_papers"
