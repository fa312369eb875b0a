"""An encoder that a linear map was learned for, as an encoder of its own."""

from __future__ import annotations

import copy

from core.adapters.encoders.sentence import SentenceEncoder
from core.adapters.encoders.tuning import tuned_space
from core.domain.errors import ModelError
from core.domain.spaces import Floats


def with_adapter(encoder: SentenceEncoder, matrix: Floats) -> SentenceEncoder:
    """Return `encoder` followed by `matrix` float32 (d, d); `encoder` stays as it was.

    An ordinary sentence-transformers model: the modules of the encoder, a dense layer
    without bias or activation, and a scaling to unit length. It gives what
    `steps.training.adapted` gives of the encoder's vectors, so that nothing has to be
    embedded again. Raises ModelError where the map is for vectors of another length or
    is not finite.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Dense, Normalize

    base = copy.deepcopy(encoder.model).float()
    size = int(base.get_embedding_dimension())
    if matrix.shape != (size, size):
        raise ModelError(
            f"The adapter is for vectors of {len(matrix)} numbers, this embedder gives {size}.",
            "Train again on the map in use.",
        )
    dense = Dense(size, size, bias=False, activation_function=torch.nn.Identity())
    with torch.no_grad():
        dense.linear.weight.copy_(torch.from_numpy(matrix.T.copy()))
    model = SentenceTransformer(
        modules=[*base, dense, Normalize()],
        device=str(base.device),
        prompts=dict(base.prompts),
        default_prompt_name=base.default_prompt_name,
    ).eval()
    return encoder.followed_by(model, tuned_space(encoder.space, model))
