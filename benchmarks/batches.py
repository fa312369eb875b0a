"""A thousand calls to a language model that takes 300 ms, sixteen at once.

    python -m benchmarks.batches

The real way: a batch handed over as the pages do it, a worker process, OpenAI's
client over HTTP to a server on loopback that sleeps 300 ms and then answers, each
reply and answer on disk as it comes. Counted from the first request to the end of
the last; starting the worker and its libraries comes on top. The ideal is calls ×
0.3 s ÷ 16. Beside it a plain thread pool with httpx that keeps nothing.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.report import keep
from core.domain.judging import JudgeSettings
from core.domain.llm import Price
from core.domain.settings import Settings
from core.project import judging
from core.project.workspace import open_workspace
from tests.project.scripted import project_with
from tests.servers.scripted import Answer, Request, completion, serving

SECONDS, AT_ONCE, CALLS = 0.3, 16, 1_000
QUESTIONS = 750  # two pairs, of one call, to each triplet, of two


class Slow:
    """Answers after 300 ms, and knows when it began and ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.began = self.ended = 0.0
        self.calls = self.now = self.most = 0

    def __call__(self, call: int, request: Request) -> Answer:
        with self.lock:
            self.began = self.began or time.perf_counter()
            self.calls += 1
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(SECONDS)
        choice = "yes" if "two texts" in str(request.body) else "both"
        with self.lock:
            self.now -= 1
            self.ended = time.perf_counter()
        return completion(json.dumps({"choice": choice, "confidence": 0.9, "reason": "Alike."}))

    def row(self, name: str) -> dict[str, object]:
        took, ideal = self.ended - self.began, self.calls * SECONDS / AT_ONCE
        return {
            "what": name,
            "calls": self.calls,
            "most at once": self.most,
            "seconds": round(took, 2),
            "ideal": round(ideal, 2),
            "times the ideal": round(took / ideal, 3),
        }


def clade(slow: Slow) -> None:
    """Hand a batch over and wait for its end."""
    with tempfile.TemporaryDirectory() as folder, serving(slow) as server:
        workspace = open_workspace(Settings(home=Path(folder), worker_threads=1))
        project_id = project_with(workspace, QUESTIONS)
        settings = JudgeSettings(
            *("openai", "m", f"{server.url}/v1"), price=Price(0.15, 0.6), concurrency=AT_ONCE
        )
        judging.save(workspace, project_id, settings, cap=5.0, nothing_leaves=False)
        stands = judging.start(workspace, project_id, QUESTIONS)
        while stands.job is not None:
            time.sleep(1.0)
            found = judging.state(workspace, project_id)
            assert found is not None
            stands = found
        assert (stands.status, stands.done) == ("done", QUESTIONS), stands


def plain(slow: Slow) -> None:
    """Make as many calls with a thread pool and nothing else."""
    with serving(slow) as server, httpx.Client() as client, ThreadPoolExecutor(AT_ONCE) as pool:
        url = f"{server.url}/v1/chat/completions"
        list(pool.map(lambda number: client.post(url, json={"n": number}), range(CALLS)))


def main() -> None:
    rows = []
    for name, way in (("thread pool, keeps nothing", plain), ("Clade", clade)):
        slow = Slow()
        way(slow)
        rows.append(slow.row(name))
    keep("batches", rows)


if __name__ == "__main__":
    main()
