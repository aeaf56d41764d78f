"""The prober as the daemon has it: its rows, its cameras, its decoders."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from .budget import Budget
from .camera_proxy import CameraProxy
from .config import Config
from .feeds import Listener, PullFeed
from .probe import Prober
from .rows import Rows
from .sights import Sights


def prober(
    config: Config,
    rows: Rows,
    sights: Sights,
    budget: Budget,
    *,
    leased: Callable[[str], AbstractAsyncContextManager[bool]],
    keep: Callable[[PullFeed], None],
    is_busy: Callable[[str], bool],
) -> Prober:
    """`keep` hears of each feed: the supervisor takes it for a child that is leaving, and starts none beside it."""

    async def feed(code: str, listener: Listener) -> PullFeed | None:
        """Masked as every other. None where nobody may look now. DatabaseError."""
        wish = (await rows.wishes(_now(), {code})).get(code)
        if wish is None or wish.push or wish.off:
            return None
        proxy = CameraProxy(rows.url(code), config.policy)
        made = PullFeed(code, 0, listener, config.binary, proxy, budget, wish.masks)
        keep(made)
        return made

    return Prober(
        due=lambda at: rows.due_probes(at, config.probe_seconds),
        leased=leased,
        feed=feed,
        look=sights.once,
        note=rows.note_probe,
        is_busy=is_busy,
        now=_now,
        start_seconds=config.start_seconds,
    )


def _now() -> datetime:
    return datetime.now(UTC)
