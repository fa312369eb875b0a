"""The wording of a project's prompts: the presets', and a person's own versions."""

from __future__ import annotations

from dataclasses import replace

from core.domain.prompts import PromptKind, Template
from core.project.judging.asking import template
from core.project.judging.plan import begin, settings_of
from core.project.workspace import Workspace
from core.steps.prompts import FIELDS, PRESETS, preset, template_of

KINDS: tuple[PromptKind, ...] = tuple(FIELDS)
NAMES = tuple(PRESETS)
"""The presets' names."""


def wording_in_use(workspace: Workspace, project_id: str, kind: PromptKind) -> Template:
    """Return the wording that the next prompt of a kind is made from."""
    return template(workspace, project_id, settings_of(workspace, project_id), kind)


def versions(workspace: Workspace, project_id: str, kind: PromptKind) -> tuple[Template, ...]:
    """Return the wordings to choose from: the preset's, then a person's own, oldest first."""
    kept = workspace.store.batches.templates(project_id, kind)
    own = [template_of(kind, parts["name"], parts["system"], parts["user"]) for _, parts in kept]
    return (preset(settings_of(workspace, project_id).preset, kind), *own)


def keep_wording(
    workspace: Workspace, project_id: str, kind: PromptKind, system: str, user: str, author: str
) -> Template:
    """Keep a wording as a new version and use it from the next batch on; the old ones
    stay. Raises InputError where it cannot be one."""
    count = len(workspace.store.batches.templates(project_id, kind)) + 1
    made = template_of(kind, f"Version {count}", system, user)
    parts = {"name": made.name, "system": made.system, "user": made.user}
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
