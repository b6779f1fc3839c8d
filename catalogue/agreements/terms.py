"""What an agreement says on a day, in SQL: its present terms, or those it had then."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case

from catalogue.core.db import Day

from .models import Agreement, FormerTerms


def former_on(day: Day) -> ColumnElement[bool]:
    """Return the condition of the terms that an agreement had on `day` and has no more."""
    return and_(
        FormerTerms.agreement_id == Agreement.id,
        FormerTerms.from_on <= day,
        FormerTerms.until_on >= day,
    )


def said(name: str) -> ColumnElement[Any]:
    """Return what an agreement says under `name`, with the terms of `former_on` joined."""
    # Terms may have been empty, so that their own column cannot tell whether there were any.
    return case(
        (FormerTerms.id.is_(None), getattr(Agreement, name)), else_=getattr(FormerTerms, name)
    ).label(name)


def ceiling_columns() -> tuple[Any, ...]:  # SQLAlchemy 2.0 and 2.1 type columns differently
    """Return what is asked of an agreement for its ceiling, with `former_on` joined."""
    return Agreement.starts_on, said("ceiling_ore"), said("ceiling_months")
