"""The product as deploy/ tells an operator to run it: nginx, the processes of the units, the environment they read.

Nothing is said twice here: nginx runs deploy/nginx.conf, each process the ExecStart of its unit, with the environment
of .env.example. Only places, ports, names and secrets are put in.
"""

import base64
import http.client
import ipaddress
import os
import re
import secrets
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sunkitchen import leash
from tests.real import servers
from tests.real.site import ROOT, Site, until

UNITS = ROOT / "deploy/systemd"
NGINX = ROOT / "deploy/nginx.conf"
HOST = "kitchens.example"
PATIENCE = 90  # seconds


def unit(name):
    """(its ExecStart lines as lists of words, its Environment) of deploy/systemd/sunkitchen-NAME.service."""
    lines = (UNITS / f"sunkitchen-{name}.service").read_text().splitlines()
    starts = [shlex.split(line.removeprefix("ExecStart=")) for line in lines if line.startswith("ExecStart=")]
    own = dict(line.removeprefix("Environment=").split("=", 1) for line in lines if line.startswith("Environment="))
    return starts, own


def example():
    """What .env.example sets: {name: value}."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def certify(folder, name="localhost"):
    """A certificate that signs itself, as fullchain.pem and privkey.pem in the folder."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    paper = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fullchain.pem").write_bytes(paper.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*plain))


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class Deployed(Site):
    """The same face as a Site, over HTTPS, on PostgreSQL and Redis."""

    NAMES = ("web", "live", "relay", "worker", "beat")

    def __init__(self, folder, env, *, fresh=False):
        self.port, self.plain_port, self.inside_port = free_ports(3)
        super().__init__(folder, self.port, env, fresh=fresh)
        self.folder = folder
        self.url = f"https://localhost:{self.port}"
        self.run = folder / "run"
        self.places = {
            "/opt/sunkitchen/.venv/bin": str(Path(sys.executable).parent),
            "/opt/sunkitchen": str(ROOT),
            "/var/lib/sunkitchen": str(self.var),
            "/var/cache/nginx/sunkitchen": str(folder / "nginx/cache"),
            "/var/log/nginx/sunkitchen.log": str(folder / "nginx/access.log"),
            "/run/sunkitchen": str(self.run),
            "/etc/sunkitchen/tls": str(folder / "tls"),
        }
        words = {
            "SUNKITCHEN_SECRET_KEY": secrets.token_urlsafe(48),
            "SUNKITCHEN_FIELD_KEYS": base64.b64encode(secrets.token_bytes(48)).decode(),
            "SITE_URL": self.url,
            **{name: self.env[name] for name in ("DATABASE_URL", "REDIS_URL") if name in self.env},
        }
        settings = {name: words.get(name, self.placed(value)) for name, value in example().items()}
        self.env = {**self.env, **settings, **env}
        for name in ("PORT", "CELERY_BROKER_URL"):
            self.env.pop(name, None)
        self.running = {}

    def placed(self, text):
        """The text with this installation's places in it."""
        for theirs, ours in self.places.items():
            text = text.replace(theirs, ours)
        return text

    # ── start ───────────────────────────────────────────────────────────────────────────────────────────────
    def start(self, *words):
        for name in ("web", "live", "relay", "metrics"):
            (self.run / name).mkdir(parents=True)
        self.var.mkdir(parents=True, exist_ok=True)
        certify(self.folder / "tls")
        for command in unit("prepare")[0]:
            self.does(*map(self.placed, command))
        for name in self.NAMES:
            (command,), own = unit(name)
            self.begin(name, [self.placed(word) for word in command], {n: self.placed(v) for n, v in own.items()})
        self.begin("nginx", self.nginx("-g", "daemon off;"))
        assert until(self.is_up, PATIENCE), f"it did not come up:\n{self.words}"
        return self

    def does(self, *command):
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def begin(self, name, command, own=None):
        with (self.folder / f"{name}.log").open("a") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-IS", leash.__file__, str(os.getpid()), *command],
                cwd=ROOT,
                env={**self.env, **(own or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def nginx(self, *words):
        """The command line for nginx on our copy of deploy/nginx.conf."""
        home = self.folder / "nginx"
        for name in ("cache", "body", "proxy", "other"):
            (home / name).mkdir(parents=True, exist_ok=True)
        text = self.placed(NGINX.read_text())
        text = re.sub(r"^user .*$", f"user {owner()};" if os.geteuid() == 0 else "", text, flags=re.MULTILINE)
        text = text.replace("pid /run/nginx.pid;", f"pid {home}/nginx.pid;").replace(
            "worker_processes auto", "worker_processes 1"
        )
        text = text.replace("worker_rlimit_nofile 65536;", "").replace(
            "worker_connections 16384", "worker_connections 512"
        )
        text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.port}", text)
        text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.plain_port}", text)
        text = text.replace("127.0.0.1:9180", f"127.0.0.1:{self.inside_port}").replace(HOST, "localhost")
        # Compiled in by Debian, and root's: what the file itself leaves alone.
        temporary = f"client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;"
        for other in ("fastcgi", "uwsgi", "scgi"):
            temporary += f" {other}_temp_path {home}/other/{other};"
        text = text.replace("http {\n", f"http {{\n    {temporary}\n", 1)
        (home / "nginx.conf").write_text(text)
        return [servers.program("nginx"), "-p", str(home), "-c", "nginx.conf", "-e", "stderr", *words]

    def is_up(self):
        for name, process in self.running.items():
            assert process.poll() is None, f"{name} ended:\n{self.words}"
        try:
            for socket_of in ("web/web", "live/live", "relay/relay"):
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(f"{self.run}/{socket_of}.sock")
            status = self.asks("GET", "/")[0]
        except (OSError, http.client.HTTPException):
            return False
        return status == 200

    # ── ask ─────────────────────────────────────────────────────────────────────────────────────────────────
    def asks(self, method, path, body=None, **headers):
        """(status, headers, body) through nginx; header names with _ for -."""
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=20, context=trusting())
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    @property
    def words(self):
        logs = sorted(self.folder.glob("*.log"))
        return "".join(f"── {log.stem} ──\n{log.read_text()[-8000:]}\n" for log in logs)

    # ── end ─────────────────────────────────────────────────────────────────────────────────────────────────
    def end(self, number=signal.SIGTERM, patience=20):
        """As systemd ends a unit: asked, waited for; the processes that were left, which are then killed."""
        for process in self.running.values():
            if process.poll() is None:
                process.send_signal(number)
        ends = time.monotonic() + patience
        for process in self.running.values():
            try:
                process.wait(max(0.1, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        left = self.processes
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return left


def owner():
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def trusting():
    """For a certificate that signed itself a moment ago."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
