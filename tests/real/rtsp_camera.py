"""A real RTSP camera for tests and benches: gst-rtsp-server, H.264 (or --codec), a moving picture with a burned-in clock.

Runs on the SYSTEM python (`/usr/bin/python3`, python3-gi, gir1.2-gst-rtsp-server-1.0, plugins base, good, bad, ugly):

    /usr/bin/python3 tests/real/rtsp_camera.py --port 8554 --user admin --password secret --auth digest

It prints `ready rtsp://127.0.0.1:<port>/live` once it listens (port 0: any free one).

The clock: 40 squares of 16 × 16 px from the top left corner rightwards (next row when the picture is narrower than
640 px), bit 39 first, white = 1: Unix time in milliseconds modulo 2^40 when the frame was drawn.
While --freeze-file exists, the encoder gets the identical raw frame again and again: parts flow, nothing moves.

`--mode` makes it a bad one: `flap` throws everybody out every --every seconds, `jump` moves its clock by an hour as
often, `black` and `covered` show what their names say (with a sensor's noise). Cameras that lie in the protocol
itself are in lying_camera.py.
"""

import argparse
import os
import random
import signal
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

SQUARE = 16
BITS = 40
BLACK, WHITE = 16, 235
BLIND = {"black": 16, "covered": 90}  # the level of what they show
CODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=1500 key-int-max={gop} threads=1 "
    "! video/x-h264,profile=constrained-baseline ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast bitrate=1500 key-int-max={gop} log-level=none "
    "! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1",
    "mjpeg": "jpegenc quality=70 ! rtpjpegpay name=pay0 pt=26",
}


class Picture:
    """Draws I420 frames: a gradient, a box that wanders, the clock."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        ramp = bytes(60 + 100 * x // width for x in range(width))
        self.ground = ramp * height
        self.chroma = bytes([128]) * (width * height // 2)
        self.box = min(width, height) // 6

    def blind(self, number, level):
        """Nothing but an even level and a sensor's noise."""
        noise = random.Random(number).randbytes(self.width)
        row = bytes(level + byte % 5 for byte in noise)
        return row * self.height + self.chroma

    def draw(self, number, milliseconds):
        luma = bytearray(self.ground)
        self._wander(luma, number)
        self._clock(luma, milliseconds)
        return bytes(luma) + self.chroma

    def _wander(self, luma, number):
        top_rows = SQUARE * -(-BITS // (self.width // SQUARE))
        x = number * 4 % (self.width - self.box)
        y = top_rows + number * 2 % (self.height - self.box - top_rows)
        row = bytes([220]) * self.box
        for line in range(y, y + self.box):
            luma[line * self.width + x : line * self.width + x + self.box] = row

    def _clock(self, luma, milliseconds):
        per_row = self.width // SQUARE
        bits = [milliseconds >> (BITS - 1 - index) & 1 for index in range(BITS)]
        for first in range(0, BITS, per_row):
            row = b"".join(bytes([WHITE if bit else BLACK]) * SQUARE for bit in bits[first : first + per_row])
            for line in range(first // per_row * SQUARE, (first // per_row + 1) * SQUARE):
                luma[line * self.width : line * self.width + len(row)] = row


class Factory(GstRtspServer.RTSPMediaFactory):
    def __init__(self, options):
        super().__init__()
        self.options = options
        self.picture = Picture(options.width, options.height)
        self.number = 0
        self.last = None
        self.set_shared(True)

    def do_create_element(self, url):
        o = self.options
        pipeline = Gst.parse_launch(
            f"appsrc name=eye is-live=true format=time do-timestamp={o.mode != 'jump'} max-buffers=4 leaky-type=downstream "
            f"caps=video/x-raw,format=I420,width={o.width},height={o.height},framerate={o.fps}/1 "
            f"! {CODERS[o.codec].format(gop=o.gop)}"
        )
        return pipeline

    def do_configure(self, media):
        eye = media.get_element().get_by_name_recurse_up("eye") or media.get_element().get_by_name("eye")
        timer = GLib.timeout_add(1000 // self.options.fps, self.push, eye)
        media.connect("unprepared", lambda media: GLib.source_remove(timer))

    def push(self, eye):
        frozen = self.options.freeze_file and os.path.exists(self.options.freeze_file)
        if not frozen or self.last is None:
            self.number += 1
            self.last = self.seen()
        buffer = Gst.Buffer.new_wrapped(self.last)
        if self.options.mode == "jump":
            buffer.pts = self.jumping()
        eye.emit("push-buffer", buffer)
        return True

    def seen(self):
        if self.options.mode in BLIND:
            return self.picture.blind(self.number, BLIND[self.options.mode])
        return self.picture.draw(self.number, int(time.time() * 1000))

    def jumping(self):
        """Nanoseconds since the first frame, an hour more every --every seconds."""
        passed = self.number / self.options.fps
        return int((passed + 3600 * (passed // self.options.every)) * Gst.SECOND)


def protect(server, factory, options):
    """Ask every client for user and password, by digest or by basic authentication."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    if options.auth == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options.user, options.password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


def throw_out(server):
    server.client_filter(lambda server, client: GstRtspServer.RTSPFilterResult.REMOVE)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8554)
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--auth", choices=["digest", "basic", "none"], default="digest")
    parser.add_argument("--freeze-file")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--gop", type=int, default=50)
    parser.add_argument("--codec", choices=sorted(CODERS), default="h264")
    parser.add_argument("--mode", choices=["good", "flap", "jump", *BLIND], default="good")
    parser.add_argument("--every", type=float, default=3.0, help="seconds, for flap and jump")
    options = parser.parse_args()
    options.width, options.height = (int(part) for part in options.size.split("x"))

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    factory = Factory(options)
    if options.auth != "none":
        protect(server, factory, options)
    server.get_mount_points().add_factory("/live", factory)
    if not server.attach(None):
        raise SystemExit(f"Port {options.port} is taken.")
    if options.mode == "flap":
        GLib.timeout_add(int(options.every * 1000), throw_out, server)
    loop = GLib.MainLoop()
    for number in (signal.SIGTERM, signal.SIGINT):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, loop.quit)
    print(f"ready rtsp://127.0.0.1:{server.get_bound_port()}/live", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
