"""What a token of a provider must hold: each way to forge one is refused, and what claims give."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from catalogue.accounts import oidc, oidc_published, outside_schema
from catalogue.accounts import outside_rules as rules
from catalogue.accounts.oidc import LOGOUT_EVENT, Expected
from catalogue.accounts.oidc_published import Distrusted, Published, Unusable
from catalogue.accounts.outside_rules import Line
from catalogue.core.errors import Invalid
from catalogue.core.fetching import Bounds
from catalogue.core.who import Role

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
ISSUER, CLIENT = "https://login.slagelse.example", "catalogue"
KEY = RSAKey.generate_key(2048, {"kid": "theirs"})
OTHER = RSAKey.generate_key(2048, {"kid": "theirs"})  # of somebody who copied the name of the key
PUBLIC = RSAKey.import_key(KEY.as_dict(private=False))
PUBLISHED = Published({}, (PUBLIC,), NOW)
ID_TOKEN = {
    "iss": ISSUER, "aud": CLIENT, "sub": "42", "nonce": "n", "iat": SECONDS, "exp": SECONDS + 300,
}  # fmt: skip
LOGOUT = {
    "iss": ISSUER, "aud": [CLIENT], "sid": "s", "jti": "1", "iat": SECONDS,
    "exp": SECONDS + 120, "events": {LOGOUT_EVENT: {}},
}  # fmt: skip
EXPECTED = Expected(ISSUER, CLIENT, "n", "access")
DEEP = "[" * 60_000


def sign(claims: dict[str, Any], key: Any = KEY, alg: str = "RS256", **head: Any) -> str:
    """Sign claims; those that are None are left out."""
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "theirs"} | head, told, key, algorithms=[alg])


def by_hand(alg: str, secret: bytes = b"") -> str:
    """Return a token as no library would make it: by `none`, or with the public key as a secret."""
    parts = [json.dumps({"alg": alg, "kid": "theirs"}), json.dumps(ID_TOKEN)]
    body = b".".join(_text(each.encode()) for each in parts)
    proof = _text(hmac.new(secret, body, hashlib.sha256).digest()) if secret else b""
    return (body + b"." + proof).decode()


def signed(claims: str) -> str:
    """Return a token of the provider with claims that no library would write."""
    return jws.serialize_compact({"alg": "RS256", "kid": "theirs"}, claims, KEY, ["RS256"])


def _text(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def read(token: str) -> dict[str, Any]:
    """Read an ID token as we expect it."""
    return oidc.read_id_token(token, EXPECTED, PUBLISHED, lambda: PUBLISHED, NOW)


def test_token_that_answers_to_all_is_read_with_or_without_the_name_of_its_key() -> None:
    assert read(sign(ID_TOKEN))["sub"] == "42"
    assert read(jwt.encode({"alg": "RS256"}, ID_TOKEN, KEY))["sub"] == "42"


@pytest.mark.parametrize("head", [{"alg": "RS256"}, {"alg": "RS256", "kid": "theirs"}])
def test_key_that_took_the_place_of_another_is_asked_for_whatever_it_is_called(
    head: dict[str, str],
) -> None:
    renewed = Published({}, (RSAKey.import_key(OTHER.as_dict(private=False)),), NOW)
    token = jwt.encode(head, ID_TOKEN, OTHER)
    assert oidc.read_id_token(token, EXPECTED, PUBLISHED, lambda: renewed, NOW)["sub"] == "42"


def test_token_without_the_name_of_its_key_is_tried_by_keys_of_each_kind() -> None:
    others = [ECKey.generate_key(curve, {"kid": curve}) for curve in ("P-256", "P-521")]
    others.append(RSAKey.generate_key(2048, {"alg": "PS512"}))
    many = Published({}, (*others, PUBLIC), NOW)
    token = jwt.encode({"alg": "RS256"}, ID_TOKEN, KEY)
    assert oidc.read_id_token(token, EXPECTED, many, lambda: many, NOW)["sub"] == "42"


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another client"}, {"aud": None},
        {"aud": [CLIENT, "another"], "azp": "another"}, {"iss": "https://evil.example"},
        {"iss": ISSUER + "/"}, {"exp": SECONDS - 120}, {"exp": None}, {"iat": None},
        {"iat": SECONDS + 600}, {"nbf": SECONDS + 600}, {"sub": ""}, {"sub": None},
        {"at_hash": "of another access token"},
    ],
    ids=str,
)  # fmt: skip
def test_token_with_a_wrong_claim_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Distrusted):
        read(sign(ID_TOKEN | wrong))


@pytest.mark.parametrize(
    "token",
    [
        by_hand("none"),
        sign(ID_TOKEN, OTHER),
        sign(ID_TOKEN, KEY, kid="unknown"),
        by_hand("HS256", PUBLIC.as_pem()),
        sign(ID_TOKEN)[:-4] + "AAAA",
        "not.a.token", "a.b.c.d.e", "", "..",
    ],
)  # fmt: skip
def test_token_that_the_provider_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(Distrusted):
        read(token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": None}, {"events": {}}, {"events": [LOGOUT_EVENT]}, {"nonce": "n"},
        {"sid": None}, {"jti": None}, {"iss": "https://evil.example"}, {"aud": "another"},
        {"exp": SECONDS - 120}, {"iat": SECONDS - 3600, "exp": None}, {"sid": 7},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_logout_token_ends_nothing(wrong: dict[str, Any]) -> None:
    with pytest.raises(Distrusted):
        oidc.read_logout_token(
            sign(LOGOUT | wrong), Expected(ISSUER, CLIENT), PUBLISHED, lambda: PUBLISHED, NOW
        )
    told = sign(LOGOUT, typ="logout+jwt")
    expected = Expected(ISSUER, CLIENT)
    found = oidc.read_logout_token(told, expected, PUBLISHED, lambda: PUBLISHED, NOW)
    assert (found.sid, found.subject, found.jti) == ("s", "", "1")
    assert found.until >= NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("claims", "path", "found"),
    [
        ({"groups": ["A", "B"]}, "groups", ["A", "B"]),
        ({"realm_access": {"roles": ["A"]}}, "realm_access.roles", ["A"]),
        ({"https://data.gov.dk/a/cvr": "29189838"}, "https://data.gov.dk/a/cvr", ["29189838"]),
        ({"https://data.gov.dk/a": {"cvr": 29189838}}, "https://data.gov.dk/a.cvr", ["29189838"]),
        ({"units": [{"name": "A"}, {"name": "B"}, "C"]}, "units.name", ["A", "B"]),
        ({"staff": True, "none": None, "deep": {"a": 1}}, "staff", ["true"]),
        ({"deep": {"a": 1}}, "deep", []),
        ({"groups": "A"}, "groups.name", []),
    ],
)
def test_claim_is_found_by_its_path(claims: Any, path: str, found: list[str]) -> None:
    assert rules.values(claims, path) == found


def test_lines_that_hold_count_together_and_values_are_compared_without_case() -> None:
    lines = [
        Line("groups", "INDKØB", (Role.BUYER,), "5798009811578"),
        Line("groups", "Chefer", (Role.STAFF, Role.APPROVER)),
        Line("title", "*", (Role.BUYER,)),
    ]
    assert rules.gain(lines, {"groups": ["indkøb", "chefer"]}) == rules.Gain(
        (Role.BUYER, Role.APPROVER, Role.STAFF), ("5798009811578",), (0, 1)
    )
    assert rules.gain(lines, {"groups": "Have", "title": "Gartner"}).counted == (2,)
    assert rules.gain(lines, {"groups": [], "title": ""}).roles == ()


@pytest.mark.parametrize(
    "token",
    [
        f"{_text(DEEP.encode()).decode()}.e30.AA",
        *(signed(claims) for claims in (DEEP, json.dumps(LOGOUT | {"jti": "\ud800"}),
                                         json.dumps(LOGOUT | {"sid": "s\x00"}),
                                         json.dumps(LOGOUT | {"iat": float("nan")}))),
    ],
    ids=["head", "claims", "half a sign", "nul", "no number"],
)  # fmt: skip
def test_token_that_cannot_be_read_or_kept_is_refused_and_is_no_fault(token: str) -> None:
    with pytest.raises(Distrusted):
        oidc.read_logout_token(token, Expected(ISSUER, CLIENT), PUBLISHED, lambda: PUBLISHED, NOW)


def test_claims_that_staff_try_are_refused_at_their_field_when_nested_too_deeply() -> None:
    with pytest.raises(Invalid, match="claims"):
        outside_schema.read_claims(DEEP)


@pytest.mark.parametrize(
    "wrong",
    [
        {"jwks_uri": ["https://login.slagelse.example/k"]}, {"token_endpoint": {"at": 1}},
        {"code_challenge_methods_supported": 5}, {"response_types_supported": None},
        {"userinfo_endpoint": 7}, {"issuer": [ISSUER]},
    ],
    ids=str,
)  # fmt: skip
def test_description_of_another_shape_is_refused_in_words(wrong: dict[str, Any]) -> None:
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    told = {"issuer": ISSUER} | {name: f"{ISSUER}/{name}" for name in names}
    bounds = Bounds(1_000, 1)
    assert oidc_published.read_facts(json.dumps(told).encode(), ISSUER, bounds) == told
    with pytest.raises(Unusable):
        oidc_published.read_facts(json.dumps(told | wrong).encode(), ISSUER, bounds)


def test_key_on_an_unknown_curve_or_of_a_bad_length_is_passed_over() -> None:
    odd = {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}
    short, long = ({"kty": "RSA", "e": "AQAB", "n": "_" * count} for count in (171, 9_000))
    listed = {"keys": [odd, short, long, {"kty": ["EC"]}, 7, PUBLIC.as_dict(private=False)]}
    (found,) = oidc_published.read_keys(json.dumps(listed).encode())
    assert found.kid == "theirs"
