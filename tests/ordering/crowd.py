"""Buyers who order at once: each in a thread, or each in a process of its own."""

from __future__ import annotations

from typing import Any

import cast
from cast import NOW
from drawn import csrf_token, placing_key
from flask import Flask
from flask.testing import FlaskClient
from ordering.world import FORM


def order_often(app: Flask, person: Any, product_id: int, times: int) -> list[int]:
    """Put a product into the basket and order it, `times` over; return the status of each answer.

    Every form is sent twice, as by a double click.
    """
    client = app.test_client()
    cast.sign_in_as(client, person)
    seen = []
    for _ in range(times):
        token = csrf_token(client.get("/kurv").text)
        chosen = {"product_id": product_id, "quantity": "1", "csrf_token": token}
        seen.append(client.post("/kurv/tilfoej", data=chosen).status_code)
        page = client.get("/kurv/bestil")
        seen.append(page.status_code)
        seen += _send_twice(client, page.text)
    return seen


def order_in_process(config: dict[str, str], person: Any, product_id: int, times: int) -> list[int]:
    """Do the same in an application of this process's own."""
    from catalogue.app import create_app

    app = create_app(config, clock=lambda: NOW)
    statuses = order_often(app, person, product_id, times)
    app.extensions["catalogue"].database.dispose()
    return statuses


def _send_twice(client: FlaskClient, page: str) -> list[int]:
    form = FORM | {"placing_key": placing_key(page), "csrf_token": csrf_token(page)}
    return [client.post("/kurv/bestil", data=form).status_code for _ in range(2)]
