"""Maps that name a prior partition and a ground, and those from before there were any."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import core.adapters.store
from core.adapters.store import Store
from core.adapters.store.database import Database
from tests.adapters.conftest import MAP

BEFORE = "0002"


def back_to(url: str, revision: str) -> Database:
    database = Database(url)
    config = Config()
    folder = Path(core.adapters.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with database.rebuild() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    return database


def columns(database: Database) -> set[str]:
    with database.read() as connection:
        return {column["name"] for column in sa.inspect(connection).get_columns("map")}


def test_a_map_comes_back_with_its_prior_and_its_ground(store: Store, url: str) -> None:
    shaped = replace(MAP, id="m2", parent="m", prior_key="prior", ground_key="ground")
    store.maps.add(shaped)

    assert Store(url).maps.get("m2") == shaped
    assert Store(url).maps.get("m") == MAP
    assert MAP.prior_key is None and MAP.ground_key is None


def test_a_map_of_the_tables_before_opens_and_names_neither(store: Store, url: str) -> None:
    old = back_to(url, BEFORE)
    assert not {"prior_key", "ground_key"} & columns(old)

    again = Store(url)

    assert {"prior_key", "ground_key"} <= columns(Database(url))
    assert again.maps.get("m") == MAP
    assert again.maps.get("m").prior_key is None
    assert again.maps.get("m").ground_key is None
    assert again.projects.get("p") == store.projects.get("p")


def test_going_back_loses_only_the_two_keys(store: Store, url: str) -> None:
    store.maps.add(replace(MAP, id="m2", parent="m", prior_key="prior", ground_key="ground"))
    back_to(url, BEFORE)

    assert Store(url).maps.get("m2") == replace(MAP, id="m2", parent="m")
