"""The report: one page of HTML that needs nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from core.domain.taxonomy import Topic
from core.steps.export.bundle import Bundle
from core.steps.export.cells import utf8
from core.steps.export.picture import HEIGHT, WIDTH, picture
from core.steps.export.taxonomies import topic_sizes
from core.steps.export.tree import outline

_QUOTES = 3
_QUOTE = 240  # characters of a text that are quoted
_HISTORY = 40  # versions told, the newest


@dataclass(slots=True)
class Branch:
    """A topic with what stands below it. `share` in [0, 1] of all texts."""

    topic: Topic
    number: str
    texts: int
    share: float
    quotes: tuple[str, ...]
    children: list[Branch] = field(default_factory=list)


def as_html(bundle: Bundle) -> bytes:
    """Return report.html: tree, map, quotes, agreement, spend and caveats.

    All text in it is escaped, and it fetches nothing.
    """
    from jinja2 import Environment, StrictUndefined

    page = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page.filters["n"] = lambda count: f"{count:,}"
    front = bundle.front
    answers = Counter(judgment.source for judgment in bundle.judgments)
    nodes = outline(bundle.taxonomy)
    newest = [note for note in bundle.history if note.number == bundle.taxonomy.version]
    html = page.from_string(front.template).render(
        name=bundle.project_name,
        source=bundle.table.name,
        at=f"{newest[0].at:%d %B %Y}" if newest else "",
        version=bundle.taxonomy.version,
        round=bundle.round,
        texts=len(bundle.corpus.texts),
        rows=len(bundle.corpus.row_ids),
        unassigned=bundle.assignment.topics.count(""),
        topics=sum(node.leaf for node in nodes),
        roots=sum(node.level == 1 for node in nodes),
        reviewed=sum(node.leaf and node.topic.reviewed for node in nodes),
        answers=len(bundle.judgments),
        by_people=answers["human"] + answers["bulk"],
        tree=_tree(bundle),
        map=picture(bundle, len(front.light)),
        width=WIDTH,
        height=HEIGHT,
        light=front.light,
        dark=front.dark,
        agreement=front.agreement,
        spend=front.spend,
        caveats=front.caveats,
        made=front.made,
        history=bundle.history[-_HISTORY:][::-1],
        versions=len(bundle.history),
    )
    return utf8(html)


def _tree(bundle: Bundle) -> list[Branch]:
    texts, _ = topic_sizes(bundle)
    body = {text.id: text.body for text in bundle.corpus.texts}
    below: dict[str | None, list[Branch]] = defaultdict(list)
    for node in reversed(outline(bundle.taxonomy)):
        count = texts[node.topic.id]
        quotes = [body[text] for text in bundle.examples.get(node.topic.id, ()) if text in body]
        branch = Branch(
            node.topic,
            node.number,
            count,
            count / max(1, len(body)),
            tuple(_quoted(quote) for quote in quotes[:_QUOTES]) if node.leaf else (),
            below.pop(node.topic.id, [])[::-1],
        )
        below[node.topic.parent].append(branch)
    return below[None][::-1]


def _quoted(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _QUOTE else plain[: _QUOTE - 1].rstrip() + "…"
