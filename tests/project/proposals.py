"""What holds of every proposal of a tuned embedder."""

from __future__ import annotations

from core.domain.projects import Map
from core.domain.proposals import Proposal
from core.domain.spaces import Embedding
from core.project.arrays import load_embedding
from core.project.encoders import open_encoder
from core.project.intake import load_corpus
from core.project.mapping import Current
from core.project.workspace import Workspace


def the_model_gives_the_vectors(
    workspace: Workspace, here: Current, proposal: Proposal
) -> tuple[Map, Embedding]:
    """Assert that the tuned model, a child of the one in use, gives the new map's vectors;
    return that map and these."""
    new = workspace.store.maps.get(proposal.new_map)
    vectors = load_embedding(workspace, new)
    encoder = open_encoder(workspace, new.space)
    assert encoder.space.parent == here.map.space
    body_of = {text.id: text.body for text in load_corpus(workspace, here.project).texts}
    given = encoder.encode([body_of[text] for text in vectors.text_ids[:20]])
    assert (given * vectors.vectors[:20]).sum(axis=1).min() > 0.99
    return new, vectors
