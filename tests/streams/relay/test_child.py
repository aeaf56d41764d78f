import asyncio
import os
import signal
import sys

import pytest

from streams.relay.child import LINES, Child, scrub

PYTHON = [sys.executable, "-u", "-c"]
STUBBORN = "import signal,time,sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(60)"


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(pid, seconds=30.0):
    async with asyncio.timeout(seconds):
        while alive(pid):
            await asyncio.sleep(0.02)


def test_a_line_is_scrubbed_of_addresses_and_secrets():
    line = "[rtsp @ 0x1] rtsp://admin:hunter22@10.0.0.1/live failed for hunter22\x1b[31m\n"
    scrubbed = scrub(line, ["hunter22", "admin"])
    assert "hunter22" not in scrubbed and "10.0.0.1" not in scrubbed and "\x1b" not in scrubbed
    assert "failed for <secret>" in scrubbed
    assert len(scrub("a" * 9999)) == 300


async def test_only_the_last_lines_are_kept_and_a_chatty_child_is_not_blocked():
    child = Child([*PYTHON, "import sys\nfor n in range(50000): print('line', n, file=sys.stderr)\nprint('done')"])
    await child.start()
    assert await asyncio.wait_for(child.stdout.read(), 30) == b"done\n"
    await child.stop()
    assert len(child.lines) == LINES and child.lines[-1] == "line 49999"


async def test_a_child_that_hears_no_term_is_killed_with_its_group():
    grandchild = "import os,subprocess,sys; p=subprocess.Popen([sys.executable,'-c','import time;time.sleep(60)']); print(p.pid);"
    child = Child([*PYTHON, grandchild + STUBBORN])
    await child.start()
    second = int(await child.stdout.readline())
    await child.stdout.readline()
    assert os.getpgid(child.pid) == child.pid == os.getpgid(second)
    assert await child.stop(patience=0.2) == -signal.SIGKILL
    await gone(second)


async def test_a_child_dies_with_a_parent_that_is_killed():
    parent = (
        "import asyncio,sys\nfrom streams.relay.child import Child\n"
        "async def main():\n"
        "    child = Child([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "    await child.start()\n    print(child.pid, flush=True)\n    await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    process = await asyncio.create_subprocess_exec(*PYTHON, parent, stdout=asyncio.subprocess.PIPE)
    pid = int(await asyncio.wait_for(process.stdout.readline(), 30))
    assert alive(pid)
    process.kill()
    await process.wait()
    await gone(pid, 2)


async def test_a_child_sees_none_of_our_environment_and_writes_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("SUNKITCHEN_SECRET_KEY", "canary")
    child = Child([*PYTHON, f"import os; print(dict(os.environ)); open({str(tmp_path / 'x')!r}, 'w').write('x' * 9)"])
    await child.start()
    said = await child.stdout.read()
    await child.stop()
    assert b"canary" not in said
    assert not (tmp_path / "x").exists() or not (tmp_path / "x").read_bytes()


async def test_a_child_lets_others_go_first_when_it_is_told_to():
    child = Child([*PYTHON, "import os; print(os.nice(0))"], niceness=5)
    await child.start()
    said = await child.stdout.read()
    await child.stop()
    assert int(said) == min(os.nice(0) + 5, 19)


async def test_a_program_that_is_not_there_says_so():
    with pytest.raises(OSError):
        await Child(["/nowhere/ffmpeg"]).start()
