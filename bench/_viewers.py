"""A thousand clients in one process that costs little: `python -m bench._viewers PORT COUNT [PERIOD]`, then one line.

The line on stdin is JSON, the bytes each client says once it is connected. Without PERIOD each then only reads, as a
viewer does; with one it says them again every PERIOD seconds, as a player that fetches segments over one connection.
Each further line on stdin is answered by one on stdout: how many clients are connected, and the bytes read so far.
"""

import heapq
import json
import random
import selectors
import socket
import sys
import time

AT_ONCE = 50  # connections that are opened before the answers to the first are read
BUFFER = 1 << 20


class Viewers:
    def __init__(self, port: int, count: int, period: float) -> None:
        self.port, self.count, self.period = port, count, period
        self.selector = selectors.EpollSelector()
        self.stdin = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115 — nothing read ahead of the selector
        self.selector.register(self.stdin, selectors.EVENT_READ)
        self.clients: list[socket.socket] = []
        self.due: list[tuple[float, int]] = []
        self.heard = 0
        self.gone = 0
        self.room = bytearray(BUFFER)

    def run(self) -> None:
        self.words = json.loads(self.stdin.readline()).encode("latin-1")
        while True:
            for _ in range(min(AT_ONCE, self.count - len(self.clients))):
                self.join()
            wait = max(0.0, self.due[0][0] - time.monotonic()) if self.due else 0.5
            for key, _events in self.selector.select(min(wait, 0.5)):
                if key.data is None:
                    if not self.stdin.readline():
                        return
                    print(json.dumps([len(self.clients) - self.gone, self.heard]), flush=True)
                else:
                    self.read(key.data)
            self.ask()

    def join(self) -> None:
        client = socket.create_connection(("127.0.0.1", self.port))
        client.sendall(self.words)
        client.setblocking(False)
        self.clients.append(client)
        self.selector.register(client, selectors.EVENT_READ, client)
        if self.period:  # spread evenly, as players that came at different times
            first = time.monotonic() + self.period * random.random()
            heapq.heappush(self.due, (first, len(self.clients) - 1))

    def read(self, client: socket.socket) -> None:
        try:
            size = client.recv_into(self.room)
        except BlockingIOError:
            return
        except OSError:
            size = 0
        self.heard += size
        if not size:
            self.gone += 1
            self.selector.unregister(client)

    def ask(self) -> None:
        now = time.monotonic()
        while self.due and self.due[0][0] <= now:
            at, index = heapq.heappop(self.due)
            self.clients[index].sendall(self.words)
            heapq.heappush(self.due, (at + self.period, index))


if __name__ == "__main__":
    Viewers(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0).run()
