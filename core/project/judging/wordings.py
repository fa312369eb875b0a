"""The wording of a project's prompts: the presets', and a person's own versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.domain.judging import JudgeSettings
from core.domain.prompts import PromptKind, Template
from core.project.judging.plan import begin, settings_of
from core.project.workspace import Workspace
from core.steps.prompts import FIELDS, PRESETS, preset, template_of

KINDS: tuple[PromptKind, ...] = tuple(FIELDS)
NAMES = tuple(PRESETS)
"""The presets' names."""

_FORCED = "forced"


def template(
    workspace: Workspace, project_id: str, settings: JudgeSettings, kind: PromptKind
) -> Template:
    """Return the wording in use for a kind of prompt: the person's own, or the preset's."""
    chosen = settings.templates.get(kind)
    for version, parts in workspace.store.batches.templates(project_id, kind) if chosen else ():
        if version == chosen:
            return _rebuilt(kind, parts)
    return preset(settings.preset, kind)


def wording_in_use(workspace: Workspace, project_id: str, kind: PromptKind) -> Template:
    """Return the wording that the next prompt of a kind is made from."""
    return template(workspace, project_id, settings_of(workspace, project_id), kind)


def versions(workspace: Workspace, project_id: str, kind: PromptKind) -> tuple[Template, ...]:
    """Return the wordings to choose from: the preset's, then a person's own, oldest first."""
    kept = workspace.store.batches.templates(project_id, kind)
    own = [_rebuilt(kind, parts) for _, parts in kept]
    return (preset(settings_of(workspace, project_id).preset, kind), *own)


def keep_wording(
    workspace: Workspace, project_id: str, kind: PromptKind, system: str, user: str, author: str
) -> Template:
    """Keep a wording as a new version and use it from the next batch on; the old ones
    stay. It forces a choice where the wording in use does: that is not said in its words.
    Raises InputError where it cannot be one."""
    count = len(workspace.store.batches.templates(project_id, kind)) + 1
    forced = wording_in_use(workspace, project_id, kind).forced
    made = template_of(kind, f"Version {count}", system, user, forced=forced)
    parts = {"name": made.name, "system": made.system, "user": made.user}
    if made.forced:
        parts[_FORCED] = "yes"
    workspace.store.batches.keep_template(project_id, kind, made.version, parts, author)
    use_wording(workspace, project_id, made)
    return made


def use_wording(workspace: Workspace, project_id: str, chosen: Template) -> None:
    """Use a version from the next batch on."""
    begin(workspace, project_id)
    settings = settings_of(workspace, project_id)
    others = {kind: of for kind, of in settings.templates.items() if kind != chosen.kind}
    own = chosen.version != preset(settings.preset, chosen.kind).version
    templates = {**others, chosen.kind: chosen.version} if own else others
    workspace.store.spending.save_settings(project_id, replace(settings, templates=templates))


def _rebuilt(kind: PromptKind, parts: Mapping[str, str]) -> Template:
    return template_of(kind, parts["name"], parts["system"], parts["user"], forced=_FORCED in parts)
