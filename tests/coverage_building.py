"""Writes drawn worlds of coverage (coverage_oracle.py) into a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import cast
from coverage_oracle import DAY, Agreed, Bought, Shelved, World
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement, AgreementCategory, AgreementKind, CarveOut
from catalogue.agreements.rules import prefix
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import Order, OrderLine
from catalogue.products.models import Product


@dataclass(frozen=True)
class Building:
    """Writes a drawn world into the database."""

    session: Session
    homes: list[int]
    buyer_id: int

    def build(self, world: World) -> list[int]:
        """Put the world in place of the last one; return the ids of the agreements in order."""
        for table in (OrderLine, Order, Product, CarveOut, AgreementCategory, Agreement):
            self.session.execute(delete(table))
        sellers = list(self.session.scalars(select(Enterprise).order_by(Enterprise.id)))
        sellers = sellers or [cast.enterprise(self.session, name) for name in ("En", "To", "Tre")]
        for seller, state in zip(sellers, world.states, strict=True):
            seller.state = state
        shops = [each.id for each in sellers]
        made = [self._agreement(n, each, shops) for n, each in enumerate(world.agreed)]
        products = [self._product(n, each, shops) for n, each in enumerate(world.shelved)]
        self.session.add_all([*made, *products])
        self.session.flush()
        for agreement, drawn in zip(made, world.agreed, strict=True):
            if drawn.carved and drawn.enterprise is None:
                self.session.add(_carve_out(agreement, drawn.carved, shops))
        for number, bought in enumerate(world.bought):
            if world.can_be(bought):
                self.session.add(self._order(number, bought, made, products))
        self.session.flush()
        return [each.id for each in made]

    def _agreement(self, number: int, drawn: Agreed, shops: list[int]) -> Agreement:
        is_mandatory = drawn.enterprise is None
        return Agreement(
            municipality_id=self.homes[drawn.home], number=f"A-{number}", title="Aftale",
            kind=AgreementKind.MANDATORY if is_mandatory else AgreementKind.VOLUNTARY,
            starts_on=_on(drawn.starts), ends_on=_on(drawn.ends), is_draft=drawn.is_draft,
            enterprise_id=None if drawn.enterprise is None else shops[drawn.enterprise],
            supplier_name="Storleverandøren" if is_mandatory else None,
            ceiling_ore=drawn.ceiling[0] if drawn.ceiling else None,
            ceiling_months=drawn.ceiling[1] if drawn.ceiling else None,
            created_at=cast.NOW, updated_at=cast.NOW,
            categories=[
                AgreementCategory(
                    category_code=code, prefix=prefix(code), from_on=_on(first), until_on=_on(last)
                )
                for code, (first, last) in drawn.codes.items()
            ],
        )  # fmt: skip

    def _product(self, number: int, drawn: Shelved, shops: list[int]) -> Product:
        return Product(
            enterprise_id=shops[drawn.enterprise], item_number=str(number), kind="goods",
            title="Vare", category_code=drawn.code, unit="piece", price_ore=drawn.price,
            state=drawn.state, created_at=cast.NOW, updated_at=cast.NOW,
        )  # fmt: skip

    def _order(
        self, number: int, drawn: Bought, made: list[Agreement], products: list[Product]
    ) -> Order:
        product = products[drawn.product % len(products)]
        agreement = made[drawn.agreement % len(made)]
        return Order(
            number=str(number), municipality_id=self.homes[drawn.home], year=2026,
            sequence=number, enterprise_id=product.enterprise_id, buyer_id=self.buyer_id,
            placing_key=str(number), placed_at=drawn.at, state=drawn.state, gln=cast.GLN,
            institution="Børnehuset", street="Skovvej 3", postcode="4200", city="Slagelse",
            contact_name="Bo", contact_email="bo@slagelse.example", reference="BO",
            net_ore=sum(drawn.amounts), vat_ore=0,
            lines=[
                OrderLine(
                    position=position, product_id=product.id, product_version=1, item_number="1",
                    title="Vare", category_code=product.category_code, unit="piece",
                    quantity=Decimal(1), price_ore=ore, vat_rate=25, net_ore=ore,
                    agreement_id=agreement.id, agreement_number=agreement.number,
                )
                for position, ore in enumerate(drawn.amounts, start=1)
            ],
        )  # fmt: skip


def _carve_out(
    agreement: Agreement, drawn: tuple[str | None, int | None, int, int], shops: list[int]
) -> CarveOut:
    code, enterprise, first, last = drawn
    return CarveOut(
        agreement_id=agreement.id, category_code=code, prefix=prefix(code) if code else "",
        enterprise_id=None if enterprise is None else shops[enterprise], reason="Små beløb",
        starts_on=cast.TODAY + first * DAY, ends_on=cast.TODAY + last * DAY, made_at=cast.NOW,
    )  # fmt: skip


def _on(days: int | None) -> date | None:
    return None if days is None else cast.TODAY + days * DAY
