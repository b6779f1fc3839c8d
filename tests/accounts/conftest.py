"""What tests of sign-in share."""

from __future__ import annotations

import shutil
from typing import Any

import pytest


@pytest.fixture(scope="session")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The IdP of SAML, which knows us, and our key there: made once, for keys take long."""
    if shutil.which("xmlsec1") is None:
        pytest.skip("xmlsec1 is not installed")
    from accounts import saml_provider  # pysaml2 takes a second to load

    return saml_provider.SamlProvider(tmp_path_factory.mktemp("saml"), saml_provider.pair("ours"))
