"""SCIM 2.0: the directory of a municipality takes people on and lets them go, at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cast
import pytest
from api.callers import caller
from conftest import on_sqlite
from flask import Flask
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server
from sqlalchemy import select

from catalogue.accounts import tokens
from catalogue.accounts.models import Person, PersonRole
from catalogue.accounts.tokens import Wanted
from catalogue.core.audit import AuditEvent
from catalogue.core.who import Role

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NEW = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ida@slagelse.example",
    "externalId": "a-17",
    "name": {"givenName": "Ida", "familyName": "Lund"},
    "emails": [{"value": "ida@slagelse.example", "type": "work", "primary": True}],
    "roles": [{"value": "buyer", "primary": True}],
    "phoneNumbers": [{"value": "12345678"}],
    "active": True,
}


@dataclass
class Directory:
    """A directory with the access key of its municipality, Slagelse."""

    app: Flask
    secret: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request below /api/scim/v2."""
        client: Any = self.app.test_client(use_cookies=False)
        client.without_csrf = True
        given = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/scim+json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(f"/api/scim/v2{path}", method=method, headers=given, json=body)

    def post(self, body: Any) -> Any:
        """Take somebody on."""
        client: Any = self.app.test_client(use_cookies=False)
        client.without_csrf = True
        given = {"Authorization": f"Bearer {self.secret}"}
        return client.post("/api/scim/v2/Users", headers=given, json=body)

    def patch(self, id_: str, *operations: dict[str, Any], **headers: str) -> Any:
        """Change somebody."""
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return self.send("PATCH", f"/Users/{id_}", body, **headers)

    def find(self, words: str) -> list[Any]:
        """Return those whom a filter finds."""
        answer = self.send("GET", f"/Users?filter={words}").get_json()
        assert answer["totalResults"] == len(answer.get("Resources", []))
        return answer.get("Resources", [])  # type: ignore[no-any-return]


@pytest.fixture
def directory(app: Flask) -> Directory:
    """The directory of Slagelse."""
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session, email="jens@slagelse.example")
        asked = Wanted("Brugerkatalog", ["persons:write"], 90, Role.STAFF, "it@slagelse.example")
        secret = tokens.create(session, cast.who(session, staff), asked, cast.NOW)[1]
    return Directory(app, secret)


def person_of(app: Flask, email: str) -> tuple[Person, set[str]]:
    """Return a person, and the roles she holds."""
    with app.extensions["catalogue"].database.reading() as session:
        person = session.scalars(select(Person).where(Person.email_folded == email)).one()
        held = session.scalars(select(PersonRole.role).where(PersonRole.person_id == person.id))
        return person, set(held)


def test_joiner_is_taken_on_and_found_by_her_names(directory: Directory) -> None:
    made = directory.post(NEW)
    told = made.get_json()
    assert made.status_code == 201
    assert made.headers["Location"].endswith(f"/api/scim/v2/Users/{told['id']}")
    assert made.content_type == "application/scim+json"
    assert told["roles"][0]["value"] == "buyer" and "phoneNumbers" not in told
    person, roles = person_of(directory.app, "ida@slagelse.example")
    assert (person.name, roles, person.password_hash) == ("Ida Lund", {"buyer"}, "-")
    for words in (
        'userName eq "IDA@slagelse.example"', 'externalId eq "a-17"', f'id eq "{told["id"]}"',
        'emails.value eq "ida@slagelse.example" and active eq true', 'name.familyName sw "Lu"',
    ):  # fmt: skip
        assert [each["id"] for each in directory.find(words)] == [told["id"]], words
    assert directory.find('userName eq "nobody@slagelse.example"') == []
    # Whoever was here before is found too, so that the directory joins her instead of a second.
    assert directory.find('userName eq "jens@slagelse.example"')[0]["roles"][0]["value"] == "staff"
    page = directory.send("GET", "/Users?startIndex=2&count=1").get_json()
    assert (page["totalResults"], page["startIndex"], len(page["Resources"])) == (2, 2, 1)
    beyond = directory.send("GET", f"/Users?startIndex={10**30}").get_json()
    assert beyond["totalResults"] == 2 and not beyond.get("Resources")


@pytest.mark.parametrize(
    "changes", [{"displayName": "I\0da"}, {"userName": "i\0da"}, {"externalId": "a\0"}]
)
def test_sign_that_no_database_keeps_is_refused(
    directory: Directory, changes: dict[str, str]
) -> None:
    refused = directory.post(NEW | changes)
    assert (refused.status_code, refused.get_json()["scimType"]) == (400, "invalidSyntax")
    for sign in ("\\u0000", "\\uD800"):
        found = directory.send("GET", f'/Users?filter=userName eq "{sign}"')
        assert (found.status_code, found.get_json()["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize("way", ["patch", "entra", "put", "delete"])
def test_leaver_is_out_at_once_and_comes_back(directory: Directory, way: str) -> None:
    app = directory.app
    id_ = directory.post(NEW).get_json()["id"]
    person, _roles = person_of(app, "ida@slagelse.example")
    browser = app.test_client()
    cast.sign_in_as(browser, person)
    program = caller(app, person)
    assert browser.get("/roller").status_code == program.get("/orders").status_code == 200
    if way == "delete":
        assert directory.send("DELETE", f"/Users/{id_}").status_code == 204
        assert directory.send("GET", f"/Users/{id_}").status_code == 404
    elif way == "put":
        directory.send("PUT", f"/Users/{id_}", NEW | {"active": False})
    else:
        value = {"patch": False, "entra": "False"}[way]
        directory.patch(id_, {"op": "Replace", "path": "active", "value": value})
        assert directory.send("GET", f"/Users/{id_}").get_json()["active"] is False
    left, roles = person_of(app, "ida@slagelse.example")
    assert (left.disabled_at, roles) == (cast.NOW, set())
    assert browser.get("/roller").status_code == 303
    assert program.get("/orders").status_code == 401
    if way == "delete":
        assert directory.post(NEW).get_json()["id"] == id_
    else:
        directory.patch(id_, {"op": "replace", "value": {"active": True}})
    back_, roles = person_of(app, "ida@slagelse.example")
    assert (back_.disabled_at, roles) == (None, {"buyer"})


def test_roles_are_given_and_taken_as_directories_send_them(directory: Directory) -> None:
    id_ = directory.post(NEW).get_json()["id"]
    directory.patch(id_, {"op": "Add", "path": "roles", "value": [{"value": "Godkender"}]})
    assert person_of(directory.app, "ida@slagelse.example")[1] == {"buyer", "approver"}
    directory.patch(id_, {"op": "remove", "path": 'roles[value eq "buyer"]'})
    assert person_of(directory.app, "ida@slagelse.example")[1] == {"approver"}
    wrong = directory.patch(id_, {"op": "add", "path": "roles", "value": [{"value": "mayor"}]})
    assert (wrong.status_code, wrong.get_json()["scimType"]) == (400, "invalidValue")
    assert "mayor" in wrong.get_json()["detail"]


def test_only_who_has_seen_it_as_it_is_changes_it(directory: Directory) -> None:
    made = directory.post(NEW)
    id_, tag = made.get_json()["id"], made.headers["ETag"]
    assert directory.send("GET", f"/Users/{id_}", If_None_Match=tag).status_code == 304
    rename = {"op": "replace", "path": "displayName", "value": "Ida L."}
    assert directory.patch(id_, rename, If_Match=tag).status_code == 204
    assert directory.patch(id_, rename, If_Match=tag).status_code == 412
    assert person_of(directory.app, "ida@slagelse.example")[0].name == "Ida L."


def test_name_or_address_of_another_is_a_conflict(directory: Directory) -> None:
    directory.post(NEW)
    other = NEW | {"emails": [{"value": "else@slagelse.example"}], "externalId": "a-18"}
    taken = directory.post(other)
    assert (taken.status_code, taken.get_json()["scimType"]) == (409, "uniqueness")
    id_ = directory.post(other | {"userName": "else"}).get_json()["id"]
    move = {"op": "replace", "value": {"emails": [{"value": "ida@slagelse.example"}]}}
    assert directory.patch(id_, move).status_code == 409


def test_whoever_also_acts_elsewhere_keeps_name_address_and_log_in(directory: Directory) -> None:
    with directory.app.extensions["catalogue"].database.transaction() as session:
        elsewhere = cast.municipality(session, "Kolding")
        person = cast.buyer(session, elsewhere, email="ida@slagelse.example", name="Ida Berg")
        hidden = cast.buyer(session, elsewhere, email="knud@kolding.example")
    id_ = directory.post(NEW).get_json()["id"]
    assert id_ == str(person.id)
    assert directory.send("GET", f"/Users/{hidden.id}").status_code == 404
    move = {"op": "replace", "value": {"emails": [{"value": "ida@evil.example"}]}}
    refused = directory.patch(id_, move)
    assert (refused.status_code, refused.get_json()["scimType"]) == (400, "mutability")
    directory.send("DELETE", f"/Users/{id_}")
    kept, roles = person_of(directory.app, "ida@slagelse.example")
    assert (kept.name, kept.disabled_at, roles) == ("Ida Berg", None, {"buyer"})


def test_whoever_acts_nowhere_is_nobody_s_to_take_on(directory: Directory) -> None:
    with directory.app.extensions["catalogue"].database.transaction() as session:
        cast.person(session, email="ida@slagelse.example", name="Ida Berg")
    assert directory.post(NEW).status_code == 409
    kept, roles = person_of(directory.app, "ida@slagelse.example")
    assert (kept.name, roles) == ("Ida Berg", set())


def test_audit_tells_what_happened_and_nothing_of_her(directory: Directory) -> None:
    id_ = directory.post(NEW).get_json()["id"]
    directory.patch(id_, {"op": "replace", "path": "displayName", "value": "Ida L."})
    directory.send("DELETE", f"/Users/{id_}")
    with directory.app.extensions["catalogue"].database.reading() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    told = [each for each in events if each.object_type == "person"]
    assert [each.action for each in told] == [
        "person.registered", "role.granted", "directory.joined", "directory.changed",
        "role.withdrawn", "directory.released",
    ]  # fmt: skip
    assert "ida" not in str([each.facts for each in told]).casefold()


def test_whatever_a_directory_changes_of_her_leaves_an_event(directory: Directory) -> None:
    id_ = directory.post(NEW).get_json()["id"]
    home = 'emails[type eq "home"].value'
    directory.patch(id_, {"op": "Add", "path": home, "value": "x@slagelse.example"})
    directory.patch(id_, {"op": "replace", "path": "externalId", "value": "a-99"})
    member = {"schemas": [GROUP], "displayName": "Godkender", "members": [{"value": id_}]}
    group = directory.send("POST", "/Groups", member).get_json()["id"]
    again = {"op": "add", "path": "members", "value": [{"value": id_}]}
    directory.send("PATCH", f"/Groups/{group}", {"schemas": [PATCH], "Operations": [again]})
    with directory.app.extensions["catalogue"].database.reading() as session:
        changed = session.scalars(
            select(AuditEvent.facts).where(AuditEvent.action == "directory.changed")
        ).all()
        groups = select(AuditEvent.id).where(AuditEvent.action == "directory.group_changed")
        assert session.scalars(groups).all() == []
    assert ["said" in str(each) for each in changed] == [True, False]
    assert "external_id" in str(changed[1])


@pytest.mark.parametrize(
    ("scopes", "header", "status"),
    [(["orders:read"], "Bearer {}", 403), (["persons:write"], "Basic {}", 401),
     (["persons:write"], "Bearer wrong", 401), (["persons:write"], "", 401)],
)  # fmt: skip
def test_border_refuses_in_the_format_of_scim(
    directory: Directory, scopes: list[str], header: str, status: int
) -> None:
    with directory.app.extensions["catalogue"].database.transaction() as session:
        staff = session.scalars(select(Person).where(Person.name == "Jens Kruse")).one()
        asked = Wanted("Andet", scopes, 30)
        secret = tokens.create(session, cast.who(session, staff), asked, cast.NOW)[1]
    answer = directory.send("GET", "/Users", Authorization=header.format(secret))
    told = answer.get_json()
    assert (answer.status_code, told["status"], told["schemas"]) == (status, str(status), [ERROR])
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_requests_of_a_directory_are_counted_as_those_of_programs_are(directory: Directory) -> None:
    state = directory.app.extensions["catalogue"]
    state.settings = replace(state.settings, api_requests_per_minute=1)
    assert directory.send("GET", "/Users").status_code == 200
    refused = directory.send("GET", "/Users")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


@on_sqlite
def test_checker_of_others_finds_what_we_mean(directory: Directory) -> None:
    state = directory.app.extensions["catalogue"]
    state.settings = replace(state.settings, api_requests_per_minute=10_000)
    environ = {"HTTP_AUTHORIZATION": f"Bearer {directory.secret}"}
    client = WSGISCIMClient(directory.app, "http://localhost/api/scim/v2", environ=environ)
    results = check_server(client)
    faults = [each for each in results if each.status not in (Status.SUCCESS, Status.SKIPPED)]
    # Whoever is said to be neither in nor out is in: RFC 7643, 2.4 leaves the default to us.
    assert [each.reason for each in faults] == ["Attribute 'active' was not removed"]
    assert len(results) > 60
