"""Stock: what is left bounds what can be ordered, exactly, whichever way orders go."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import cast
import pytest
from cast import NOW
from conftest import CatalogueClient
from ordering.approving import approve, order, rule, town
from ordering.test_crowd import at_once, people
from ordering.world import DELIVERY, World, make, put
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.db import Database
from catalogue.core.errors import Invalid
from catalogue.core.text import reading_in
from catalogue.ordering import approval, basket, changing, service
from catalogue.ordering.change_rules import Proposed
from catalogue.ordering.changing import Change
from catalogue.ordering.editing import Edit, edit
from catalogue.ordering.rules import Step
from catalogue.ordering.stock_models import StockHold
from catalogue.products import stock


def count(session: Session, world: World, left: str | None, product_id: int | None = None) -> None:
    """Let the enterprise count the world's product."""
    told = {product_id or world.product.id: None if left is None else Decimal(left)}
    stock.count(session, world.worker_who, told, NOW)


def left(session: Session, world: World) -> Decimal | None:
    """Return how many of the world's product are left."""
    return stock.find_left(session, world.product.id)


@pytest.mark.parametrize(
    ("quantity", "there", "said"),
    [
        ("3", None, None),
        ("3", "3", None),
        ("3.001", "3", "Only 3 left. Order no more than that."),
        ("1", "0", "It is sold out for now. Take it out, or ask the enterprise when it is back."),
        ("1", "0.5", "Only 0.5 left. Order no more than that."),
    ],
)
def test_no_more_is_ordered_than_is_left(
    quantity: str, there: str | None, said: str | None
) -> None:
    there_are = None if there is None else Decimal(there)
    with reading_in("en"):
        found = stock.beyond(Decimal(quantity), there_are)
        assert (found and str(found)) == said


def test_an_order_takes_its_quantity_and_gives_it_back_when_rejected(session: Session) -> None:
    world = make(session)
    count(session, world, "5")
    put(session, world, "3")
    (placed,) = service.place(session, world.who, DELIVERY, "form-1", NOW)
    assert left(session, world) == 2
    service.take_step(
        session, world.worker_who, placed.number, Step.REJECT, now=NOW, reason="Brand"
    )
    assert left(session, world) == 5
    assert session.scalar(select(func.count()).select_from(StockHold)) == 0


def test_a_change_to_fewer_gives_back_what_is_not_needed(session: Session) -> None:
    world = make(session)
    count(session, world, "5")
    put(session, world, "3")
    (placed,) = service.place(session, world.who, DELIVERY, "form-1", NOW)
    fewer = Change("Kun én nu", lines={1: Proposed(quantity=Decimal(1))})
    changing.propose(session, world.worker_who, placed.number, fewer, NOW)
    assert left(session, world) == 2
    changing.accept(session, world.who, placed.number, NOW)
    assert left(session, world) == 4


def test_an_order_that_awaits_approval_holds_and_struck_lines_give_back(session: Session) -> None:
    here = town(session)
    cheap = cast.product(session, here.world.enterprise, "Gynge", price_ore=10_000)
    count(session, here.world, "2")
    count(session, here.world, "9", cheap.id)
    rule(session, here)
    basket.add(session, here.world.who, cheap.id, Decimal(4), NOW)
    waiting = order(session, here, "2")
    assert left(session, here.world) == 0
    struck = next(line.position for line in waiting.lines if line.product_id == cheap.id)
    approve(session, here.anne_who, waiting, struck, reason="Har vi")
    assert stock.find_left(session, cheap.id) == 9
    assert left(session, here.world) == 0


def test_an_order_that_is_not_approved_gives_all_back(session: Session) -> None:
    here = town(session)
    count(session, here.world, "2")
    rule(session, here)
    waiting = order(session, here, "2")
    approval.decline(session, here.anne_who, waiting.number, "Nej", NOW)
    assert left(session, here.world) == 2


def test_what_was_ordered_before_counting_gives_nothing_back(session: Session) -> None:
    world = make(session)
    put(session, world, "3")
    (placed,) = service.place(session, world.who, DELIVERY, "form-1", NOW)
    count(session, world, "5")
    service.take_step(session, world.who, placed.number, Step.CANCEL, now=NOW)
    assert left(session, world) == 5


def order_at_once(database: Database, world: World, crowd: list[Person]) -> list[object]:
    """Let a crowd order one each at the same moment; return what each came to."""
    with database.transaction() as session:
        whos = [cast.who(session, person) for person in crowd]
        for who in whos:
            put(session, World(**(vars(world) | {"who": who})), "1")

    def place(who: cast.Who) -> str:
        with database.transaction() as session:
            (placed,) = service.place(session, who, DELIVERY, "form-of-each", NOW)
            return placed.number

    return at_once([lambda who=who: place(who) for who in whos])


@pytest.mark.parametrize("towns", [1, 2])  # two share no agreement that would be locked
def test_the_last_three_are_ordered_three_times_when_eight_order_at_once(
    database: Database, towns: int
) -> None:
    with database.transaction() as session:
        world = make(session)
        count(session, world, "3")
        away = cast.municipality(session, "Vejle")
        cast.voluntary(session, away, world.enterprise)
        strangers = [cast.buyer(session, away) for _ in range(4 * (towns - 1))]
    crowd = [*people(database, world)[len(strangers) :], *strangers]
    found = order_at_once(database, world, crowd)
    assert len([each for each in found if isinstance(each, str)]) == 3
    refused = [each for each in found if isinstance(each, service.CannotBePlaced)]
    assert len(refused) == len(crowd) - 3
    with database.reading() as session:
        assert left(session, world) == 0


def test_enterprise_counts_and_buyers_see_it(client: CatalogueClient, database: Database) -> None:
    with database.transaction() as session:
        world = make(session)
        other = cast.product(session, cast.enterprise(session, "Andre"), "Fremmed")
    field, foreign = f"left_{world.product.id}", f"left_{other.id}"
    product = f"/varer/{world.product.id}/legehus-i-laerk"
    cast.sign_in_as(client, world.worker)
    wrong = client.post("/varer-hos-os/lager", data={field: "mange"})
    assert wrong.status_code == 422
    assert f'href="#field-{field}"' in wrong.text
    sent = client.post("/varer-hos-os/lager", data={field: "2,5", foreign: "7"})
    assert sent.status_code == 303
    assert 'value="2,5"' in client.get("/varer-hos-os/lager").text
    cast.sign_in_as(client, world.buyer)
    assert "2,5 på lager" in client.get(product).text
    client.post("/kurv/tilfoej", data={"product_id": world.product.id, "quantity": "3"})
    assert "Der er kun 2,5 tilbage" in client.get(product).text  # said when it was put there
    with database.transaction() as session:
        assert stock.find_left(session, other.id) is None
        count(session, world, "0")
    sold_out = client.get(product).text
    assert "Udsolgt lige nu" in sold_out
    assert 'name="quantity"' not in sold_out


def test_a_changed_order_takes_what_it_asks_for_more_and_no_more_than_is_left(
    session: Session,
) -> None:
    here = town(session)
    count(session, here.world, "3")
    rule(session, here)
    waiting = order(session, here, "1")
    approval.send_back(session, here.anne_who, waiting.number, "Flere?", NOW)
    with pytest.raises(Invalid) as refused:
        edit(session, here.world.who, waiting.number, Edit(DELIVERY, {1: Decimal(4)}), NOW)
    assert list(refused.value.problems) == ["quantity_1"]
    assert left(session, here.world) == 2
    edit(session, here.world.who, waiting.number, Edit(DELIVERY, {1: Decimal(3)}), NOW)
    assert left(session, here.world) == 0
    edit(session, here.world.who, waiting.number, Edit(DELIVERY, {1: Decimal(2)}), NOW)
    assert left(session, here.world) == 1


def test_form_of_many_undoes_no_order_that_came_since(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        world = make(session)
        swing = cast.product(session, world.enterprise, "Gynge")
        count(session, world, "10")
        stock.count(session, world.worker_who, {swing.id: Decimal(5)}, NOW)
    house, other = world.product.id, swing.id

    def send(house_left: str, other_left: str, seen: str) -> Any:
        sent = {f"left_{house}": house_left, f"left_{other}": other_left}
        drawn = {f"seen_{house}": seen, f"seen_{other}": "5"}
        return client.post("/varer-hos-os/lager", data=sent | drawn)

    cast.sign_in_as(client, world.worker)
    page = client.get("/varer-hos-os/lager").text
    assert f'name="seen_{house}" value="10"' in page
    with database.transaction() as session:
        count(session, world, "7")  # as an order of three does
    assert send("10", "4", "10").status_code == 303
    with database.reading() as session:
        assert left(session, world) == 7
        assert stock.find_left(session, other) == 4
    told = send("20", "mange", "10")
    assert f'name="seen_{house}" value="10"' in told.text  # not told of yet, so still as seen
    refused = send("20", "5", "10")
    assert refused.status_code == 422
    assert "Der er nu 7 tilbage" in refused.text
    for kept in (f'name="left_{house}" type="text"', 'value="20"', f'name="seen_{house}" value="7"',
                 f'name="seen_{other}" value="4"'):  # fmt: skip
        assert kept in refused.text
    assert send("20", "5", "7").status_code == 303
    with database.reading() as session:
        assert left(session, world) == 20
        assert stock.find_left(session, other) == 4
