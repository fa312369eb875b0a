"""Other precisions and clusterings beside the map: measured, and nothing is changed."""

from __future__ import annotations

import pytest

from core.domain.errors import InputError
from core.domain.jobs import JobStatus
from core.project import comparing, pictures
from core.project.mapping import current, make_map
from core.project.workspace import Workspace
from tests.conftest import Listener


class Recorded:
    """Runs a comparison as a job does, and keeps its result where a job would."""

    def __init__(self, workspace: Workspace, project_id: str, ways: list[str]) -> None:
        jobs = workspace.store.jobs
        job = jobs.add_job(project_id, comparing.KIND, {"ways": ways})
        jobs.claim_job(job.id, 1)
        self.listener = Listener()
        result = comparing.compare(workspace, project_id, {"ways": ways}, self.listener)
        jobs.finish_job(job.id, JobStatus.DONE, result=result)


def test_ways_are_set_beside_the_map_and_nothing_is_changed(
    mapped: tuple[Workspace, str], listener: Listener
) -> None:
    workspace, project_id = mapped
    here = current(workspace, project_id)
    assert comparing.comparison(workspace, project_id, here.map) is None

    ran = Recorded(workspace, project_id, [*comparing.WAYS][1:])

    assert current(workspace, project_id) == here
    found = comparing.comparison(workspace, project_id, here.map)
    assert found is not None
    by = {one.way: one for one in found.found}
    assert list(by) == list(comparing.WAYS)
    assert (by["now"].ari, by["now"].nmi) == (1.0, pytest.approx(1.0))
    assert by["leaf"].ari == pytest.approx(1.0)  # the map's own way
    assert by["kmeans"].groups == by["agglomerative"].groups == by["now"].groups
    assert by["kmeans"].unassigned == 0
    assert all(one.silhouette is not None and one.dbcv is not None for one in found.found)
    assert by["eom"].groups <= by["leaf"].groups
    assert all(0 <= one.unassigned <= 1 and one.largest >= one.median > 0 for one in found.found)
    assert by["int8"].ari >= by["seed"].ari - 0.15  # 200 texts: the benchmark measures it
    assert {len(places) for places in found.places.values()} == {200}
    assert ran.listener.reports == sorted(ran.listener.reports, key=lambda one: one[0])

    stored = {one.precision: one for one in found.stored}
    ours, theirs = stored["int8, rounded"], stored["int8, sentence-transformers"]
    assert ours.bytes * 4 == stored["float32"].bytes == stored["binary, for search"].bytes * 32
    assert ours.mean is not None and theirs.mean is not None and ours.mean > theirs.mean > 0.99
    assert ours.coverage == 1.0
    recall = stored["binary, for search"].recall
    assert recall is not None and recall > 0.8

    chart = pictures.compared(found, ["now", "int8", "eom"], here.taxonomy, dark=False).to_dict()
    assert [side["title"] for side in chart["hconcat"]] == [
        "As it is: float32",
        "int8, values restored",
        "HDBSCAN eom",
    ]
    make_map(workspace, project_id, {"method": "kmeans", "k": 4}, listener)
    now = current(workspace, project_id).map
    assert comparing.comparison(workspace, project_id, now) is None


def test_nothing_or_something_unknown_to_compare_is_refused(
    mapped: tuple[Workspace, str], listener: Listener
) -> None:
    workspace, project_id = mapped
    for ways in ([], ["now"], ["int4"]):
        with pytest.raises(InputError, match="Choose one way"):
            comparing.compare(workspace, project_id, {"ways": ways}, listener)


def test_an_estimate_grows_with_the_texts_and_the_ways() -> None:
    few = comparing.expected_seconds(["eom"], 20_000)
    assert few < comparing.expected_seconds(["int8"], 20_000)
    assert comparing.expected_seconds(["int8"], 20_000) < comparing.expected_seconds(
        ["int8", "uint8"], 40_000
    )
