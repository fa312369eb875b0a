"""The taxonomy as SKOS, for knowledge graphs and thesaurus tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain.taxonomy import Topic
from core.steps.export.bundle import Bundle
from core.steps.export.cells import utf8
from core.steps.export.taxonomies import topic_sizes
from core.steps.export.tree import Node, outline

if TYPE_CHECKING:
    from rdflib import Graph, Literal, URIRef


_NAMERS = {"human": "a person", "llm": "a language model", "keywords": "keywords"}


def as_turtle(bundle: Bundle) -> bytes:
    """Return taxonomy.ttl (SKOS Reference, W3C 2009): a concept a topic, in one scheme.

    Broader and narrower are both said. The label is the one prefLabel, without a
    language because nobody knows which; keywords are hidden labels (never equal
    to it: S13), the description is the definition, the place in the tree the
    notation, central texts are examples, and notes say who named and reviewed it
    and how many texts it holds. Archived topics are there, deprecated.
    """
    from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Literal, Namespace

    space = Namespace(f"urn:clade:{bundle.project_id}:")
    graph, scheme = Graph(), space.taxonomy
    for prefix, namespace in (("skos", SKOS), ("dct", DCTERMS), ("owl", OWL), ("", space)):
        graph.bind(prefix, namespace)
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, DCTERMS.title, _words(bundle.project_name)))
    graph.add((scheme, DCTERMS.source, _words(bundle.table.name)))
    graph.add((scheme, OWL.versionInfo, Literal(str(bundle.taxonomy.version))))
    texts, _ = topic_sizes(bundle)
    body = {text.id: text.body for text in bundle.corpus.texts}
    for node in outline(bundle.taxonomy, archived=True):
        concept, topic = space[node.topic.id], node.topic
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.inScheme, scheme))
        if topic.parent is None:
            graph.add((concept, SKOS.topConceptOf, scheme))
            graph.add((scheme, SKOS.hasTopConcept, concept))
        else:
            graph.add((concept, SKOS.broader, space[topic.parent]))
            graph.add((space[topic.parent], SKOS.narrower, concept))
        examples = [body[text] for text in bundle.examples.get(topic.id, ()) if text in body]
        _describe(graph, concept, node, texts[topic.id], examples)
    return utf8(graph.serialize(format="turtle"))


def _describe(graph: Graph, concept: URIRef, node: Node, texts: int, examples: list[str]) -> None:
    from rdflib import OWL, SKOS, Literal

    topic = node.topic
    graph.add((concept, SKOS.prefLabel, _words(topic.label)))
    for word in topic.keywords:
        if _words(word) != _words(topic.label):
            graph.add((concept, SKOS.hiddenLabel, _words(word)))
    if topic.description.strip():
        graph.add((concept, SKOS.definition, _words(topic.description)))
    graph.add((concept, SKOS.notation, Literal(node.number)))
    for example in examples:
        graph.add((concept, SKOS.example, _words(example)))
    graph.add((concept, SKOS.note, Literal("1 text" if texts == 1 else f"{texts:,} texts")))
    graph.add((concept, SKOS.editorialNote, Literal(_standing(topic))))
    if topic.archived:
        graph.add((concept, OWL.deprecated, Literal(True)))


def _standing(topic: Topic) -> str:
    return (
        f"Named by {_NAMERS[topic.named_by]}; {'reviewed' if topic.reviewed else 'not reviewed'}."
    )


def _words(text: str) -> Literal:
    """Return a literal that Turtle can hold: no half characters, no NUL."""
    from rdflib import Literal

    return Literal(utf8(text).decode().replace("\0", "\ufffd"))
