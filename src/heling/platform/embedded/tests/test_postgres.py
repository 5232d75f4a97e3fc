"""The embedded server: starts from nothing, starts twice, stops, and keeps its data."""

from __future__ import annotations

from pathlib import Path

import pytest

from heling.platform.embedded.postgres import OWNER, Server, ServerError


def test_it_starts_from_nothing_and_keeps_what_was_written(tmp_path: Path) -> None:
    server = Server(tmp_path / "a long folder name, with a comma" / "pg")
    server.start()
    try:
        server.start()
        assert server.running()
        server.ensure_database("heling")
        server.ensure_database("heling")
        server.psql("heling", "create table t as select 7 as n")
        server.stop()
        assert not server.running()
        server.start()
        assert server.psql("heling", "select n from t") == "7"
    finally:
        server.stop()


def test_the_application_role_may_not_make_tables(tmp_path: Path) -> None:
    server = Server(tmp_path / "pg")
    server.start()
    try:
        server.ensure_database("heling")
        allowed = "select rolcreatedb, rolsuper from pg_roles where rolname = '{}'"
        assert server.psql("postgres", allowed.format(OWNER)) == "t|f"
        may = "select has_schema_privilege('heling_app', 'public', 'create')"
        assert server.psql("heling", may) == "f"
    finally:
        server.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    server = Server(tmp_path / ("x" * 90) / "pg")
    assert len(str(server.socket_dir)) < 60
    assert str(server.socket_dir) in server.url("heling", "heling_app")


def test_what_the_server_says_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="connection to server"):
        Server(tmp_path / "pg").psql("postgres", "select 1")
