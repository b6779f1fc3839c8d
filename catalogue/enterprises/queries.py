"""Reads of enterprises, and the set-based form of what applies in a municipality."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from catalogue.accounts.models import Municipality
from catalogue.core.among import among
from catalogue.core.db import Base, Day, Whole
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _

from .models import (
    Enterprise,
    EnterpriseState,
    MunicipalDecision,
    Recognition,
    RegisterFact,
    RegisterStatus,
    Reverification,
    ReverificationState,
)


@dataclass(frozen=True)
class Logo:
    """What a page needs to show a logo."""

    id: int
    sha256: str
    width: int
    height: int
    colour: str | None
    alt: str


@dataclass(frozen=True)
class Dossier:
    """All that is known of an enterprise from one municipality's point of view."""

    enterprise: Enterprise
    home: Municipality
    register: RegisterFact | None
    decision: MunicipalDecision | None
    confirmation: Reverification | None  # that renews the verification, once it is sent
    requires_registered: bool


def reviewed_where(day: Day) -> ColumnElement[bool]:
    """Return the condition that the reviewer's verification of an Enterprise holds on `day`."""
    return and_(Enterprise.state == EnterpriseState.VERIFIED, Enterprise.verified_until >= day)


def verified_where(municipality_id: Whole, day: Day) -> ColumnElement[bool]:
    """Return the condition on Enterprise that `rules.standing` says verified, for SQL."""
    refused = exists().where(
        MunicipalDecision.enterprise_id == Enterprise.id,
        MunicipalDecision.municipality_id == municipality_id,
        MunicipalDecision.is_current,
        MunicipalDecision.recognition == Recognition.NOT_RECOGNISED,
    )
    demands = exists().where(Municipality.id == municipality_id, Municipality.requires_registered)
    return and_(reviewed_where(day), ~refused, or_(~demands, _registered()))


@cache  # to write it takes longer than to answer it
def _registered() -> ColumnElement[bool]:
    """Return the condition that the register named an Enterprise when it was last looked at."""
    newer = aliased(RegisterFact)
    return exists().where(
        RegisterFact.enterprise_id == Enterprise.id,
        RegisterFact.status == RegisterStatus.REGISTERED,
        ~exists().where(
            newer.enterprise_id == RegisterFact.enterprise_id, newer.id > RegisterFact.id
        ),
    )


def verified_ids(
    session: Session, municipality_id: int, enterprise_ids: Collection[int], day: date
) -> frozenset[int]:
    """Return which of the enterprises apply as verified in a municipality on `day`."""
    if not enterprise_ids:
        return frozenset()
    asked = {"municipality_id": municipality_id, "day": day, "ids": list(enterprise_ids)}
    return frozenset(session.scalars(_verified(), asked))


@cache  # asked by nearly every page: to write the statement takes longer than to answer it
def _verified() -> Select[Any]:
    holds = verified_where(bindparam("municipality_id"), bindparam("day"))
    return select(Enterprise.id).where(holds, among(Enterprise.id, "ids"))


def confirms() -> ColumnElement[bool]:
    """Return the condition of the confirmation that renews an Enterprise's verification."""
    return and_(
        Reverification.enterprise_id == Enterprise.id,
        Reverification.due_on == Enterprise.verified_until,
    )


def find_confirmation(
    session: Session, found: Enterprise, state: ReverificationState
) -> Reverification | None:
    """Return the confirmation for the day a verification ends, if it is in that state."""
    return session.scalars(
        select(Reverification).where(
            Reverification.enterprise_id == found.id,
            Reverification.due_on == found.verified_until,
            Reverification.state == state,
        )
    ).first()


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return names by id."""
    rows = session.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids)))
    return {id_: name for id_, name in rows}


def list_all(session: Session) -> list[Enterprise]:
    """List every enterprise by name."""
    return list(session.scalars(select(Enterprise).order_by(Enterprise.name_folded)))


def get_dossier(session: Session, enterprise_id: int, municipality_id: int | None) -> Dossier:
    """Return an enterprise with criteria, newest register fact and the municipality's decision."""
    found = session.execute(
        select(Enterprise, Municipality, Reverification)
        .join(Municipality, Municipality.id == Enterprise.municipality_id)
        .outerjoin(Reverification, confirms())
        .where(Enterprise.id == enterprise_id)
        .options(selectinload(Enterprise.criteria))
    ).first()
    if found is None:
        raise Missing(_("The enterprise does not exist."))
    register = session.scalars(
        select(RegisterFact)
        .where(RegisterFact.enterprise_id == enterprise_id)
        .order_by(RegisterFact.id.desc())
        .limit(1)
    ).first()
    decision = session.scalars(
        select(MunicipalDecision).where(
            MunicipalDecision.enterprise_id == enterprise_id,
            MunicipalDecision.municipality_id == municipality_id,
            MunicipalDecision.is_current,
        )
    ).first()
    requires = session.scalar(
        select(Municipality.requires_registered).where(Municipality.id == municipality_id)
    )
    return Dossier(
        found.Enterprise, found.Municipality, register, decision, found.Reverification,
        bool(requires),
    )  # fmt: skip


def find_logo(session: Session, enterprise: Enterprise) -> Logo | None:
    """Return the logo; its table belongs to the next feature, so only its columns are read."""
    if enterprise.logo_image_id is None:
        return None
    images = Base.metadata.tables["catalogue_images"]
    row = session.execute(
        select(
            images.c.id, images.c.sha256, images.c.width, images.c.height, images.c.colour
        ).where(images.c.id == enterprise.logo_image_id)
    ).one()
    return Logo(*row, alt=enterprise.name)
