"""How good a classifier is: figures, topic by topic, and what is taken for what."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain.classification import ClassifierKind, Kept, Quality
from core.project import classifying
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.show import plain


def show_quality(here: Current, kind: ClassifierKind) -> None:
    """Show how good the newest classifier of a kind is, topic by topic."""
    kept = classifying.newest(workspace(), here.project.id, kind)
    if kept is None:
        return
    trained = _trained(kept.id, kept)
    with st.expander(f"How good is it? {classifying.NAMES[kind]}", expanded=False):
        st.markdown(plain(classifying.tell_quality(trained.quality, trained.learned)))
        rule = trained.classifier.rule
        if rule.caught.total:
            st.markdown(
                plain(
                    f"Of {rule.caught.total:,} texts whose topic was taken away to try it, "
                    f"{rule.caught.share:.0%} were found not to fit; of those whose topic was "
                    f"there, {1 - rule.kept.share:.0%} were turned away wrongly."
                )
            )
        if trained.quality is not None:
            _figures(trained.quality, _names(here, kept.version))


@st.cache_resource(max_entries=2, show_spinner=False)
def _trained(kept_id: str, _kept: Kept) -> classifying.Trained:
    return classifying.load(workspace(), _kept)


def _names(here: Current, version: int) -> dict[str, str]:
    """Return the topics' paths: as they are called now, else as they were called then."""
    then = workspace().store.projects.taxonomy(here.project.id, version)
    return {**classifying.topic_names(then), **classifying.topic_names(here.taxonomy)}


def _figures(quality: Quality, names: dict[str, str]) -> None:
    for column, (label, value, about) in zip(
        st.columns(4),
        (
            ("Accuracy", quality.accuracy.share, "Held-out texts put into their topic."),
            ("F1, topics alike", quality.macro.f1, "Macro: each topic counts once."),
            ("F1, texts alike", quality.weighted.f1, "Weighted: each text counts once."),
            ("Calibration error", quality.error, "How far probabilities are off. 0 is best."),
        ),
        strict=True,
    ):
        column.metric(label, f"{value:.1%}", help=about)
    st.caption(
        f"Precision {quality.macro.precision:.1%} and recall {quality.macro.recall:.1%} with "
        f"topics alike; {quality.weighted.precision:.1%} and {quality.weighted.recall:.1%} "
        "with texts alike."
    )
    percent = st.column_config.NumberColumn(format="percent")
    st.dataframe(
        pd.DataFrame(
            [
                (names.get(one.topic, one.topic), one.texts, one.precision, one.recall, one.f1)
                for one in quality.topics
            ],
            columns=["Topic", "Held out", "Precision", "Recall", "F1"],
        ),
        hide_index=True,
        column_config={"Precision": percent, "Recall": percent, "F1": percent},
    )
    if quality.confused:
        st.markdown("**What is taken for what**")
        st.dataframe(
            pd.DataFrame(
                [
                    (names.get(gold, gold), names.get(found, found), texts)
                    for gold, found, texts in quality.confused
                ],
                columns=["Topic", "Taken for", "Held-out texts"],
            ),
            hide_index=True,
        )
    st.markdown("**Does a probability mean what it says?**")
    st.dataframe(
        pd.DataFrame(
            [(one.probability, one.right, one.texts) for one in quality.bins],
            columns=["Probability", "Right", "Texts"],
        ),
        hide_index=True,
        column_config={"Probability": percent, "Right": percent},
    )
