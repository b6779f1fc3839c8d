"""A stranger who has read nothing but the contract calls everything: schemathesis, all checks on.

It sends what keeps to the contract and what breaks it, calls what must not be there, and follows
what one answer says into the next request. Each operation is called by a token of a role it is for.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from dataclasses import replace
from typing import Any

import cast
import pytest
import schemathesis
from api.callers import caller
from api.conftest import Town
from conftest import on_sqlite
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished
from schemathesis.python import wsgi
from werkzeug.test import Client

from catalogue.core.http.operations import list_operations
from catalogue.core.who import Role

# The contract tells the shape of a request, and our rules may still refuse what it says (422), what
# is out of date (412), a file that is too large (413), or one that lacks its other half (428).
REFUSED_BY_RULES = ["2xx", "3xx", "401", "403", "404", "409", "412", "413", "422", "428", "429"]
# Of each operation beside its own example and the coverage of its contract, which take most of the
# time; so more operations get fewer: 35 got two each, 88 get one.
EXAMPLES = 1
# Another one in scripts/fuzz/longer.py, which counts the requests too.
SEED = int(os.environ.get("STRANGER_SEED", "1"))
# What an address does not take is asked by these two instead of by all eight: one answer fits all.
STRANGE_METHODS = ["DELETE", "PATCH"]


class InProcess(Client):
    """A client that lets go of what concerns the network: schemathesis 4.32 hands it on."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request to the application."""
        for name in ("max_redirects", "verify", "cert"):
            kwargs.pop(name, None)
        return super().open(
            *args, **kwargs | {"buffered": True}
        )  # a file is closed when it is sent


@pytest.fixture
def unlimited(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town, with a limit of requests that a stranger of this kind does not reach."""
    state = town.app.extensions["catalogue"]
    state.settings = replace(state.settings, api_requests_per_minute=10_000_000)
    monkeypatch.setattr(wsgi, "get_client", InProcess)
    with state.database.transaction() as session:
        approver = cast.person(session, "Anne Bak")
        cast.role(session, approver, Role.APPROVER, municipality=cast.municipality(session))
    return replace(town, others={"approver": caller(town.app, approver)})


@on_sqlite
def test_stranger_with_the_contract_finds_no_fault(unlimited: Town) -> None:
    logging.getLogger("catalogue.api").setLevel(logging.ERROR)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", unlimited.app, config=_config())
    _sign_in(schema, unlimited)
    faults: dict[tuple[str, str], str] = {}
    called: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            faults[event.label, "error"] = str(event.value)
        if isinstance(event, ScenarioFinished):
            recorder = event.recorder
            called.update(str(each.response.status_code) for each in recorder.interactions.values()
                          if each.response is not None)  # fmt: skip
            for checks in recorder.checks.values():
                for each in checks:
                    if each.failure_info is not None:
                        failure = each.failure_info.failure
                        faults[str(event.label), failure.title] = (
                            f"{failure.message}\n{each.failure_info.code_sample}"
                        )
    told = [f"{label}: {title}\n{text}" for (label, title), text in sorted(faults.items())]
    assert faults == {}, "\n\n".join(told)
    assert called["200"] > 50, called
    print(f"{called.total()} requests")


def _config() -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "generation": {"max-examples": EXAMPLES},
            "phases": {"coverage": {"unexpected-methods": STRANGE_METHODS}},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": REFUSED_BY_RULES},
                # RFC 6585 has a status of its own for a change without If-Match.
                "missing_required_header": {"expected-statuses": ["400", "401", "428"]},
            },
        }
    )


def _sign_in(schema: Any, town: Town) -> None:
    """Have each operation called by a token of a role that it is for."""
    programs = {"enterprise": town.shop, "buyer": town.buyer, "staff": town.staff, **town.others}
    secrets = {
        (each.method, each.rule.rule): next(
            (program.secret for role, program in programs.items() if role in each.operation.access),
            "",
        )
        for each in list_operations(town.app)
    }
    by_name = {
        each.name: secrets[each.method, each.rule.rule] for each in list_operations(town.app)
    }

    @schema.auth(refresh_interval=None)
    class ByRole:
        def get(self, case: Any, _context: Any) -> str:
            return by_name[case.operation.definition.raw["operationId"]]

        def set(self, case: Any, secret: str, _context: Any) -> None:
            if secret:
                case.headers["Authorization"] = f"Bearer {secret}"
