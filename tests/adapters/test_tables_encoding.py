"""Texts of any age and origin come out with their letters, or are refused."""

from __future__ import annotations

import pytest

from core.adapters.tables import read_table
from core.domain.errors import InputError
from core.domain.settings import Settings

SETTINGS = Settings()
GERMAN = "text,label\nGröße falsch – 5 €,ä\nKönnen Sie mir helfen?,b\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_of_one_table(encoding: str, named: str) -> None:
    table = read_table("a.csv", GERMAN.encode(encoding), SETTINGS)
    assert table.headers == ("text", "label")
    assert table.frame["text"].tolist() == ["Größe falsch – 5 €", "Können Sie mir helfen?"]
    assert table.encoding == named
    guessed = encoding in ("utf-16-le", "utf-16-be", "cp1252")
    assert [named in notice for notice in table.notices] == [True] * guessed


def test_utf16_of_another_script_without_mark() -> None:
    body = "我的卡在哪里？我无法登录，请帮帮我。"
    table = read_table("a.txt", f"{body}\n".encode("utf-16-le") * 3, SETTINGS)
    assert table.frame["text"].tolist() == [body] * 3


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("Kde je moje karta? Nemohu se přihlásit, prosím o pomoc, děkuji.", "cp1250"),
        ("Где моя карта? Я не могу войти в систему, помогите пожалуйста.", "cp1251"),
        ("私のカードはどこですか？ログインできません。助けてください。", "cp932"),
        ("mañana", "cp1252"),
        ("café", "cp1252"),
    ],
)
def test_older_encodings_are_guessed(body: str, encoding: str) -> None:
    data = b"plain line\n" * 10_000 + body.encode(encoding)
    table = read_table("a.txt", data, SETTINGS)
    assert table.frame["text"].tolist()[-1] == body
    assert table.encoding == encoding
    assert encoding in table.notices[0]
    assert "choose another" in table.notices[0]


def test_an_encoding_that_is_asked_for_is_used() -> None:
    table = read_table("a.txt", "Größe".encode("cp850"), SETTINGS, "cp850")
    assert table.frame["text"].tolist() == ["Größe"]
    assert table.notices == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-17", "hex", "undefined", "a\0b", "utf-16"])
def test_an_encoding_that_does_not_fit_is_refused(encoding: str) -> None:
    with pytest.raises(InputError, match="cannot be read as") as caught:
        read_table("a.txt", b"Gr\xf6\xdfe", SETTINGS, encoding)
    assert "another encoding" in caught.value.next_move


def test_nuls_are_removed_with_a_notice() -> None:
    table = read_table("a.csv", b"text,n\na\0b,1\n\0c,2\n", SETTINGS)
    assert table.frame["text"].tolist() == ["ab", "c"]
    assert table.notices == ("2 NUL characters were removed.",)


def test_escaped_nuls_and_lone_surrogates_are_removed_with_a_notice() -> None:
    table = read_table("a.json", rb'["a\u0000b", "c\ud800", "d"]', SETTINGS)
    assert table.frame["text"].tolist() == ["ab", "c", "d"]
    assert table.notices == ("Characters that cannot be stored were removed from 2 cells.",)


def test_a_picture_named_txt_is_refused() -> None:
    noise = bytes(range(256)) * 40
    with pytest.raises(InputError, match="does not hold text"):
        read_table("a.txt", noise, SETTINGS)
