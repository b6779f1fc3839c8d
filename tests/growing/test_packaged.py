"""What is shipped for HAProxy is understood by it, TLS and the detour from http included."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PACKAGING = Path(__file__).parents[2] / "packaging"
HAPROXY = shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin")


@pytest.mark.skipif(HAPROXY is None, reason="HAProxy is not installed")
def test_haproxy_understands_what_is_shipped_for_it(tmp_path: Path) -> None:
    certificate = tmp_path / "catalogue.pem"
    certificate.write_bytes(_certificate())
    shipped = (PACKAGING / "haproxy.cfg").read_text(encoding="utf-8")
    here = tmp_path / "haproxy.cfg"
    here.write_text(
        shipped.replace("/etc/haproxy/catalogue.pem", str(certificate)).replace(
            "/etc/haproxy/503.http", str(PACKAGING / "503.http")
        ),
        encoding="utf-8",
    )

    told = subprocess.run(
        [str(HAPROXY), "-c", "-f", here], check=False, capture_output=True, text=True
    )

    assert told.returncode == 0, told.stderr
    assert "WARNING" not in told.stderr, told.stderr


def _certificate() -> bytes:
    """Return a key and a certificate of our own for it, as HAProxy reads them from one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "indkob.example.dk")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
