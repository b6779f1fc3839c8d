"""The pictures that a row of a price list names: found, left out with a note, or a fault. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.media.service import Received

from . import picture_names, schema, sheet_cells
from .price_list import Row, spaced
from .shelf import NewPicture
from .zipped import picture_key


@dataclass(frozen=True)
class Sources:
    """Where pictures are looked for: those that came with the list, and the enterprise's own."""

    sent: Mapping[str, Received | Text]  # by `picture_key`, or by the address they came from
    images: Mapping[int, Received]
    alts: Mapping[str, str]  # the texts of those the product has, by hash
    at_most: int


@dataclass
class Read:
    """What a row's names of pictures have become."""

    pictures: list[NewPicture] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    faults: list[Text | str] = field(default_factory=list)


def read(row: Row, sources: Sources) -> Read:
    """Find the pictures of a row; what a lenient one cannot have is noted, else it is a fault."""
    done, shown = Read(), set(sources.alts)
    for place, name in enumerate(row.images):
        alt = row.alts[place] if place < len(row.alts) else ""
        known_by = picture_names.shown(name, alt, place + 1)
        picture = _limited(row, _find(name, sources), shown, sources.at_most)
        if isinstance(picture, Received):
            was = sources.alts.get(picture.sha256, "")
            kept = was if spaced(was) == alt else alt
            done.pictures.append(NewPicture(picture, kept, str(known_by)))
        elif row.lenient:
            done.notes.append(_left_out(known_by, picture))
        elif picture is None:
            done.faults.append(_("The picture %(name)s was not sent along", name=name))
        else:
            done.faults.append(_("%(name)s: %(problem)s", name=name, problem=picture))
    _check_alts(row, sources, done)
    return done


def _limited(
    row: Row, picture: Received | Text | None, shown: set[str], at_most: int
) -> Received | Text | None:
    """Return a picture, or that a lenient row has too many; a strict one is refused as a whole."""
    if not row.lenient or not isinstance(picture, Received) or picture.sha256 in shown:
        return picture
    if len(shown) >= at_most:
        return _("A product has at most %(limit)s pictures", limit=at_most)
    shown.add(picture.sha256)
    return picture


def _find(name: str, sources: Sources) -> Received | Text | None:
    """Return a picture that was sent or fetched, why it cannot be used, or one of our own."""
    for key in (picture_key(name), name):
        if key in sources.sent:
            return sources.sent[key]
    return sources.images.get(sheet_cells.picture_id(name))


def _check_alts(row: Row, sources: Sources, done: Read) -> None:
    alts = {each.alt for each in done.pictures} | (set() if row.lenient else set(row.alts))
    try:
        for alt in alts - {spaced(was) for was in sources.alts.values()}:
            schema.read_alt(alt)
    except Invalid as error:
        done.faults += error.problems["images"]


def _left_out(name: Text | str, problem: Text | None) -> Text:
    if problem is None:
        return _("The picture %(name)s was not fetched; send its file along", name=name)
    return _("The picture %(name)s was left out: %(problem)s", name=name, problem=problem)
