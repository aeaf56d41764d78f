"""The environment as settings read it: typed, and what cannot be read stops the start with one line."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from . import production

production.insist(os.environ)  # before anything is read, made or written
BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


PRODUCTION = env_text("SUNKITCHEN_ENV", "embedded") == "production"


def misread(line: str) -> BaseException:
    """In production every process stops with this one line (exit 1), whoever reads the settings."""
    return SystemExit(f"Sunkitchen: {line}") if PRODUCTION else ImproperlyConfigured(line)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def env_flag(name: str, default: bool) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text in ("", "0", "1", "false", "true", "no", "yes"):
        return text in ("1", "true", "yes") if text else default
    raise misread(f"{name}={text!r} is neither 1 nor 0.")


def env_number(name: str, default: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        return float(text) if text else default
    except ValueError:
        raise misread(f"{name}={text!r} is not a number.") from None


VAR = Path(env_text("SUNKITCHEN_VAR", str(BASE_DIR / "var"))).absolute()


def secret_file(name: str) -> str:
    """A secret of this installation, made at first use, readable by its owner alone."""
    path = VAR / "secrets" / name
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # whoever comes first wins; the others read theirs
        fresh.unlink()
        return path.read_text()


def env_secret(name: str) -> str:
    value = env_text(name)
    if value and len(value) < 32:
        raise misread(f"{name} is shorter than 32 characters.")
    return value or secret_file(name.lower())
