"""How one text became another: nothing is lost, a word is found, and no text takes longer than a page may."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.words import AROUND, Mark, Piece, pieces

WORDS = st.lists(st.sampled_from(["ja", "opinto", "polku", " ", "\n", "\n\n", "  ", "ä"]), max_size=60).map(" ".join)


def joined(found: tuple[Piece, ...], *marks: Mark) -> str:
    return "".join(piece.text for piece in found if piece.mark in marks)


@given(st.one_of(st.text(), WORDS), st.one_of(st.text(), WORDS))
def test_nothing_of_either_text_is_lost(old: str, new: str) -> None:
    found = pieces(old, new)
    assert joined(found, Mark.SAME, Mark.ADDED) == new
    assert joined(found, Mark.SAME, Mark.REMOVED) == old
    assert all(piece.text for piece in found)


@given(WORDS)
def test_a_text_is_no_change_of_itself(text: str) -> None:
    assert {piece.mark for piece in pieces(text, text)} <= {Mark.SAME}


def test_a_word_is_found_and_what_is_far_from_it_is_folded() -> None:
    words = [f"sana{number}" for number in range(200)]
    changed = [*words[:100], "toinen", *words[101:]]
    found = pieces(" ".join(words), " ".join(changed))
    assert [(piece.mark, piece.is_folded) for piece in found] == [
        (Mark.SAME, True),
        (Mark.SAME, False),
        (Mark.REMOVED, False),
        (Mark.ADDED, False),
        (Mark.SAME, False),
        (Mark.SAME, True),
    ]
    assert [piece.text.strip() for piece in found if piece.mark != Mark.SAME] == ["sana100", "toinen"]
    assert [piece.words for piece in found if piece.is_folded] == [100 - AROUND, 99 - AROUND]


def test_white_space_alone_is_a_change_of_white_space_alone() -> None:
    found = pieces("yksi kaksi", "yksi\n\nkaksi")
    assert [(piece.mark, piece.text) for piece in found] == [
        (Mark.SAME, "yksi"),
        (Mark.REMOVED, " "),
        (Mark.ADDED, "\n\n"),
        (Mark.SAME, "kaksi"),
    ]


def test_a_word_alike_by_chance_parts_no_sentence() -> None:
    found = pieces("Opettajat oppivat uutta ja kehittyvät työssään.", "Koulu saa laitteita ja tiloja lisää nyt.")
    assert [piece.mark for piece in found] == [Mark.REMOVED, Mark.ADDED]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 50_000, "a x " * 25_000),
        (" ".join(map(str, range(17_000))), " ".join("x" if number % 2 else str(number) for number in range(17_000))),
        ("\n " * 50_000, " \n" * 49_999),
        ("x" * 100_000, "y" * 100_000),
        ("a b " * 75, "a x " * 75),
    ],
)
def test_hostile_texts_take_no_longer_than_a_page_may(old: str, new: str) -> None:
    began = process_time()
    found = pieces(old, new)
    # Of the processor: others use the machine too. A second where it is slow; without the bound the first takes hours.
    assert process_time() - began < 3
    assert joined(found, Mark.SAME, Mark.ADDED) == new
    assert joined(found, Mark.SAME, Mark.REMOVED) == old
