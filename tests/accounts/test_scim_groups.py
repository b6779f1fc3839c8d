"""Groups of a directory: those whose name means a role give it to who is in them."""

from __future__ import annotations

from accounts.test_scim import GROUP, NEW, PATCH, Directory, directory, person_of
from sqlalchemy import select

from catalogue.core.audit import AuditEvent

__all__ = ["directory"]


def test_group_whose_name_means_a_role_gives_it_to_who_is_in_it(directory: Directory) -> None:
    app, member = directory.app, {"schemas": [GROUP]}
    id_ = directory.post(NEW | {"roles": []}).get_json()["id"]
    made = directory.send("POST", "/Groups", member | {"displayName": "Godkender"})
    assert made.status_code == 201, made.text
    here = f"/Groups/{made.get_json()['id']}"
    ops = {"schemas": [PATCH], "Operations": [
        {"op": "Add", "path": "members", "value": [{"value": id_}]}]}  # fmt: skip
    assert directory.send("PATCH", here, ops).status_code in (200, 204)
    assert person_of(app, "ida@slagelse.example")[1] == {"approver"}
    assert directory.send("GET", here).get_json()["members"] == [
        {
            "value": id_,
            "type": "User",
            "$ref": f"http://localhost/api/scim/v2/Users/{id_}",
        }
    ]
    # Whatever the directory writes to her User, she keeps what her groups give.
    directory.send("PUT", f"/Users/{id_}", NEW | {"roles": [], "id": id_})
    assert person_of(app, "ida@slagelse.example")[1] == {"approver"}
    second = {"displayName": "Indkøber", "members": [{"value": id_}]}
    other = directory.send("POST", "/Groups", member | second).get_json()["id"]
    assert person_of(app, "ida@slagelse.example")[1] == {"approver", "buyer"}
    ops["Operations"] = [{"op": "remove", "path": f'members[value eq "{id_}"]'}]
    directory.send("PATCH", here, ops)
    assert person_of(app, "ida@slagelse.example")[1] == {"buyer"}
    directory.patch(id_, {"op": "replace", "path": "active", "value": False})
    assert person_of(app, "ida@slagelse.example")[1] == set()
    directory.patch(id_, {"op": "replace", "path": "active", "value": True})
    assert person_of(app, "ida@slagelse.example")[1] == {"buyer"}
    assert directory.send("DELETE", f"/Groups/{other}").status_code == 204
    assert person_of(app, "ida@slagelse.example")[1] == set()
    (found,) = directory.send("GET", '/Groups?filter=displayName eq "godkender"').get_json()[
        "Resources"
    ]
    assert found["id"] == made.get_json()["id"]
    taken = directory.send("POST", "/Groups", member | {"displayName": "godkender"})
    assert (taken.status_code, taken.get_json()["scimType"]) == (409, "uniqueness")
    strange = directory.send(
        "POST", "/Groups", member | {"displayName": "x", "members": [{"value": "999"}]}
    )
    assert strange.status_code == 400
    with app.extensions["catalogue"].database.reading() as session:
        seen = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [each for each in seen if "group" in each] == [
        "directory.group_created", "directory.group_changed", "directory.group_created",
        "directory.group_changed", "directory.group_deleted",
    ]  # fmt: skip
