"""Pages of search on the engine in PostgreSQL: what the pages on the other engine show, they show.

The tests are those of the other engine; here they meet an application with this one.
"""

from __future__ import annotations

import pytest
from conftest import on_postgresql
from flask import Flask
from search.shelf import buyer, shop
from search.test_pages import (
    test_a_mended_search_says_what_it_shows,
    test_active_filters_are_removed_one_by_one,
    test_addresses_filter,
    test_nothing_but_what_may_not_be_ordered_comes_with_where_to_buy,
    test_results_show_only_what_may_be_ordered,
    test_the_enterprise_filter_takes_the_link_of_a_profile,
    test_the_order_of_hits_is_stated,
    test_the_switch_shows_the_rest_with_reason_and_where_to_buy,
    test_too_narrow_filters_are_named_with_what_dropping_them_gives,
    test_what_cannot_be_read_is_left_out_politely,
    test_what_is_delivered_elsewhere_only_is_said,
    test_what_nobody_offers_is_said,
)
from search.test_suggest import test_the_address_answers_in_groups
from search.test_words import (
    test_a_change_counts_at_once_though_the_clock_stands,
    test_a_neighbour_of_a_word_is_found_from_the_word_only,
    test_a_shipped_word_is_switched_off_and_comes_back,
    test_a_word_counts_at_once_in_the_own_municipality_only,
    test_a_word_finds_the_products_of_its_categories,
)
from search.wording import towns

from catalogue.core.db import Database
from catalogue.search import service
from catalogue.search.postgres.engine import PostgresEngine

__all__ = [
    "buyer",
    "shop",
    "test_a_change_counts_at_once_though_the_clock_stands",
    "test_a_mended_search_says_what_it_shows",
    "test_a_neighbour_of_a_word_is_found_from_the_word_only",
    "test_a_shipped_word_is_switched_off_and_comes_back",
    "test_a_word_counts_at_once_in_the_own_municipality_only",
    "test_a_word_finds_the_products_of_its_categories",
    "test_active_filters_are_removed_one_by_one",
    "test_addresses_filter",
    "test_nothing_but_what_may_not_be_ordered_comes_with_where_to_buy",
    "test_results_show_only_what_may_be_ordered",
    "test_the_address_answers_in_groups",
    "test_the_enterprise_filter_takes_the_link_of_a_profile",
    "test_the_order_of_hits_is_stated",
    "test_the_switch_shows_the_rest_with_reason_and_where_to_buy",
    "test_too_narrow_filters_are_named_with_what_dropping_them_gives",
    "test_what_cannot_be_read_is_left_out_politely",
    "test_what_is_delivered_elsewhere_only_is_said",
    "test_what_nobody_offers_is_said",
    "towns",
]
pytestmark = on_postgresql


@pytest.fixture
def app_settings() -> dict[str, str]:
    """The engine in the database."""
    return {"CATALOGUE_SEARCH_ENGINE": service.POSTGRESQL}


@pytest.fixture
def app(app: Flask, database: Database) -> Flask:
    """Our application, indexing with what is saved."""
    parts = app.extensions["catalogue"].parts
    assert isinstance(service.engine(parts), PostgresEngine)
    service.follow(database, parts)
    return app
