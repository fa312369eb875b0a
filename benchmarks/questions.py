"""The table of README: what answers do to the clusters, by data, judge and number.

    python -m benchmarks.questions

Bank77's and CLINC150's test texts; `benchmarks.quality` says how each row is made.
"""

from __future__ import annotations

from benchmarks.quality import Plan, read, run
from benchmarks.report import DATA, keep

SEEDS = 3

# (file, label column): (judge accuracy, questions, answers of a person besides)
ROWS = {
    ("bank77_test.csv", "label"): [
        *((1.0, n, 0) for n in (0, 100, 200, 400)),
        *((0.85, n, 0) for n in (100, 400, 800)),
        (0.85, 800, 100),
        *((0.7, n, 0) for n in (50, 100, 400, 800)),
    ],
    ("clinc150_test.csv", "label"): [
        *((1.0, n, 0) for n in (0, 200, 400, 800)),
        *((0.85, n, 0) for n in (400, 800)),
        *((0.7, n, 0) for n in (100, 800)),
    ],
    ("clinc150_test.csv", "domain"): [
        *((1.0, n, 0) for n in (0, 100, 200)),
        *((0.85, n, 0) for n in (200, 400)),
    ],
}

# Rows whose questions are of all four kinds, as they come on the Review page.
MIXED = {
    ("bank77_test.csv", "label"): [(1.0, 200), (1.0, 400), (0.85, 400)],
    ("clinc150_test.csv", "label"): [(1.0, 400), (0.85, 400)],
    ("clinc150_test.csv", "domain"): [(1.0, 200), (0.85, 400)],
}

# ClusterLLM's recipe on the first of these, 1,024 triplets: judge accuracies.
REFERENCE, TRIPLETS = (1.0, 0.75), 1024


def main() -> None:
    table = []
    for (file, column), plans in ROWS.items():
        (data,) = read(DATA / file, "text", [column])
        table.append(run(data, "kmeans", Plan(0, 0, 1.0, "uniform"), SEEDS))
        placed = [Plan(n, human, right, "uniform") for right, n, human in plans]
        mixed = [Plan(n, 0, right, "uniform", mixed=True) for right, n in MIXED[file, column]]
        for plan in placed + mixed:
            table.append(run(data, "clade", plan, SEEDS))
            print(table[-1], flush=True)
    file, column = next(iter(ROWS))
    (data,) = read(DATA / file, "text", [column])
    for right in REFERENCE:
        plan = Plan(TRIPLETS, 0, right, "uniform")
        table.append(run(data, "clusterllm", plan, SEEDS))
        print(table[-1], flush=True)
    keep("questions", table)


if __name__ == "__main__":
    main()
