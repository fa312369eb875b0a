"""SKOS, read back by rdflib and held to the integrity rules of the recommendation."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import OWL, RDF, SKOS, Graph, Literal

from core.domain.taxonomy import Taxonomy, Topic
from core.steps.export import Bundle, members
from core.steps.export.skos import as_turtle
from tests.steps.test_export import TOPICS, bundle


def read(content: bytes) -> Graph:
    return Graph().parse(data=content, format="turtle")


def assert_sound(graph: Graph, topics: tuple[Topic, ...]) -> None:
    """Hold a graph to SKOS's integrity conditions S9, S13, S14 and S27, and more."""
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    assert len(concepts) == len(topics)
    broader, narrower = set(graph.subject_objects(SKOS.broader)), set()
    for above, below in graph.subject_objects(SKOS.narrower):
        narrower.add((below, above))
    assert broader == narrower
    tops = set(graph.subjects(SKOS.topConceptOf, scheme))
    assert tops == set(graph.objects(scheme, SKOS.hasTopConcept))
    for concept in concepts:
        labels = [label.language for label in graph.objects(concept, SKOS.prefLabel)]
        assert max(Counter(labels).values()) == 1
        hidden = set(graph.objects(concept, SKOS.hiddenLabel))
        assert not hidden & set(graph.objects(concept, SKOS.prefLabel))
        assert set(graph.objects(concept, SKOS.inScheme)) == {scheme}
        above = list(graph.objects(concept, SKOS.broader))
        assert len(above) == (concept not in tops)
        # No concept is above itself.
        assert concept not in set(graph.transitive_objects(concept, SKOS.broader)) - {concept}
        seen = {concept}
        while above:
            assert above[0] not in seen
            seen.add(above[0])
            above = list(graph.objects(above[0], SKOS.broader))
        assert seen & tops


def test_a_concept_says_all_that_a_topic_does() -> None:
    made = replace(bundle(), examples={"t2": (bundle().corpus.texts[0].id,)})
    graph = read(members(made)["taxonomy.ttl"])
    assert_sound(graph, TOPICS)
    (lost,) = graph.subjects(SKOS.prefLabel, Literal("Lost card"))
    assert graph.value(lost, SKOS.definition) == Literal("It is gone.")
    assert graph.value(lost, SKOS.notation) == Literal("1.1")
    assert graph.value(lost, SKOS.example) == Literal(bundle().corpus.texts[0].body)
    assert str(graph.value(lost, SKOS.broader)) == "urn:clade:p1:t1"
    (fees,) = graph.subjects(SKOS.prefLabel, Literal("=Fees"))
    assert {str(word) for word in graph.objects(fees, SKOS.hiddenLabel)} == {"fee", "cost"}
    assert str(graph.value(fees, SKOS.editorialNote)) == "Named by a person; not reviewed."
    assert str(graph.value(fees, SKOS.note)) == "1 text"


def test_an_archived_topic_is_deprecated_and_in_no_tree_to_read() -> None:
    topics = (*TOPICS, Topic("t5", "Old", archived=True))
    files = members(bundle(topics=topics))
    graph = read(files["taxonomy.ttl"])
    assert_sound(graph, topics)
    assert [str(one) for one in graph.subjects(OWL.deprecated, None)] == ["urn:clade:p1:t5"]
    for name in ("taxonomy.md", "report.html", "label_studio.xml"):
        assert b"Old" not in files[name]
    assert b"Old" in files["taxonomy.csv"]


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@st.composite
def forests(draw: st.DrawFn) -> Bundle:
    topics: list[Topic] = []
    for i in range(draw(st.integers(0, 8))):
        parent = draw(st.none() | st.sampled_from([t.id for t in topics])) if topics else None
        label, keywords = draw(words), tuple(draw(st.lists(words, max_size=3)))
        described = draw(st.just("") | words)
        topics.append(Topic(f"t{i}", label, parent, (), keywords, described))
    made = bundle(topics=(), topic_of={})
    return replace(made, taxonomy=Taxonomy(1, "m", tuple(topics)), project_name=draw(words))


@settings(max_examples=60, deadline=None)
@given(forests())
def test_any_tree_is_a_sound_scheme_and_the_same_each_time(made: Bundle) -> None:
    content = as_turtle(made)
    graph = read(content)
    assert_sound(graph, made.taxonomy.topics)
    labels = {str(label) for label in graph.objects(None, SKOS.prefLabel)}
    assert labels == {topic.label.replace("\0", "�") for topic in made.taxonomy.topics}
    assert content == as_turtle(made)
