"""Who listens to a feed in tests."""

import asyncio


class Listener:
    """Remembers what a feed tells."""

    def __init__(self):
        self.inits, self.parts, self.end, self.changed = [], [], None, asyncio.Event()

    def on_init(self, code, epoch, init):
        self.inits.append(init)

    def on_part(self, code, epoch, part, captured_ms):
        self.parts.append(part)
        self.changed.set()

    def on_end(self, code, epoch, why, lines):
        self.end = why, lines
        self.changed.set()

    async def until(self, condition, seconds=30):
        async with asyncio.timeout(seconds):
            while not condition(self):
                self.changed.clear()
                await self.changed.wait()
