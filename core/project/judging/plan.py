"""Who judges a project: its settings, where texts go, and the model behind them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from core.domain.jobs import Job
from core.domain.judging import Budget, JudgeSettings, nano
from core.domain.llm import ChatModel, ModelChoice
from core.project.judging.gate import nothing_leaves
from core.project.starting import start_job
from core.project.workspace import Workspace

_HOMES = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "huggingface": "router.huggingface.co",
}


def settings_of(workspace: Workspace, project_id: str) -> JudgeSettings:
    """Return the project's settings, those of the installation where it has none yet."""
    if workspace.store.spending.budget(project_id) is None:
        outside = workspace.settings
        return JudgeSettings(outside.llm_provider, outside.llm_model, outside.llm_base_url)
    return workspace.store.spending.settings(project_id)


def budget_of(workspace: Workspace, project_id: str) -> Budget:
    """Return the project's budget; the installation's switch counts as its own."""
    kept = workspace.store.spending.budget(project_id)
    if kept is None:
        kept = Budget(nano(workspace.settings.llm_cap))
    switched = kept.nothing_leaves or workspace.settings.nothing_leaves
    return Budget(kept.cap, kept.spent, kept.reserved, switched)


def save(
    workspace: Workspace,
    project_id: str,
    settings: JudgeSettings,
    *,
    cap: float,
    nothing_leaves: bool,
) -> None:
    """Keep settings, cap (US dollars) and switch. Cap and switch hold from the next
    call on, the rest from the next batch on. Raises InputError where the model makes
    no sense."""
    if settings.ready:
        _ = settings.choice
    begin(workspace, project_id)
    workspace.store.spending.save_settings(project_id, settings)
    workspace.store.spending.limit(project_id, cap=nano(cap), nothing_leaves=nothing_leaves)


def begin(workspace: Workspace, project_id: str) -> None:
    """Give the project a budget where it has none."""
    settings = settings_of(workspace, project_id)
    workspace.store.spending.begin(project_id, settings, nano(workspace.settings.llm_cap))


def open_judge(
    workspace: Workspace, project_id: str, settings: JudgeSettings, key: SecretStr | None
) -> ChatModel:
    """Return the project's model. Raises InputError where none is set up, NothingLeaves
    where it runs elsewhere and nothing may leave, ModelError where it cannot be loaded.

    Nothing but the gate may call it: see `gate`.
    """
    # Here, because a page's process opens no model.
    from core.adapters.llm import open_model

    return open_model(allowed(workspace, project_id, settings), key)


def allowed(workspace: Workspace, project_id: str, settings: JudgeSettings) -> ModelChoice:
    """Return the model that settings name. Raises InputError where they name none,
    NothingLeaves where it runs elsewhere and nothing may leave."""
    choice = settings.choice
    if choice.leaves and budget_of(workspace, project_id).nothing_leaves:
        raise nothing_leaves(choice.model)
    return choice


def in_worker(
    workspace: Workspace,
    project_id: str,
    kind: str,
    params: Mapping[str, str],
    key: SecretStr | None,
) -> Job:
    """Start a use case in a process of its own that knows the key: one typed by the person
    goes before the environment's. Raises BusyError while another job of the project is live."""
    secret = key_of(workspace, key)
    secrets = {"CLADE_LLM_KEY": secret.get_secret_value()} if secret else None
    return start_job(workspace, project_id, kind, params, secrets)


def key_of(workspace: Workspace, typed: SecretStr | None) -> SecretStr | None:
    """Return the key in use: one typed by the person goes before the environment's."""
    return typed if typed and typed.get_secret_value() else workspace.settings.llm_key


def whereabouts(choice: ModelChoice) -> str:
    """Return in a sentence where texts go."""
    if choice.provider in ("bundled", "transformers"):
        return "Texts stay on this computer: the model runs inside Clade."
    address = urlsplit(choice.base_url).netloc if choice.base_url else _HOMES[choice.provider]
    if not choice.leaves:
        return f"Texts go to a server on this computer ({address})."
    return f"Texts of the questions that are asked go to {address}."
