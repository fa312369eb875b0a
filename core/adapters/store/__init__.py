"""The database behind the project: one class a subject, one Store that holds them."""

from __future__ import annotations

from core.adapters.store.batches import Batches
from core.adapters.store.bulks import Bulks
from core.adapters.store.checks import Checks
from core.adapters.store.classifiers import Classifiers
from core.adapters.store.database import Database
from core.adapters.store.desks import Desks
from core.adapters.store.generations import Generations
from core.adapters.store.jobs import Jobs
from core.adapters.store.maps import Maps
from core.adapters.store.projects import Projects
from core.adapters.store.reviews import Reviews
from core.adapters.store.spending import Spending


class Store:
    """Everything that is kept in SQL, by subject. Opening it migrates the tables."""

    def __init__(self, url: str) -> None:
        database = Database(url)
        self.projects = Projects(database)
        self.maps = Maps(database)
        self.reviews = Reviews(database)
        self.desks = Desks(database)
        self.bulks = Bulks(database)
        self.checks = Checks(database)
        self.classifiers = Classifiers(database)
        self.jobs = Jobs(database)
        self.spending = Spending(database)
        self.batches = Batches(database)
        self.generations = Generations(database)


__all__ = ["Store"]
