"""Tell a worker that there is something to do. Rows are the queue: a wake-up that is lost costs seconds, never work."""

import logging

from celery import current_app

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds for a connection: somebody's upload waits meanwhile


def wake(task: str) -> bool:
    """Have a worker run the task now. False, soon and quietly, where no broker takes it: the beat finds the rows.

    With a connection of its own: one from Celery's pool tries to reach a broker that is gone for ever, whatever
    `retry` says, and the page that called would never answer.
    """
    once = {"max_retries": 0, "socket_connect_timeout": PATIENCE}
    try:
        with current_app.connection_for_write(connect_timeout=PATIENCE, transport_options=once) as connection:
            current_app.send_task(task, connection=connection, retry=False)
    except Exception as error:
        log.warning("No broker took the wake-up of %s (%s); the beat will find it.", task, type(error).__name__)
        return False
    return True
