"""`python -m bench [NAME …]`: run every bench, or those whose name begins so; one JSON line a figure on stdout."""

import json
import pkgutil
import sys
import time
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

import bench


def chosen(words: Iterable[str]) -> list[str]:
    """Names of the bench modules to run, all when no word is given. SystemExit for a word that fits none."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    wanted = [name for name in names if not words or any(name.startswith(word.split(".")[0]) for word in words)]
    if not wanted:
        sys.exit(f"No such bench. There are: {', '.join(names) or 'none yet'}.")
    return wanted


def run(module: ModuleType) -> int:
    """Print the module's figures as they come; 1 when it broke off."""
    try:
        for measure in module.run():
            print(json.dumps(measure.line, ensure_ascii=False), flush=True)
    except Exception as error:
        print(f"{module.__name__}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def main(words: list[str]) -> int:
    failed = 0
    for name in chosen(words):
        started = time.monotonic()
        print(f"· {name}", file=sys.stderr, flush=True)
        failed |= run(import_module(f"bench.{name}"))
        print(f"· {name} took {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
