"""`catalogue check` names what is spoilt, whatever it is, and all of it at once."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import cast
import pytest
from click import ClickException
from click.testing import CliRunner
from conftest import on_sqlite
from operating.check_world import SHA256, Here, here, look
from ordering.world import DELIVERY, put
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalogue import cli_check
from catalogue.agreements.models import Agreement
from catalogue.cli import main
from catalogue.cli_telling import Report
from catalogue.enterprises.models import Evidence
from catalogue.exchange.mail_models import MailRecord, Outcome
from catalogue.exchange.models import SentMail
from catalogue.exchange.route_models import ReceivedDocument
from catalogue.media import service as media
from catalogue.media.store import attachment_name
from catalogue.ordering import service
from catalogue.ordering.message_models import MessageFile
from catalogue.ordering.models import ApprovalStep, Order, OrderCounter, OrderEvent, OrderLine
from catalogue.ordering.models import OrderState as State
from catalogue.ordering.quote_models import QuoteFile
from catalogue.ordering.stock_models import StockHold
from catalogue.products.models import Product, ProductState
from catalogue.search import documents
from catalogue.search import service as search
from catalogue.search.embedded import entry

__all__ = ["here"]
Change = Callable[[Session, Here], Any]


def _order(here: Here) -> Any:
    return select(Order.id).where(Order.number == here.placed).scalar_subquery()


def _set(table: Any, **values: Any) -> Change:
    """Change the placed order, or what hangs on it."""

    def change(session: Session, here: Here) -> None:
        own = Order.number == here.placed if table is Order else table.order_id == _order(here)
        session.execute(update(table).where(own).values(values))

    return change


def _drop(table: Any) -> Change:
    """Take out what hangs on the placed order."""
    return lambda session, here: session.execute(
        delete(table).where(table.order_id == _order(here))
    )


def _event(session: Session, here: Here) -> None:
    (order_id,) = session.execute(select(Order.id).where(Order.number == here.placed)).one()
    session.add(OrderEvent(order_id=order_id, state=State.PLACED, at=cast.NOW, person_name="Ingen"))


def _begun_long_ago(session: Session, _here: Here) -> None:
    values = {"outcome": Outcome.SENDING, "last_at": cast.NOW - timedelta(hours=2)}
    first = select(MailRecord.id).order_by(MailRecord.id).limit(1).scalar_subquery()
    session.execute(update(MailRecord).where(MailRecord.id == first).values(values))


def _unlog(session: Session, _here: Here) -> None:
    message_id = session.scalars(select(SentMail.message_id).order_by(SentMail.id)).first()
    session.execute(delete(MailRecord).where(MailRecord.message_id == message_id))


def _forget(table: Any) -> Change:
    return lambda session, _here: session.execute(delete(table))


ROWS: dict[str, tuple[Change, set[str]]] = {
    "line amount": (
        _set(OrderLine, net_ore=OrderLine.net_ore + 1),
        {"order_lines_astray", "order_sums_astray"},
    ),
    "line quantity": (
        _set(OrderLine, quantity=OrderLine.quantity + 1), {"order_lines_astray", "stock_astray"},
    ),
    "no lines": (_drop(OrderLine), {"orders_without_lines", "stock_astray"}),
    "sum": (_set(Order, net_ore=Order.net_ore - 1), {"order_sums_astray"}),
    "vat": (_set(Order, vat_ore=Order.vat_ore + 1), {"order_vat_astray"}),
    "state": (_set(Order, state=State.CONFIRMED), {"order_states_astray", "orders_unmailed"}),
    "freed": (
        _set(Order, state=State.CANCELLED),
        {"order_states_astray", "orders_unmailed", "stock_astray"},
    ),
    "never placed": (
        _set(OrderEvent, state=State.CONFIRMED), {"orders_without_start", "order_states_astray"},
    ),
    "event of nobody": (_event, {"orders_untraced"}),
    "number": (
        lambda session, _here: session.execute(
            update(OrderCounter).values(last=OrderCounter.last + 1)
        ),
        {"order_numbers_astray"},
    ),
    "withheld": (_set(Order, withheld=True), {"orders_shown_early"}),
    "nobody asked": (_forget(ApprovalStep), {"orders_unasked"}),
    "held": (_set(StockHold, quantity=StockHold.quantity + 3), {"stock_astray"}),
    "unmailed": (_drop(SentMail), {"orders_unmailed"}),
    "unlogged": (_unlog, {"mails_unlogged"}),
    "no evidence row": (_forget(Evidence), {"evidence_unnamed"}),
    "no quote row": (_forget(QuoteFile), {"quotes_unnamed"}),
    "no message row": (_forget(MessageFile), {"messages_unnamed"}),
    "no document row": (_forget(ReceivedDocument), {"documents_changed"}),
    "never ended": (_begun_long_ago, {"mails_unended"}),
    "ceiling": (
        lambda session, _here: session.execute(update(Agreement).values(ceiling_ore=1)),
        {"ceilings_overrun"},
    ),
}  # fmt: skip
NO_FAULT = {
    "evidence_unnamed", "quotes_unnamed", "messages_unnamed", "mails_unended", "ceilings_overrun",
}  # fmt: skip


def test_installation_in_order_has_nothing_to_tell(here: Here) -> None:
    assert look(here) == ({}, "")


@pytest.mark.parametrize("name", ROWS)
def test_row_that_is_spoilt_is_named(here: Here, name: str) -> None:
    change, codes = ROWS[name]
    here.write(lambda session: change(session, here))
    found, words = look(here)
    assert set(found) == codes
    assert all(found.values())
    assert bool(words) is bool(codes - NO_FAULT)
    for code in codes - NO_FAULT:
        assert code in words or "were kept" in words
        if code.startswith(("orders_", "order_")) and code not in (
            "order_numbers_astray", "orders_unasked",
        ):  # fmt: skip
            assert found[code][0].startswith(here.placed)


@on_sqlite
def test_old_order_whose_mails_are_gone_by_the_rule_of_retention_is_whole(here: Here) -> None:
    here.write(lambda session: _drop(SentMail)(session, here))
    here.write(lambda session: _set(Order, placed_at=cast.NOW - timedelta(days=1))(session, here))
    assert look(here) == ({}, "")


@on_sqlite
def test_row_that_others_name_and_another_program_took_out_is_named(here: Here) -> None:
    with sqlite3.connect(str(here.state.database.url.database)) as another:  # it holds to no keys
        another.execute("DELETE FROM catalogue_enterprises")
    found, words = look(here)
    assert found["rows_gone"]
    assert all("names a row of catalogue_enterprises" in each for each in found["rows_gone"])
    assert "rows name others that are gone; take these from a backup" in words


@on_sqlite
@pytest.mark.parametrize("shelf", ["evidence", "quotes", "messages"])
def test_file_that_is_gone_or_not_what_was_sent_is_named(here: Here, shelf: str) -> None:
    here.kept(shelf).write_bytes(b"something else")
    assert look(here)[0] == {f"{shelf}_changed": [f"{shelf}/{SHA256}"]}
    here.kept(shelf).unlink()
    found, words = look(here)
    assert found == {f"{shelf}_missing": [f"{shelf}/{SHA256}"]}
    assert "1 files that were kept are missing or changed" in words


@on_sqlite
def test_document_and_attachment_that_are_not_what_came_are_named(here: Here) -> None:
    here.document.write_bytes(b"<Another/>")
    files = here.state.parts[media.PART].files
    for content in (b"", b"another sheet"):
        files.write(attachment_name(SHA256), content)
        told = Report(as_json=True)
        with pytest.raises(ClickException) as failed:
            cli_check.look(here.state, told)
        assert told.facts["files_changed"] == [attachment_name(SHA256)]
        assert told.facts["documents_changed"]["first"] == [
            f"{here.world.enterprise.cvr}/done/svar.xml"
        ]
        assert "are missing and 1 changed" in failed.value.message


def test_number_of_queries_does_not_follow_the_number_of_orders(here: Here) -> None:
    counts = []
    for quantity in (0, 3):
        for number in range(quantity):
            here.write(lambda session, n=number: _again(session, here, n))
        with cast.counted_queries(here.state.database) as queries:
            look(here)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _again(session: Session, here: Here, number: int) -> None:
    put(session, here.world, "1")
    service.place(session, here.world.who, DELIVERY, f"again-{number}", cast.NOW)


def run(here: Here) -> tuple[int, dict[str, Any], str]:
    """Run the command itself; return its status, its facts, and its words."""
    url = here.state.database.url.render_as_string(hide_password=False)
    environment = {
        "CATALOGUE_DATA_FOLDER": str(here.folder), "CATALOGUE_DATABASE_URL": url,
        "CATALOGUE_SECRET_KEY": "a secret of the tests", "CATALOGUE_TEST_POSTGRES_URL": None,
    }  # fmt: skip
    done = CliRunner().invoke(main, ["check", "--json"], env=environment)
    plain = CliRunner().invoke(main, ["check"], env=environment)
    assert plain.exit_code == done.exit_code, plain.exception
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout), plain.output


def test_command_tells_what_the_index_lacks_and_has_too_much_beside_lost_files(here: Here) -> None:
    with here.state.database.transaction() as session:
        gone = cast.product(session, here.world.enterprise, "Gynge").id
    search.rebuild(here.state.database, here.state.parts)
    with here.state.database.transaction() as session:
        session.execute(
            update(Product).where(Product.id == gone).values(state=ProductState.WITHDRAWN)
        )
        session.execute(
            update(Product).where(Product.id == here.world.product.id).values(title="Andet")
        )
        new = cast.product(session, here.world.enterprise, "Sandkasse").id
    here.kept("evidence").unlink()
    status, facts, words = run(here)
    assert status == 1
    names = ("index_missing", "index_surplus", "index_stale")
    assert [facts[each] for each in names] == [[new], [gone], [here.world.product.id]]
    assert f"product {new} is missing in the search index" in words
    assert "index and database differ; build anew: catalogue reindex" in words
    assert "files that were kept are missing or changed" in words
    assert len(facts["faults"]) >= 2


@on_sqlite
def test_command_names_the_product_of_which_a_list_of_the_index_lost_a_word(here: Here) -> None:
    product_id = here.world.product.id
    store = here.state.parts[search.PART].engine.store
    with store.writing([product_id]) as (filling, chain), here.state.database.reading() as session:
        (document,) = documents.list_documents(session, [product_id])
        values = dict(entry(chain, document))
        values["words"].popitem()
        filling.add_document(**values)
    status, facts, words = run(here)
    assert status == 1
    assert facts["index_stale"] == [product_id]
    assert f"product {product_id} is stale in the search index" in words


@on_sqlite
def test_index_that_is_not_there_is_a_finding_and_keeps_nothing_else_from_being_told(
    here: Here,
) -> None:
    shutil.rmtree(here.state.settings.index_folder)
    here.write(lambda session: _set(Order, net_ore=1)(session, here))
    status, _facts, words = run(here)
    assert status == 1
    assert "there is no search index that can be read; build it: catalogue reindex" in words
    assert f"{here.placed}: order has another sum than its lines" in words
