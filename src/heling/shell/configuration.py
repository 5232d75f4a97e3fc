"""What the environment says, read once and typed. ``settings.py`` holds everything else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from heling.platform.embedded.postgres import APP, OWNER, Server

REPO = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Configuration:
    """One value per environment variable; see docs/operations.md for the list."""

    env: Literal["demo", "test", "production"]
    var: Path
    database_url: str | None
    owner_url: str | None
    as_owner: bool
    secret_key: str | None
    hosts: tuple[str, ...]

    @property
    def server(self) -> Server:
        """The embedded server that stands in when no DATABASE_URL is given."""
        fast = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        tuned = {"max_connections": "100", "shared_buffers": "256MB", "jit": "off"}
        return Server(self.var / "pg", tuned | (fast if self.env == "test" else {}))

    def database(self) -> dict[str, Any]:
        """Django's DATABASES entry: the app role, or the owner role for schema commands."""
        name = "heling"
        url = (self.owner_url if self.as_owner else self.database_url) or self.server.url(
            name, OWNER if self.as_owner else APP
        )
        return {
            "ENGINE": "django.db.backends.postgresql",
            **_parts(url),
            # One transaction per request is opened by access.middleware, which also sets the scope.
            "ATOMIC_REQUESTS": False,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"},
            "TEST": {"NAME": name},
        }


def _parts(url: str) -> dict[str, Any]:
    split = urlsplit(url)
    host = parse_qs(split.query).get("host", [split.hostname or ""])[0]
    return {
        "NAME": split.path.lstrip("/"),
        "USER": unquote(split.username or ""),
        "PASSWORD": unquote(split.password or ""),
        "HOST": host,
        "PORT": str(split.port or ""),
    }


def read() -> Configuration:
    """Read the environment. Production refuses to start on defaults (shared/trust.md A5)."""
    env = os.environ.get("HELING_ENV", "demo")
    if env not in {"demo", "test", "production"}:
        raise SystemExit(f"HELING_ENV must be demo, test or production, not {env!r}")
    default_var = REPO / "var" / ("test" if env == "test" else "")
    configuration = Configuration(
        env=env,  # type: ignore[arg-type]
        var=Path(os.environ.get("HELING_VAR", default_var)).resolve(),
        database_url=os.environ.get("DATABASE_URL"),
        owner_url=os.environ.get("DATABASE_OWNER_URL"),
        as_owner=os.environ.get("HELING_DB_ROLE") == "owner",
        secret_key=os.environ.get("HELING_SECRET_KEY"),
        hosts=tuple(h for h in os.environ.get("HELING_HOSTS", "").split(",") if h),
    )
    if env == "production":
        _refuse_defaults(configuration)
    return configuration


def _refuse_defaults(configuration: Configuration) -> None:
    missing = [
        name
        for name, value in {
            "DATABASE_URL": configuration.database_url,
            "HELING_SECRET_KEY": configuration.secret_key,
            "HELING_HOSTS": configuration.hosts,
            "HELING_KEYS_FILE": os.environ.get("HELING_KEYS_FILE"),
        }.items()
        if not value
    ]
    if missing:
        raise SystemExit(f"production needs {', '.join(missing)}; see docs/operations.md")
