"""Vectors by OpenVINO: a space of its own, kept apart, trained as the model it was made from."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.adapters.encoders import SentenceEncoder, bundled_space, has_openvino
from core.adapters.encoders.int8 import NEEDS
from core.adapters.encoders.sentence import space_of, write_manifest
from core.domain.errors import ModelError
from core.domain.spaces import Origin
from core.project import embedders, history, retraining
from core.project.arrays import load_embedding
from core.project.encoders import base_space, open_encoder, open_trainable
from core.project.intake import load_corpus
from core.project.mapping import current, make_map
from core.project.workspace import Workspace
from tests.conftest import Listener

NAME = "all-MiniLM-L6-v2 (OpenVINO int8)"


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the packages be not found, whether they are installed or not."""
    monkeypatch.setattr(
        "core.adapters.encoders.int8.find_spec",
        lambda name: None if name in NEEDS else find_spec(name),
    )


@pytest.mark.usefixtures("hidden")
def test_without_the_packages_it_is_not_offered_and_a_stored_space_says_what_to_do(
    workspace: Workspace,
) -> None:
    assert not embedders.offers_int8()

    def write(folder: Path) -> None:
        (folder / "model.bin").write_bytes(b"weights")
        write_manifest(folder, space, of=base_space(workspace).id)

    space = space_of(NAME, "0" * 16, None)
    key = workspace.files.put_folder(write)
    workspace.store.maps.add_space(Origin(space, model_key=key))
    with pytest.raises(ModelError, match="pip install openvino") as refused:
        open_encoder(workspace, space.id)
    assert "embed anew on the Map page" in refused.value.next_move
    assert open_trainable(workspace, space.id).space == bundled_space()


@pytest.mark.slow
def test_a_map_embedded_by_it_is_kept_apart_and_trains_the_torch_model(
    mapped: tuple[Workspace, str], listener: Listener
) -> None:
    if not has_openvino():
        pytest.skip("openvino and nncf are not installed: they are optional")
    workspace, project_id = mapped
    before = current(workspace, project_id)
    plain = load_embedding(workspace, before.map)
    params = {"embedder": {"kind": "bundled", "int8": True}}

    make_map(workspace, project_id, params, listener)

    here = current(workspace, project_id)
    made = load_embedding(workspace, here.map)
    assert here.map.space == made.space != before.map.space
    assert workspace.store.maps.space(made.space).space.encoder == NAME
    assert history.states(workspace, project_id)[0].sentence.startswith(
        f"Embedded anew with {NAME}"
    )
    cosines = (made.vectors * plain.vectors).sum(axis=1)
    assert cosines.min() > 0.98 and not np.array_equal(made.vectors, plain.vectors)
    assert open_encoder(workspace, made.space).space.id == made.space
    assert open_trainable(workspace, made.space).space.id == before.map.space

    make_map(workspace, project_id, {"embedder": {"kind": "bundled"}}, listener)
    back = load_embedding(workspace, current(workspace, project_id).map)
    assert np.array_equal(back.vectors, plain.vectors)

    make_map(workspace, project_id, params, listener)
    here = current(workspace, project_id)
    retraining.retrain(workspace, project_id, {"speed": "sharpen"}, listener)
    proposal = retraining.newest_proposal(workspace, project_id)
    assert proposal is not None
    # The new map's vectors are the tuned torch model's, not the old int8 ones carried over.
    new = load_embedding(workspace, workspace.store.maps.get(proposal.new_map))
    encoder = open_encoder(workspace, new.space)
    tuned = encoder.space
    body_of = {text.id: text.body for text in load_corpus(workspace, here.project).texts}
    assert isinstance(encoder, SentenceEncoder) and new.space != made.space
    given = encoder.encode([body_of[text] for text in new.text_ids])
    assert (given * new.vectors).sum(axis=1).min() > 0.9995
    assert tuned.encoder == "all-MiniLM-L6-v2+r1" and tuned.parent == before.map.space
