"""The reference recipe: ClusterLLM as its paper and code have it, flaws included.

Zhang, Wang, Shang: ClusterLLM, EMNLP 2023, arXiv 2305.14871. Kept beside our own
question engine so that the two can be measured on the same texts, embedder and judge;
what is mended elsewhere (`steps.questions`, `steps.granularity`) stays unmended here.
Its wording is the preset "clusterllm" of `steps.prompts`.
"""

from core.steps.clusterllm.granularity import (
    PAIRS_A_LEVEL,
    best_k,
    propose_pairs,
    usable,
    ward_tree,
)
from core.steps.clusterllm.partition import final_clusters, initial_clusters
from core.steps.clusterllm.triplets import TRIPLETS, chosen, propose_triplets

__all__ = [
    "PAIRS_A_LEVEL",
    "TRIPLETS",
    "best_k",
    "chosen",
    "final_clusters",
    "initial_clusters",
    "propose_pairs",
    "propose_triplets",
    "usable",
    "ward_tree",
]
