"""Pictures of the demonstration world: all motifs draw, the same twice, and variants differ."""

from __future__ import annotations

import pytest

from catalogue.demo.pictures import MOTIFS, draw, draw_logo

SMALL = (160, 120)
VARIANTS = {"playhouse": 40}
VARIANTS_AT_LEAST = 8


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_motif_draws_in_the_wanted_size_and_in_many_colours(motif: str) -> None:
    picture = draw(motif, 1, SMALL)
    assert picture.mode == "RGB"
    assert picture.size == SMALL
    colours = picture.getcolors(SMALL[0] * SMALL[1])
    assert colours is not None
    assert len(colours) > 100


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_same_call_gives_the_same_bytes(motif: str) -> None:
    assert draw(motif, 3, SMALL).tobytes() == draw(motif, 3, SMALL).tobytes()


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_every_variant_differs_from_the_others(motif: str) -> None:
    count = VARIANTS.get(motif, VARIANTS_AT_LEAST)
    pictures = {draw(motif, variant, SMALL).tobytes() for variant in range(1, count + 1)}
    assert len(pictures) == count


def test_size_of_another_shape_is_filled() -> None:
    assert draw("boat", 1, (120, 160)).size == (120, 160)


def test_unknown_motif_is_refused_and_the_known_are_named() -> None:
    with pytest.raises(ValueError, match=r"'submarine'.*bench.*playhouse"):
        draw("submarine", 1)


def test_logo_follows_from_the_name() -> None:
    first = draw_logo("Legehytten", 96)
    assert first.size == (96, 96)
    assert first.tobytes() == draw_logo("Legehytten", 96).tobytes()
    assert first.tobytes() != draw_logo("Syværkstedet", 96).tobytes()
