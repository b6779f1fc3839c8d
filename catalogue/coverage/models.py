"""What the municipality's ledger says it bought: files that were read, their rows, the accounts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

LedgerImportId = NewType("LedgerImportId", int)


class ImportState(StrEnum):
    """How far a sent ledger has come; FAILED: it cannot be read, REMOVED: its rows were deleted."""

    CHECKING = "checking"
    CHECKED = "checked"
    READING = "reading"
    TAKEN = "taken"
    FAILED = "failed"
    REMOVED = "removed"


class LedgerImport(Base):
    """A file of the ledger: who sent it, what the dry run found, and how far reading is.

    `facts` is `survey.Survey` as JSON. Of the rows read, `rows_new` are in the ledger by this
    file, `rows_known` were there before, `rows_refused` have faults.
    """

    __tablename__ = "catalogue_ledger_imports"
    __table_args__ = (Index("ix_catalogue_ledger_imports_list", "municipality_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    token: Mapped[str] = mapped_column(String(32))  # finds the stored file
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ImportState] = mapped_column(String(20))
    touched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # last sign of life of reading
    done_percent: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_new: Mapped[int] = mapped_column(default=0)
    rows_known: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class LedgerRow(Base):
    """One booked amount; credit notes are negative. Without a CVR number no name is kept.

    Who has no CVR number may be a private person (DOMAIN.md 1.9). The fingerprint is unique among
    the rows of a day, and new rows are mostly of late days, so that this index grows at its end.
    """

    __tablename__ = "catalogue_ledger_rows"
    __table_args__ = (
        UniqueConstraint("municipality_id", "booked_on", "fingerprint"),
        # Holds all that is summed up of suppliers; the other two find the rows of one value.
        Index("ix_catalogue_ledger_rows_supplier", "municipality_id", "cvr", "booked_on",
              "account", "department", "amount_ore"),
        Index("ix_catalogue_ledger_rows_account", "municipality_id", "account", "booked_on"),
        Index("ix_catalogue_ledger_rows_department", "municipality_id", "department", "booked_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # That of the import, which refers to it; a second check would cost a fifth of the speed.
    municipality_id: Mapped[int] = mapped_column(BigId)
    import_id: Mapped[int] = mapped_column(ForeignKey("catalogue_ledger_imports.id"), index=True)
    booked_on: Mapped[date]
    cvr: Mapped[str] = mapped_column(String(8))
    supplier_name: Mapped[str] = mapped_column(String(120))
    amount_ore: Mapped[int] = mapped_column(BigId)
    account: Mapped[str] = mapped_column(String(40))
    department: Mapped[str] = mapped_column(String(80))
    fingerprint: Mapped[int] = mapped_column(BigInteger)


class Span(StrEnum):
    """Of how long a time a sum of the ledger is."""

    DAY = "day"
    MONTH = "month"


class SumKind(StrEnum):
    """What a sum of the ledger is told by."""

    ACCOUNT = "account"
    DEPARTMENT = "department"


class LedgerSum(Base):
    """How many rows of a day or a month an account or a department has, and their amount.

    Written in the transaction that writes or deletes the rows (`ledger_summing`), so that figures
    of a million rows are read from some thousands. Each row counts once for each span and kind.
    """

    __tablename__ = "catalogue_ledger_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)

    municipality_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    span: Mapped[Span] = mapped_column(String(5), primary_key=True)
    kind: Mapped[SumKind] = mapped_column(String(10), primary_key=True)
    first_on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    row_count: Mapped[int] = mapped_column(BigId)
    amount_ore: Mapped[int] = mapped_column(BigId)


class AccountCategory(Base):
    """What is bought on an account, as staff of the municipality said it; remembered."""

    __tablename__ = "catalogue_account_categories"

    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), primary_key=True
    )
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("catalogue_categories.code"))
    prefix: Mapped[str] = mapped_column(String(8))  # of the category, for the set-based rule
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
