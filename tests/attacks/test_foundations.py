"""What security stands on and no page shows: hashes, seals, processes, and what is never read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from lxml import etree

import catalogue
from catalogue.accounts import passwords
from catalogue.accounts.models import Person
from catalogue.core import plain_xml, sealing

PACKAGE = Path(catalogue.__file__).parent
PASSWORD = "et langt kodeord"
# Who starts a program: web server and worker, the decoder of pictures, PostgreSQL's own copies,
# and xmlsec1, whose list of arguments pysaml2 gives.
STARTERS = {
    "cli_serving.py", "media/sandbox.py", "operating/copying.py", "accounts/saml_program.py"
}  # fmt: skip
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
# What runs, or makes objects of any kind, while it is read.
UNSAFE = {"pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml"}


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield path.relative_to(PACKAGE).as_posix(), tree


def _imported(tree: ast.Module) -> set[str]:
    """Return the packages that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_programs_are_started_in_few_places_and_never_by_a_shell() -> None:
    starters, shells = set(), []
    for name, tree in _trees():
        if "subprocess" in _imported(tree):
            starters.add(name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                by_shell = any(each.arg == "shell" for each in node.keywords)
                if by_shell or ast.unparse(node.func) in SHELLS:
                    shells.append((name, node.lineno))
    assert starters == STARTERS
    assert shells == []


def test_nothing_is_read_in_a_form_that_runs_while_it_is_read() -> None:
    assert [(name, found) for name, tree in _trees() if (found := _imported(tree) & UNSAFE)] == []


def test_passwords_are_kept_by_argon2id_as_rfc_9106_has_it_for_little_memory() -> None:
    made = [
        (name, len(node.args) + len(node.keywords))
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "PasswordHasher"
    ]
    assert len(made) >= 4
    assert {given for _name, given in made} == {0}, "somebody hashes by parameters of her own"
    assert PasswordHasher().hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_password_that_was_hashed_by_other_parameters_counts_still() -> None:
    older = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    person = Person(password_hash=older)
    assert passwords.matches(person, PASSWORD)
    assert not passwords.matches(person, "et andet kodeord")


def test_what_is_sealed_opens_whole_for_its_purpose_by_its_key_alone() -> None:
    sealed = sealing.seal("a secret key", "one purpose", PASSWORD)
    assert PASSWORD not in sealed
    assert sealing.unseal("a secret key", "one purpose", sealed) == PASSWORD
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    for key, purpose, text in (
        ("another key", "one purpose", sealed),
        ("a secret key", "another purpose", sealed),
        ("a secret key", "one purpose", changed),
    ):
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(key, purpose, text)


@pytest.mark.parametrize("declared", ['SYSTEM "{secret}"', '"ha"', '"{many}"'])
def test_entity_leads_to_no_file_and_grows_to_nothing(tmp_path: Path, declared: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    said = declared.format(secret=secret.as_uri(), many="ha" * 1_000)
    content = f"<!DOCTYPE a [<!ENTITY b {said}>]><a>&b;</a>".encode()
    with pytest.raises(etree.XMLSyntaxError, match="reference to an entity"):
        plain_xml.parse(content)
