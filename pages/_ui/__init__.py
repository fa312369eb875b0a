"""The one helper that the pages share, one idea a file."""

from pages._ui.cached import arrays, corpus, health, table, texts, workspace
from pages._ui.frame import frame, title
from pages._ui.granularity import granularity
from pages._ui.position import (
    annotator,
    choose_project,
    chosen_project,
    demand_map,
    demand_project,
    go_to,
    put_in_tray,
    tray,
)
from pages._ui.question import show_question
from pages._ui.selection import show_tray
from pages._ui.show import is_dark, lines, plain, told_errors, when
from pages._ui.work import start, tell_end, watch

__all__ = [
    "annotator",
    "arrays",
    "choose_project",
    "chosen_project",
    "corpus",
    "demand_map",
    "demand_project",
    "frame",
    "go_to",
    "granularity",
    "health",
    "is_dark",
    "lines",
    "plain",
    "put_in_tray",
    "show_question",
    "show_tray",
    "start",
    "table",
    "tell_end",
    "texts",
    "title",
    "told_errors",
    "tray",
    "watch",
    "when",
    "workspace",
]
