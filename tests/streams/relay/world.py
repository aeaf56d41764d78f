"""A supervisor with clocks and chance in a test's hands, and feeds that only remember that they were stopped."""

from datetime import UTC, datetime, timedelta

from streams.relay.supervisor import Supervisor, Wish

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WANTED = Wish(wanted=True, mark="a")
WATCHED = Wish(wanted=True, watched=True, mark="a")
PUSH = Wish(push=True, mark="a")
PUSH_WANTED = Wish(push=True, wanted=True, mark="a")


class Feed:
    def __init__(self, code, epoch):
        self.code, self.epoch, self.stopped = code, epoch, False

    def stop(self):
        self.stopped = True


class World:
    """A supervisor with clocks and chance in our hands."""

    def __init__(self, **more):
        self.time, self.chance, self.feeds, self.told = 1000.0, 1.0, [], []
        self.supervisor = Supervisor(
            self.spawn,
            self.told.append,
            monotonic=lambda: self.time,
            now=lambda: NOON + timedelta(seconds=self.time - 1000),
            chance=lambda: self.chance,
            **more,
        )

    def spawn(self, code, epoch):
        self.feeds.append(Feed(code, epoch))
        return self.feeds[-1]

    @property
    def feed(self):
        return self.feeds[-1]

    @property
    def state(self):
        return self.supervisor.state("c")

    @property
    def since(self):
        return self.told[-1].since

    def tick(self, wish=WATCHED, after=0.0):
        self.time += after
        self.supervisor.tick({"c": wish} if wish else {})

    def part(self, key=False, after=0.0, epoch=None):
        self.time += after
        self.supervisor.part("c", epoch or self.feed.epoch, key)

    def live(self, wish=WATCHED):
        self.tick(wish)
        self.part(key=True)
        assert self.state == ("live", "")

    def flow(self, seconds, wish=WATCHED, gop=2):
        for second in range(seconds):
            self.part(key=second % gop == 0, after=1)
            self.tick(wish)

    def push(self, wish=PUSH):
        """A box connects."""
        self.supervisor.connected("c", wish, lambda epoch: self.spawn("c", epoch))

    def fail(self, why="unreachable"):
        self.supervisor.ended("c", self.feed.epoch, why)

    def until_next_feed(self, wish=WATCHED, step=0.1, most=400):
        start, count = self.time, len(self.feeds)
        while len(self.feeds) == count:
            self.tick(wish, after=step)
            assert self.time - start < most, "it never came back"
        return self.time - start
