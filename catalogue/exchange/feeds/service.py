"""The verbs of catalogue files: define, change, copy or delete one, and read what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement, AgreementKind
from catalogue.core import audit, jobs
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import rows, rules, writing
from .models import CatalogueFile, FileRun
from .rows import Address, Wanted
from .rules import Column, Encoding, FileKind, Layout
from .schema import Terms

WRITE = "catalogue_file.write"
RUNS_SHOWN = 14
SHOWN_ROWS = 20
LONGEST_NAME = 80
# What a new file begins with: what most webshops ask for.
USUAL = (
    ("Varenummer", "item_number"),
    ("Navn", "title"),
    ("Beskrivelse", "summary"),
    ("Pris ekskl. moms", "price"),
    ("Enhed", "unit_code"),
    ("Moms %", "vat_rate"),
    ("Mindste antal", "minimum_quantity"),
    ("Leveringsdage", "delivery_days"),
    ("Leverandør", "enterprise_name"),
    ("CVR", "enterprise_cvr"),
    ("Aftale", "agreement_number"),
    ("Billede", "picture_address"),
)


@dataclass(frozen=True)
class Listed:
    """A file in the list, with the last time it was to be written."""

    file: CatalogueFile
    run: FileRun | None


@dataclass(frozen=True)
class Shown:
    """A file as its page shows it: its runs newest first, and names of what it is limited to."""

    file: CatalogueFile
    runs: Sequence[FileRun]
    agreements: Sequence[str]
    enterprises: Sequence[str]


@dataclass(frozen=True)
class Choices:
    """What a file can be limited to: voluntary agreements not over, and their enterprises."""

    agreements: Sequence[tuple[int, str]]
    enterprises: Sequence[tuple[int, str]]


def create(session: Session, who: Who, terms: Terms, now: datetime) -> int:
    """Define a file and have it written; return its id. Raises Invalid by field."""
    _check(session, who, terms)
    made = CatalogueFile(
        municipality_id=who.municipality_id, created_at=now, updated_at=now, **_kept(terms)
    )
    session.add(made)
    session.flush()
    _record(session, who, made, "created", {}, now)
    put(session, made.id, now)
    return made.id


def amend(session: Session, who: Who, file_id: int, terms: Terms, now: datetime) -> None:
    """Change a file and have it written anew; raises Invalid by field, Missing."""
    found = get_own(session, who, file_id)
    hold(session, found)
    _check(session, who, terms)
    before = _told(found)
    for name, value in _kept(terms).items():
        setattr(found, name, value)
    found.updated_at = now
    _record(session, who, found, "amended", before, now)
    put(session, found.id, now)


def copy(session: Session, who: Who, file_id: int, now: datetime) -> int:
    """Make another file like this one, to be changed; return its id."""
    found = get_own(session, who, file_id)
    name = str(_("Copy of %(name)s", name=found.name))[:LONGEST_NAME]
    made = CatalogueFile(
        municipality_id=found.municipality_id, created_at=now, updated_at=now,
        **(_kept(terms_of(found)) | {"name": name}),
    )  # fmt: skip
    session.add(made)
    session.flush()
    _record(session, who, made, "copied", {}, now)
    put(session, made.id, now)
    return made.id


def remove(session: Session, who: Who, file_id: int, now: datetime) -> None:
    """Delete a file with its runs; what was written of it is for the caller to take away."""
    found = get_own(session, who, file_id)
    hold(session, found)
    audit.record(
        session, "catalogue_file.deleted", ("catalogue_file", found.id), person_id=who.person_id,
        now=now, facts=audit.changes(_told(found), {}), municipality_id=found.municipality_id,
    )  # fmt: skip
    session.execute(delete(FileRun).where(FileRun.file_id == found.id))
    session.execute(delete(CatalogueFile).where(CatalogueFile.id == found.id))


def put(session: Session, file_id: int, now: datetime) -> None:
    """Have the worker write a file."""
    jobs.put(session, WRITE, {"file_id": file_id, "planned_at": now.isoformat()}, now=now)


def get_own(session: Session, who: Who, file_id: int) -> CatalogueFile:
    """Return a file of the municipality; raises Missing."""
    found = session.get(CatalogueFile, file_id)
    if found is None or found.municipality_id != who.municipality_id:
        raise Missing(_("There is no such catalogue file."))
    return found


def list_own(session: Session, who: Who) -> list[Listed]:
    """List the files of the municipality by name, each with its last run. One query."""
    newest = (
        select(func.max(FileRun.id)).where(FileRun.file_id == CatalogueFile.id)
        .correlate(CatalogueFile).scalar_subquery()
    )  # fmt: skip
    query = (
        select(CatalogueFile, FileRun)
        .outerjoin(FileRun, FileRun.id == newest)
        .where(CatalogueFile.municipality_id == who.municipality_id)
        .order_by(CatalogueFile.name, CatalogueFile.id)
    )
    return [Listed(*row) for row in session.execute(query)]


def show(session: Session, who: Who, file_id: int) -> Shown:
    """Return a file with its newest runs; raises Missing. Four queries at most."""
    found = get_own(session, who, file_id)
    runs = session.scalars(
        select(FileRun)
        .where(FileRun.file_id == found.id)
        .order_by(FileRun.planned_at.desc())
        .limit(RUNS_SHOWN)
    ).all()
    return Shown(
        found, runs,
        _named(session, select(Agreement.number).where(Agreement.id.in_(found.agreement_ids)))
        if found.agreement_ids else [],
        _named(session, select(Enterprise.name).where(Enterprise.id.in_(found.enterprise_ids)))
        if found.enterprise_ids else [],
    )  # fmt: skip


def find_last_run(session: Session, file_id: int) -> FileRun | None:
    """Return the last time that a file was written."""
    query = select(FileRun).where(FileRun.file_id == file_id, FileRun.error.is_(None))
    return session.scalars(query.order_by(FileRun.id.desc()).limit(1)).first()


def list_choices(session: Session, who: Who, day: date) -> Choices:
    """List what a file can be limited to, agreements by number, enterprises by name. One query."""
    found = session.execute(
        select(Agreement.id, Agreement.number, Agreement.title, Enterprise.id, Enterprise.name)
        .join(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.municipality_id == who.municipality_id, Agreement.ends_on >= day)
        .where(Agreement.kind == AgreementKind.VOLUNTARY, Agreement.is_draft.is_(False))
        .order_by(Agreement.number)
    ).all()
    named = sorted({(name, id_) for *_agreement, id_, name in found})
    return Choices(
        [(id_, f"{number} – {title} ({name})") for id_, number, title, _of, name in found],
        [(id_, name) for name, id_ in named],
    )


def preview(
    session: Session, file: CatalogueFile, address: Address, day: date
) -> tuple[Layout, list[list[str]]]:
    """Return how a file is written, and its first rows as they are read in it."""
    layout = layout_of(file)
    found = rows.stream(session, wanted_of(file, day), layout.columns, address)
    return layout, [writing.texts(layout, row) for row in islice(found, SHOWN_ROWS)]


def stream(
    session: Session, file: CatalogueFile, address: Address, day: date
) -> Iterator[list[rules.Value]]:
    """Yield all rows of a file."""
    return rows.stream(session, wanted_of(file, day), layout_of(file).columns, address)


def wanted_of(file: CatalogueFile, day: date) -> Wanted:
    """Return which products stand in a file on a day."""
    return Wanted(
        file.municipality_id, day, frozenset(file.agreement_ids), frozenset(file.enterprise_ids)
    )


def layout_of(file: CatalogueFile) -> Layout:
    """Return how a file is written."""
    return Layout(
        FileKind(file.kind), rules.read_columns(file.columns), file.delimiter,
        Encoding(file.encoding), file.decimal_mark, file.has_heads,
    )  # fmt: skip


def terms_of(file: CatalogueFile) -> Terms:
    """Return what staff said of a file."""
    return Terms(file.name, layout_of(file), tuple(file.agreement_ids), tuple(file.enterprise_ids))


def content_type(file: CatalogueFile) -> str:
    """Return the type of a file as HTTP names it, with its letters."""
    if file.kind == FileKind.XLSX:
        return writing.MIME_TYPES[FileKind.XLSX]
    letters = {Encoding.WINDOWS: "windows-1252"}.get(Encoding(file.encoding), "utf-8")
    return f"{writing.MIME_TYPES[FileKind.CSV]}; charset={letters}"


def usual() -> Terms:
    """Return what a new file begins with."""
    columns = tuple(Column(heading, source) for heading, source in USUAL)
    return Terms("", Layout(FileKind.CSV, columns))


def _check(session: Session, who: Who, terms: Terms) -> None:
    """Refuse agreements that are not the municipality's own."""
    if not terms.agreement_ids:
        return
    query = select(func.count()).where(
        Agreement.id.in_(terms.agreement_ids), Agreement.municipality_id == who.municipality_id
    )
    if session.scalar(query) != len(terms.agreement_ids):
        raise Invalid({"agreement_ids": [_("Choose among the agreements of your municipality")]})


def _kept(terms: Terms) -> dict[str, Any]:
    layout = terms.layout
    return {
        "name": terms.name,
        "kind": layout.kind,
        "delimiter": layout.delimiter,
        "encoding": layout.encoding,
        "decimal_mark": layout.decimal_mark,
        "has_heads": layout.has_heads,
        "columns": [asdict(each) for each in layout.columns],
        "agreement_ids": list(terms.agreement_ids),
        "enterprise_ids": list(terms.enterprise_ids),
    }


def _told(file: CatalogueFile) -> dict[str, Any]:
    """Return what the audit keeps; of columns their headings and sources."""
    told = _kept(terms_of(file))
    columns = [
        f"{each['heading']} = {each['constant'] or each['source']}" for each in told["columns"]
    ]
    return told | {"columns": columns}


def _named(session: Session, query: Any) -> list[str]:
    return sorted(session.scalars(query))


def _record(
    session: Session, who: Who, file: CatalogueFile, deed: str, before: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    audit.record(
        session, f"catalogue_file.{deed}", ("catalogue_file", file.id), person_id=who.person_id,
        now=now, facts=audit.changes(before, _told(file)), municipality_id=file.municipality_id,
    )  # fmt: skip
