"""The servers of the tests: reachable by those who ask for one, and nothing else is."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 5432), ("198.51.100.7", 443)])
def test_a_server_opens_no_way_out(postgres, address):
    with socket.create_connection(("127.0.0.1", postgres.port)):
        pass
    with socket.socket() as connection, pytest.raises(AssertionError, match=r"^a network connection was attempted$"):
        connection.connect(address)
    with pytest.raises(AssertionError, match=r"^a network address was looked up$"):
        socket.getaddrinfo("db.example", 5432)


def test_without_a_server_not_even_this_machine_is_reached():
    with socket.socket() as connection, pytest.raises(AssertionError, match=r"^a network connection was attempted$"):
        connection.connect(("127.0.0.1", 5432))


def test_a_replica_follows_its_primary(postgres_pair):
    primary, replica = postgres_pair
    base = primary.new_database()
    primary.psql("CREATE TABLE c AS SELECT 1 AS id", base)
    replica.catch_up(primary)
    assert replica.psql("SELECT id, pg_is_in_recovery() FROM c", base) == "1|t"


def test_mariadb_answers(mariadb):
    assert mariadb.mariadb("SELECT 'été'", mariadb.new_database()) == "été"
