"""Start Streamlit: the page list, the frame around each page, nothing else."""

import streamlit as st

from pages import _ui

st.set_page_config(page_title="Clade", page_icon="assets/icon.png", layout="wide")
st.logo("assets/logo.svg", size="large")

page = st.navigation(
    [
        st.Page("pages/data.py", title="Data", icon=":material/table_rows:", default=True),
        st.Page("pages/map.py", title="Map", icon=":material/scatter_plot:"),
        st.Page("pages/review.py", title="Review", icon=":material/rule:"),
        st.Page("pages/retrain.py", title="Retrain", icon=":material/model_training:"),
        st.Page("pages/taxonomy.py", title="Taxonomy", icon=":material/account_tree:"),
        st.Page("pages/classify.py", title="Classify", icon=":material/label:"),
        st.Page("pages/export.py", title="Export", icon=":material/ios_share:"),
        st.Page("pages/history.py", title="History", icon=":material/history:"),
        st.Page("pages/settings.py", title="Settings", icon=":material/settings:"),
    ]
)
_ui.frame()
with _ui.told_errors():
    page.run()
_ui.rest()
