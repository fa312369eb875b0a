"""Which questions to ask: triplets and pairs where the embedder is unsure.

The sampling is that of ClusterLLM (Zhang, Wang, Shang, EMNLP 2023,
arXiv 2305.14871): entropy-sampled triplets of section 3.1 and the pairs along
a Ward tree of section 3.2. Every draw depends on the arguments alone, and a
question whose id is in `asked` never comes again: with the same seed, the next
call goes on where the answered questions end.
"""

from core.steps.questions.batch import propose
from core.steps.questions.guesses import guess
from core.steps.questions.pairs import propose_pairs
from core.steps.questions.placements import propose_placements
from core.steps.questions.triplets import propose_triplets

__all__ = ["guess", "propose", "propose_pairs", "propose_placements", "propose_triplets"]
