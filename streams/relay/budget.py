"""How many conversions a node makes at once: each takes a good part of a core. Past it none begins."""

import asyncio
from collections.abc import Callable

GiveWay = Callable[[], None]


class NoRoom(Exception):
    """The node converts as much as it may."""


class Budget:
    """`most` conversions at once; `used` of them run. One loop, no lock, no queue: who is refused asks again later.

    A picture that cannot be shown at all unless it is converted comes before one that is converted for some viewers
    only: those are asked to give way.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0
        self._freed = asyncio.Event()
        self._yielding: list[GiveWay] = []

    async def take(self, patience: float = 0.0, give_way: GiveWay | None = None) -> None:
        """Room for one, to be given back. NoRoom after `patience` seconds: a child that is ending may leave some.

        `give_way()`: called when somebody without one needs the room; it is then to be given back soon.
        """
        if self.used >= self.most and give_way is None and self._yielding:
            self._yielding.pop()()
        try:
            async with asyncio.timeout(patience if self.most else 0):
                while self.used >= self.most:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise NoRoom from None
        self.used += 1
        if give_way:
            self._yielding.append(give_way)

    def give_back(self, give_way: GiveWay | None = None) -> None:
        if give_way in self._yielding:
            self._yielding.remove(give_way)
        self.used -= 1
        self._freed.set()
