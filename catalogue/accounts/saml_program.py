"""The program that checks, opens and signs XML: xmlsec1, by the words of pysaml2, but not for ever.

pysaml2 waits without end for what it starts. It is loaded with this module, at the first sign-in.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
from collections.abc import Sequence
from tempfile import NamedTemporaryFile

from saml2.sigver import CryptoBackendXmlSec1, XmlsecError

from .saml_signatures import ProgramSilent

log = logging.getLogger("catalogue.accounts")
SECONDS = 10  # it takes some hundredths of one
_LAX_KEYS_SINCE = (1, 3)  # from here on a key counts without its name only when it is told to


class Program(CryptoBackendXmlSec1):  # type: ignore[misc]  # pysaml2 has no types
    """xmlsec1 as pysaml2 has it, of which each start ends in time; raises ProgramSilent.

    `version` and `_run_xmlsec` are all that start it; a test holds each of them by a program that
    hangs, so that a pysaml2 which names them otherwise is found out.
    """

    @property
    def version(self) -> str:
        """Return its version, or 0.0.0."""
        words = _run([self.xmlsec, "--version"])[1].split()
        return words[1] if len(words) > 1 else "0.0.0"

    def _run_xmlsec(
        self, com_list: Sequence[str], extra_args: Sequence[str]
    ) -> tuple[str, str, bytes]:
        """Return what it said, what it said of errors, and what it wrote; raises XmlsecError."""
        lax = ["--lax-key-search"] if self.version_nums >= _LAX_KEYS_SINCE else []
        with NamedTemporaryFile(suffix=".xml") as written:
            command = [*com_list, "--output", written.name, *lax, *extra_args]
            code, said, errors = _run(command)
            if code:
                raise XmlsecError(f"returncode={code}")
            return said, errors, written.read()


def _run(command: Sequence[str]) -> tuple[int, str, str]:
    """Run a program; return its code, what it said, and what it said of errors.

    It has a group of its own, for what lies on the path may be a script that starts the program:
    whichever of them hangs, all are killed, and none is left behind.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, process_group=0
    ) as started:
        try:
            said, errors = started.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            log.warning("xmlsec1 did not end in time", extra={"seconds": SECONDS})
            raise ProgramSilent from None
        finally:
            if started.returncode is None:
                os.killpg(started.pid, signal.SIGKILL)
    return started.returncode, said.decode(errors="replace"), errors.decode(errors="replace")
