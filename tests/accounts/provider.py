"""A real provider of OpenID Connect on loopback: the OP of idpyoidc, with a door to each part."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptojwt.jwt import JWT
from cryptojwt.key_jar import build_keyjar
from idpyoidc.message.oidc.session import BACK_CHANNEL_LOGOUT_EVENT
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.exception import FailedAuthentication, UnAuthorizedClient

CLIENT, SECRET = "catalogue", "a-secret-of-thirty-two-characters"
REDIRECT = "http://127.0.0.1:8000/log-ind/kommune/0330/svar"
BACK = "http://127.0.0.1:8000/log-ind"
USERS: dict[str, dict[str, Any]] = {
    "mette": {
        "name": "Mette Holm", "email": "mette@slagelse.example", "email_verified": True,
        "groups": ["Indkøb", "Alle"],
    },
}  # fmt: skip
_OIDC, _AUTHN = "idpyoidc.server.oidc", "idpyoidc.server.user_authn"
_KEYS = [{"type": "RSA", "key": "", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}]


class Provider(ThreadingHTTPServer):
    """The OP on a free port of loopback; Mette sits at the browser, and has signed in there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.last: dict[str, Any] = {}  # what the newest ID token says
        self.asked: list[str] = []
        self.op = Server(OPConfiguration(_configuration(self.issuer)), cwd="/tmp")
        self.op.context.cdb[CLIENT] = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [(REDIRECT, {})],
            "post_logout_redirect_uris": [(BACK, {})],
            "token_endpoint_auth_method": "client_secret_basic",
            "response_types_supported": ["code"],
            "allowed_scopes": ["openid", "profile", "email", "groups"],
            "scopes_to_claims": {
                "openid": ["sub"], "profile": ["name"], "email": ["email", "email_verified"],
                "groups": ["groups"],
            },
            "add_claims": {"always": {"id_token": ["groups", "name", "email", "email_verified"]}},
        }  # fmt: skip
        self.op.keyjar.add_symmetric(CLIENT, SECRET)

    def say(self, **claims: Any) -> None:
        """Say the usual claims of Mette from now on, and these."""
        self.op.context.userinfo.db["mette"] = USERS["mette"] | claims

    def renew_keys(self) -> None:
        """Sign with other keys from now on."""
        fresh = build_keyjar(_KEYS)
        for name in ("", self.issuer):
            self.op.keyjar[name] = fresh[""]

    def sign(self, claims: dict[str, Any], client: str = CLIENT, **options: Any) -> str:
        """Sign claims for a client with the provider's key."""
        maker = JWT(self.op.keyjar, iss=self.issuer, lifetime=120, sign_alg="RS256")
        maker.with_jti = "jti" not in claims
        return str(maker.pack(payload=claims, recv=client, **options))

    def logout_token(self, **claims: Any) -> str:
        """Return a logout token as the OP itself makes it, with some claims set."""
        return self.sign({"events": {BACK_CHANNEL_LOGOUT_EVENT: {}}} | claims)

    def answer(self, name: str, request: Any, http_info: dict[str, Any]) -> Any:
        """Let an endpoint of the OP answer; return status, headers and body."""
        endpoint = self.op.get_endpoint(name)
        try:
            parsed = endpoint.parse_request(request, http_info=http_info)
            told = endpoint.process_request(parsed, http_info=http_info) or {}
        except (FailedAuthentication, UnAuthorizedClient) as error:
            return 401, {}, {"error": "invalid_client", "error_description": str(error)}
        if "error" in parsed:
            return 400, {}, parsed.to_json()
        if "redirect_location" in told:
            return 303, {"Location": told["redirect_location"]}, ""
        made = endpoint.do_response(request=parsed, **told)
        if name == "authorization":
            return 303, {"Location": made["response"]}, ""
        if "id_token" in told.get("response_args", ()):
            self.last = decode(told["response_args"]["id_token"])
        status = 400 if "error" in told.get("response_args", told) else 200
        return status, dict(made.get("http_headers", ())), made["response"]


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(parts.path)
        names = {
            "/.well-known/openid-configuration": "provider_config",
            "/authorization": "authorization",
            "/userinfo": "userinfo", "/session": "session",
        }  # fmt: skip
        if parts.path == "/jwks":
            return self._send(200, {}, self.server.op.keyjar.export_jwks_as_json())
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query))
        return self._send(*self.server.answer(names[parts.path], query, {"headers": headers}))

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = dict(parse_qsl(body))
        self._send(*self.server.answer("token", request, {"headers": headers}))

    def _send(self, status: int, headers: dict[str, str], body: Any) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Provider]:
    """Run a provider while the block lasts."""
    with Provider() as provider:
        threading.Thread(target=provider.serve_forever, args=(0.01,), daemon=True).start()
        yield provider
        provider.shutdown()


def decode(token: str) -> dict[str, Any]:
    """Return what a token says, whoever signed it."""
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def _configuration(issuer: str) -> dict[str, Any]:
    def part(path: str, module: str, **options: Any) -> dict[str, Any]:
        return {"path": path, "class": f"{_OIDC}.{module}", "kwargs": options}

    login = {"class": f"{_AUTHN}.user.NoAuthn", "kwargs": {"user": "mette"}, "acr": "pwd"}
    return {
        "issuer": issuer,
        "keys": {"key_defs": _KEYS, "uri_path": "jwks"},
        "endpoint": {
            "provider_info": part(
                ".well-known/openid-configuration", "provider_config.ProviderConfiguration",
                client_authn_method=None,
            ),
            "authorization": part(
                "authorization", "authorization.Authorization", client_authn_method=None,
                response_types_supported=["code"], response_modes_supported=["query"],
            ),
            "token": part(
                "token", "token.Token",
                client_authn_method=["client_secret_basic", "client_secret_post"],
            ),
            "userinfo": part("userinfo", "userinfo.UserInfo"),
            "end_session": part(
                "session", "session.Session", logout_verify_url=f"{issuer}/verify_logout",
                post_logout_uri_path="post_logout", signing_alg="RS256",
                backchannel_logout_supported=True, backchannel_logout_session_supported=True,
            ),
        },
        "add_ons": {
            "pkce": {
                "function": "idpyoidc.server.oauth2.add_on.pkce.add_support",
                "kwargs": {"essential": True},
            }
        },
        "token_handler_args": {
            "key_conf": {"key_defs": [{"type": "OCT", "bytes": 24, "use": ["enc"], "kid": "code"}]},
            "code": {"kwargs": {"lifetime": 600}},
            "token": {"class": "idpyoidc.server.token.jwt_token.JWTToken", "kwargs": {}},
            "id_token": {
                "class": "idpyoidc.server.token.id_token.IDToken",
                "kwargs": {"add_claims_by_scope": True},
            },
        },
        "authentication": {"login": login},
        "userinfo": {"class": "idpyoidc.server.user_info.UserInfo", "kwargs": {"db": USERS}},
        "claims_interface": {
            "class": "idpyoidc.server.session.claims.ClaimsInterface", "kwargs": {},
        },
        "session_params": {
            "password": "of the sessions", "salt": "salt",
            "sub_func": {"public": {"class": "idpyoidc.server.session.manager.PublicID",
                                    "kwargs": {"salt": "a salt"}}},
        },
    }  # fmt: skip
