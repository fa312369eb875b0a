"""Files for other programs: training columns, history, Label Studio, Argilla."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

from core.domain.judgments import Constraints, Link, WeightedPlacement, WeightedTriplet
from core.domain.projects import VersionNote
from core.domain.taxonomy import Topic
from core.steps.export import members
from tests.steps.test_export import TOPICS, bundle

IDS = [text.id for text in bundle().corpus.texts]
BODY = {text.id: text.body for text in bundle().corpus.texts}


def objects(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.decode().splitlines()]


def test_what_the_answers_teach_has_the_columns_of_sentence_transformers() -> None:
    a, b, c, d, gone = *IDS[:4], "gone"
    settled = Constraints(
        must_links=(Link(a, b, 1.0), Link(a, gone, 1.0)),
        cannot_links=(Link(a, c, 0.5),),
        triplets=(WeightedTriplet(a, b, c, 1.0), WeightedTriplet(a, b, gone, 1.0)),
        placements=(
            WeightedPlacement(a, (), (b,), ((c,), (d,)), 1.0),
            WeightedPlacement(d, (), (), ((c,),), 1.0),
        ),
    )
    files = members(bundle(constraints=settled))
    assert objects(files["pairs.jsonl"]) == [
        {"sentence1": BODY[a], "sentence2": BODY[b], "label": 1},
        {"sentence1": BODY[a], "sentence2": BODY[c], "label": 0},
    ]
    # The placement repeats the triplet once: it is one line.
    assert objects(files["triplets.jsonl"]) == [
        {"anchor": BODY[a], "positive": BODY[b], "negative": BODY[c]},
        {"anchor": BODY[a], "positive": BODY[b], "negative": BODY[d]},
    ]
    assert list(objects(files["triplets.jsonl"])[0]) == ["anchor", "positive", "negative"]


def test_the_history_tells_what_was_taken_and_what_was_undone() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    notes = tuple(
        VersionNote(number, parent, "m", f"Step {number}", "me", at)
        for number, parent in ((1, None), (2, 1), (3, 1), (4, 3))
    )
    lines = objects(members(bundle(history=notes))["history.jsonl"])
    assert [line["version"] for line in lines] == [1, 2, 3, 4]
    assert [line["on_the_way"] for line in lines] == [True, False, True, True]
    assert lines[1] == {
        "version": 2,
        "made_from": 1,
        "what": "Step 2",
        "author": "me",
        "at": "2026-01-02T00:00:00+00:00",
        "map_id": "m",
        "on_the_way": False,
    }


def test_label_studio_gets_the_tree_and_paths_that_are_in_it() -> None:
    deep = (
        *TOPICS,
        Topic("t5", 'More "quoted" <b> & co'),
        Topic("t6", "Sub", parent="t5"),
        Topic("t7", "Sub sub", parent="t6"),
    )
    files = members(bundle(topics=deep))
    view = ElementTree.fromstring(files["label_studio.xml"])
    tree = view.find("Taxonomy")
    assert tree is not None

    def paths(node: ElementTree.Element, above: tuple[str, ...]) -> list[tuple[str, ...]]:
        here = [(*above, choice.attrib["value"]) for choice in node]
        return here + [p for child, at in zip(node, here, strict=True) for p in paths(child, at)]

    found = paths(tree, ())
    assert ("Cards", "Lost card") in found
    assert ('More "quoted" <b> & co', "Sub", "Sub sub") in found
    assert len(found) == len(deep)
    tasks = json.loads(files["label_studio.json"])
    assert {task["data"]["text_id"]: task["data"]["text"] for task in tasks} == BODY
    by_text = {task["data"]["text"]: task for task in tasks}
    (prediction,) = by_text["my card is lost"]["predictions"]
    (result,) = prediction["result"]
    assert result["value"]["taxonomy"] == [["Cards", "Lost card"]]
    assert (result["from_name"], result["to_name"]) == (tree.attrib["name"], tree.attrib["toName"])
    assert 0 <= prediction["score"] <= 1
    # A person put it there: that is an annotation, and no guess.
    assert "predictions" not in by_text["rain"]
    assert by_text["rain"]["annotations"][0]["result"][0]["value"]["taxonomy"] == [["Weather"]]
    assert set(by_text["no idea"]) == {"data"}


def test_argilla_gets_a_question_whose_labels_hold_every_suggestion() -> None:
    files = members(replace(bundle(), project_name="Bänk/1"))
    options = json.loads(files["argilla/.argilla/settings.json"])["questions"][0]["settings"]
    labels = {option["value"]: option["text"] for option in options["options"]}
    assert labels == {"t2": "Cards > Lost card", "t3": "Cards > =Fees", "t4": "Weather"}
    assert json.loads(files["argilla/.argilla/dataset.json"])["name"] == "b-nk-1"
    records = json.loads(files["argilla/records.json"])
    assert {record["id"]: record["fields"]["text"] for record in records} == BODY
    agents = {}
    for record in records:
        if record["suggestions"]:
            assert record["suggestions"]["topic"]["value"] in labels
            agents[record["fields"]["text"]] = record["suggestions"]["topic"]["agent"]
    assert agents["rain"] == "a person"
    assert agents["my card is lost"] == "Clade"
    assert "no idea" not in agents
