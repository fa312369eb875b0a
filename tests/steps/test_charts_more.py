"""All points at once, likeness, sizes over time, and the map as a file."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.assets import map_template
from core.steps.charts import (
    DARK_PALETTE,
    LIGHT_PALETTE,
    dates,
    dendrogram,
    every_point,
    heatmap,
    map_points,
    medoid_labels,
    scatter,
    sizes_over_time,
    thin_by_width,
)
from core.steps.export import standalone
from tests.steps.test_charts import blobs


def test_all_points_are_sent_once_in_few_series_and_few_bytes():
    xy, groups = blobs(20_000, 14)
    names = {group: f"topic {group}" for group in range(14)}
    spec = every_point(xy, groups, medoid_labels(xy, groups, names))
    sources = [one["source"] for one in spec["dataset"]]
    assert sum(map(len, sources)) == 20_000
    assert sum(int(one.memory_usage(index=False).sum()) for one in sources) == 20_000 * 8
    series = [one for one in spec["series"] if "datasetIndex" in one]
    assert [one["datasetIndex"] for one in series] == list(range(12))
    assert all(one["large"] and one["largeThreshold"] == 1 for one in series)
    assert all(one["progressive"] == 0 for one in series), "else each is drawn six times"
    assert [one["name"] for one in series[:2]] == ["unassigned", "other groups"]
    colors = [one["itemStyle"]["color"] for one in series[2:]]
    assert colors == list(LIGHT_PALETTE)
    shown = spec["series"][-1]["data"]
    assert len(shown) == 14
    chosen = every_point(xy, groups, medoid_labels(xy, groups, names), focus=[13], dark=True)
    assert chosen["series"][2]["itemStyle"]["color"] == DARK_PALETTE[0]
    assert len(chosen["dataset"]) == 3
    json.dumps(spec["series"])


def test_names_of_all_points_run_inwards_at_the_sides():
    xy = np.array([[0, 0], [0, 1], [5, 0], [10, 1]], dtype=np.float32)
    groups = np.array([0, 0, 1, 2], dtype=np.int32)
    names = dict.fromkeys(range(3), "a name of some length")
    drawn = every_point(xy, groups, medoid_labels(xy, groups, names))["series"][-1]
    assert [(one["value"][0], one["label"]["position"]) for one in drawn["data"]] == [
        (0.0, "right"),
        (5.0, "inside"),
        (10.0, "left"),
    ]
    assert drawn["labelLayout"] == {"hideOverlap": True}


_LABELS = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.text("ab语", min_size=1, max_size=20)),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(_LABELS, st.integers(280, 2400))
def test_names_by_width_never_touch_and_a_wider_window_only_adds_some(drawn, width):
    labels = pd.DataFrame(drawn, columns=["x", "y", "label"]).assign(group=range(len(drawn)))
    found = thin_by_width(labels, (0, 1), (0, 1), 600)
    assert found["group"].is_monotonic_increasing
    assert all(
        one.half == pytest.approx(3.6 * len(one.label) + 2.4 * one.label.count("语"), abs=0.5)
        for one in found.itertuples()
    )
    shown = found[found["wide"] <= width]
    # What the chart's own rule does in the browser.
    middle = (shown["x"] * width).clip(shown["half"], width - shown["half"]).to_numpy()
    across = np.abs(middle[:, None] - middle) - np.add.outer(*[shown["half"].to_numpy()] * 2)
    down = np.abs(np.subtract.outer(*[shown["y"].to_numpy() * 600] * 2))
    touching = (across < -1.5) & (down < 18)  # halves are told in whole pixels
    assert not (touching & ~np.eye(len(shown), dtype=bool)).any()
    if len(labels):
        assert found.iloc[0]["group"] == 0 and found.iloc[0]["wide"] == 280, "the first has room"


def test_on_a_chart_as_wide_as_its_container_the_browser_moves_the_names():
    xy, groups = blobs(50, 3)
    chart = scatter(map_points(xy, groups, np.arange(50)), labels=medoid_labels(xy, groups, {}))
    words = [layer for layer in chart.to_dict()["layer"] if layer["mark"]["type"] == "text"]
    assert len(words) == 2
    for layer in words:
        assert layer["transform"] == [{"filter": "width >= datum.wide"}]
        assert all(set(layer["mark"][name]) == {"expr"} for name in ("dx", "align", "fillOpacity"))


def test_of_more_points_than_fit_a_fair_part_is_drawn(monkeypatch):
    monkeypatch.setattr("core.steps.charts.every.MOST_POINTS", 1000)
    xy, groups = blobs(2500, 5)
    spec = every_point(xy, groups, medoid_labels(xy, groups, {}))
    assert sum(len(one["source"]) for one in spec["dataset"]) == 834


def test_found_and_selected_points_get_a_ring():
    xy, groups = blobs(50, 3)
    points = map_points(xy, groups, np.arange(50))
    chart = scatter(points, ringed=[4, 9]).to_dict()
    rings = chart["layer"][-1]
    assert len(chart["datasets"][rings["data"]["name"]]) == 2
    assert len(scatter(points).to_dict()["layer"]) == len(chart["layer"]) - 1


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_a_heatmap_puts_the_like_together_in_the_order_of_its_tree():
    rng = np.random.default_rng(0)
    vectors = unit(np.repeat(np.eye(3), 3, axis=0) + 0.1 * rng.normal(size=(9, 3)))
    mixed = rng.permutation(9)
    names = [f"{row // 3}: number {row}" for row in mixed]
    chart = heatmap(vectors[mixed], names).to_dict()
    order = [name[0] for name in chart["encoding"]["x"]["sort"]]
    assert len(re.sub(r"(.)\1+", r"\1", "".join(order))) == 3
    (cells,) = chart["datasets"].values()
    assert len(cells) == 81
    tree = dendrogram(vectors[mixed], names).to_dict()
    leaves = next(data for data in tree["datasets"].values() if "title" in data[0])
    assert [one["title"] for one in leaves] == chart["encoding"]["x"]["sort"]


@pytest.mark.parametrize("count", [2, 3])
def test_hardly_any_groups_have_a_heatmap_and_a_tree(count):
    vectors = unit(np.random.default_rng(1).normal(size=(count, 4)))
    heatmap(vectors, ["same"] * count).to_dict()
    dendrogram(np.repeat(vectors[:1], count, axis=0), ["same"] * count, dark=True).to_dict()


@pytest.mark.parametrize(
    ("values", "is_dates"),
    [
        (["2024-01-03", "2024-02-01", ""], True),
        (["03/01/2024 10:15", "04/01/2024 11:00"], True),
        (["2024-05-01T10:00:00Z", "2024-05-02T11:00:00+02:00"], True),
        (["17", "18", "2024"], False),
        (["card", "phone"], False),
        (["", ""], False),
        (["2024-01-03", "2024-01-03"], False),
    ],
)
def test_a_column_of_dates_is_told_from_others(values, is_dates):
    assert (dates(values) is not None) is is_dates


def test_sizes_are_counted_by_a_unit_that_can_be_read():
    moments = pd.Series(pd.date_range("2023-01-01", periods=400, freq="D")).astype("datetime64[ns]")
    moments[7] = pd.NaT
    groups = np.array([0, 1, 0, -1] * 100, dtype=np.int32)
    chart = sizes_over_time(moments, groups, {0: "cards", 1: "phones"}).to_dict()
    (lines,) = chart["datasets"].values()
    assert sum(one["texts"] for one in lines) == 300
    assert {one["topic"] for one in lines} == {"cards", "phones"}
    assert len({one["when"] for one in lines}) == 58  # weeks
    alone = sizes_over_time(moments[:40], groups[:40], {0: "cards"}, focus=[0]).to_dict()
    assert {one["topic"] for one in next(iter(alone["datasets"].values()))} == {"cards"}


def test_the_map_as_a_file_holds_all_texts_and_no_text_gets_out_of_its_place():
    xy, groups = blobs(30, 2)
    hostile = "</script><script>alert(1)</script><img src=x>\ud800"
    texts = [hostile, *(f"text {n}" for n in range(29))]
    labels = medoid_labels(xy, groups, {0: "</script>"})
    colors = {"light": LIGHT_PALETTE, "dark": DARK_PALETTE}
    page = standalone(map_template(), f"Bank {hostile}", xy, groups, texts, labels, colors)
    told = page.decode("utf-8")
    assert told.count("</script>") == map_template().count("</script>")
    assert "//" not in told.replace("</", "") and "src=" not in map_template()
    data = json.loads(re.search(r'id="data">(.*?)</script>', told, re.S).group(1))
    assert data["text"][0].startswith("</script><script>")
    assert len(data["x"]) == len(data["g"]) == 30
    assert max(data["x"] + data["y"]) == 10_000 and min(data["x"] + data["y"]) == 0
    assert [topic["size"] for topic in data["topics"]] == labels["size"].tolist()
    assert standalone(map_template(), "none", xy[:0], groups[:0], [], labels[:0], colors)
