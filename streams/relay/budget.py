"""How many conversions a node makes at once: each takes a good part of a core. Past it none begins."""

import asyncio


class NoRoom(Exception):
    """The node converts as much as it may."""


class Budget:
    """`most` conversions at once; `used` of them run. One loop, no lock, no queue: who is refused asks again later."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0
        self._freed = asyncio.Event()

    async def take(self, patience: float = 0.0) -> None:
        """Room for one, to be given back. NoRoom after `patience` seconds: a child that is ending may leave some."""
        try:
            async with asyncio.timeout(patience if self.most else 0):
                while self.used >= self.most:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise NoRoom from None
        self.used += 1

    def give_back(self) -> None:
        self.used -= 1
        self._freed.set()
