"""The one helper that the pages share, one idea a file."""

from core.project.use_cases import rest
from pages._ui.actions import take_back
from pages._ui.adding import add_texts
from pages._ui.answers import show_moves, show_waiting, why_here
from pages._ui.batch import at_work, show_at_work, show_batch, show_llm
from pages._ui.bringing import ways_in
from pages._ui.bulk import show_bulk
from pages._ui.cached import (
    arrays,
    corpus,
    health,
    moved,
    overview,
    rounds,
    row_ids,
    table,
    texts,
    viewed,
    workspace,
)
from pages._ui.checks import show_checks
from pages._ui.classified import show_classified
from pages._ui.classifying import (
    at_work_classifying,
    bring_batch,
    choose_classifier,
    offer_batch,
)
from pages._ui.clustering import clustering_settings, show_condensed
from pages._ui.comparing import show_comparison
from pages._ui.desk import ask, show_left
from pages._ui.disputes import show_disputes
from pages._ui.embedder import code_switch, first_embedder, other_embedder
from pages._ui.frame import frame, title
from pages._ui.generated import also_generated, show_generated
from pages._ui.granularity import granularity
from pages._ui.growing import show_growing
from pages._ui.llm import show_usage
from pages._ui.looks import (
    all_points,
    download_map,
    show_duplicates,
    show_likeness,
    show_over_time,
)
from pages._ui.naming import show_naming
from pages._ui.people import annotator, seat, show_name
from pages._ui.position import (
    choose_project,
    chosen_project,
    demand_map,
    demand_project,
    drawing,
    go_to,
    put_in_tray,
    ringed,
    take_from_map,
    tray,
)
from pages._ui.press import press
from pages._ui.prompts import show_prompts
from pages._ui.proposal import show_proposal
from pages._ui.quality import show_quality
from pages._ui.recipe import show_recipe
from pages._ui.returned import show_import
from pages._ui.sampling import many_texts, work_of
from pages._ui.selection import show_tray
from pages._ui.shaping import apply, show_stale
from pages._ui.show import is_dark, lines, plain, told_errors, when
from pages._ui.topic import show_topic
from pages._ui.topics import show_topics
from pages._ui.tree import pick, show_archived, show_tree, walk
from pages._ui.trust import show_trust
from pages._ui.trying import try_model
from pages._ui.work import start, tell_end, watch

__all__ = [
    "add_texts",
    "all_points",
    "also_generated",
    "annotator",
    "apply",
    "arrays",
    "ask",
    "at_work",
    "at_work_classifying",
    "bring_batch",
    "choose_classifier",
    "choose_project",
    "chosen_project",
    "clustering_settings",
    "code_switch",
    "corpus",
    "demand_map",
    "demand_project",
    "download_map",
    "drawing",
    "first_embedder",
    "frame",
    "go_to",
    "granularity",
    "health",
    "is_dark",
    "lines",
    "many_texts",
    "moved",
    "offer_batch",
    "other_embedder",
    "overview",
    "pick",
    "plain",
    "press",
    "put_in_tray",
    "rest",
    "ringed",
    "rounds",
    "row_ids",
    "seat",
    "show_archived",
    "show_at_work",
    "show_batch",
    "show_bulk",
    "show_checks",
    "show_classified",
    "show_comparison",
    "show_condensed",
    "show_disputes",
    "show_duplicates",
    "show_generated",
    "show_growing",
    "show_import",
    "show_left",
    "show_likeness",
    "show_llm",
    "show_moves",
    "show_name",
    "show_naming",
    "show_over_time",
    "show_prompts",
    "show_proposal",
    "show_quality",
    "show_recipe",
    "show_stale",
    "show_topic",
    "show_topics",
    "show_tray",
    "show_tree",
    "show_trust",
    "show_usage",
    "show_waiting",
    "start",
    "table",
    "take_back",
    "take_from_map",
    "tell_end",
    "texts",
    "title",
    "told_errors",
    "tray",
    "try_model",
    "viewed",
    "walk",
    "watch",
    "ways_in",
    "when",
    "why_here",
    "work_of",
    "workspace",
]
