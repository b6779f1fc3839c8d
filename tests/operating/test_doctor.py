"""The doctor names what is wrong and how to mend it, and one bad look hides no other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalogue import cli
from catalogue.cli import main
from catalogue.operating import surroundings


@pytest.fixture
def folder(empty_sqlite: Path, tmp_path: Path) -> Path:
    """A data folder with an empty database."""
    shutil.copy(empty_sqlite, tmp_path / "catalogue.sqlite")
    return tmp_path


def examined(folder: Path, **given: str) -> tuple[int, dict[str, list[str]]]:
    """Return the status, and what was found by grade, as place and words."""
    ended = run(folder, "--json", **given)
    found: dict[str, list[str]] = {"fine": [], "warning": [], "fault": []}
    for each in json.loads(ended.stdout)["findings"]:
        found[each["grade"]].append(f"{each['place']}: {each['says']}")
        assert each["grade"] == "fine" or each["remedy"], each
    return ended.exit_code, found


def run(folder: Path, *arguments: str, **given: str) -> Result:
    """Run the command on a data folder."""
    environment: dict[str, str | None] = {
        name: None for name in os.environ if name.startswith("CATALOGUE_")
    }
    environment |= {"CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_SECRET_KEY": "k" * 40}
    environment |= {f"CATALOGUE_{name.upper()}": value for name, value in given.items()}
    return CliRunner().invoke(main, ["doctor", *arguments], env=environment)


def test_empty_installation_lacks_worker_and_index_and_nothing_else(folder: Path) -> None:
    status, found = examined(folder)
    assert status == 1
    assert [each.partition(":")[0] for each in found["fault"] if "pango" not in each] == [
        "index", "worker",
    ]  # fmt: skip
    assert found["warning"] == []
    assert len(found["fine"]) >= 9
    assert list((folder / "media").rglob("*.*")) == []


def test_what_needs_tables_waits_for_them(tmp_path: Path) -> None:
    _status, found = examined(tmp_path)
    waiting = [each.partition(":")[0] for each in found["fault"] if "before the tables" in each]
    assert waiting == ["clock", "worker", "passwords"]
    assert not [each for each in found["fault"] if "Error" in each and "pango" not in each]


def test_database_and_servers_that_do_not_answer_are_findings(folder: Path) -> None:
    _status, found = examined(
        folder, smtp_host="127.0.0.1", smtp_port="9", clamav_socket="/nowhere", secret_key="short",
        database_url=f"sqlite:///{folder}/nowhere/x.sqlite", smtp_user="us",
    )  # fmt: skip
    places = {each.partition(":")[0] for each in found["fault"]}
    assert places >= {"database", "mail server", "virus scanner", "secret key", "worker"}
    assert [each for each in found["warning"] if "belong together" in each]
    assert len([each for each in found["fault"] if "OperationalError" in each]) == 1


def test_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    lost = tmp_path / "lost"
    _status, found = examined(lost)
    assert {"disk", "store"} <= {each.partition(":")[0] for each in found["fault"]}
    assert not lost.exists()


def test_bucket_without_keys_is_told_in_words_and_by_no_command_with_a_trace(folder: Path) -> None:
    theirs = ("AWS_", "CATALOGUE_")
    environment = {name: each for name, each in os.environ.items() if not name.startswith(theirs)}
    environment |= {
        "CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_MEDIA_BUCKET": "nobodys",
        "CATALOGUE_MEDIA_ENDPOINT": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }  # fmt: skip
    ended = [
        subprocess.run(
            [sys.executable, "-m", "catalogue.cli", command],
            env=environment, capture_output=True, text=True, check=False,
        )
        for command in ("doctor", "retention")
    ]  # fmt: skip
    told = "Pictures and documents cannot be reached right now: Unable to locate credentials"
    assert [each.returncode for each in ended] == [1, 1]
    assert f"store: {told}" in ended[0].stdout
    assert ended[1].stderr.splitlines()[-1] == told
    for each in ended:
        assert len(each.stderr.splitlines()) <= 2, each.stderr


def test_places_of_settings_that_are_not_there_are_told(folder: Path) -> None:
    lost = str(folder / "lost")
    _status, found = examined(folder, leaked_passwords=lost, people_folder=lost)
    assert {each for each in found["fault"] if "settings" in each} == {
        f"settings: {lost} cannot be read: nobody can choose a password",
        f"settings: {lost} is not there, or cannot be written: no list of people is taken in",
    }
    (folder / "lost").mkdir()
    _status, found = examined(folder, people_folder=lost)
    assert not [each for each in found["fault"] if "settings" in each]


def test_index_that_only_another_may_write_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root who has built it anew can write everything, and the worker nothing."""
    prepared: dict[str, str | None] = {
        name: None for name in os.environ if name.startswith("CATALOGUE_")
    } | {"CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_SECRET_KEY": "k" * 40}
    assert CliRunner().invoke(main, ["reindex"], env=prepared).exit_code == 0
    _status, found = examined(folder)
    assert not [each for each in found["fault"] if each.startswith("index")]
    of_root = folder / "index" / "rebuilding.lock"
    monkeypatch.setattr(os, "access", lambda path, *_mode, **_how: path != of_root)
    _status, found = examined(folder)
    assert f"index: {of_root} cannot be written: nothing new is found" in found["fault"]


@pytest.mark.parametrize(
    ("limit", "workers", "remedy"),
    [
        ("536870912", "2", "set CATALOGUE_WEB_WORKERS=1, or give it 0.8 GB"),
        ("536870912", "1", "give it 0.6 GB"),
        ("1073741824", "2", None),
        ("max", "2", None),
    ],
)
def test_memory_that_is_too_little_for_the_processes_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, limit: str, workers: str, remedy: str | None
) -> None:
    container = folder / "memory.max"
    container.write_text(f"{limit}\n")
    monkeypatch.setattr(surroundings, "LIMITS", (container, folder / "no such file"))
    ended = json.loads(run(folder, "--json", web_workers=workers).stdout)
    (found,) = (each for each in ended["findings"] if each["place"] == "memory")
    assert found["grade"] == ("warning" if remedy else "fine")
    assert (found["remedy"] or "").startswith(remedy or "")


def test_settings_that_are_none_are_all_named(folder: Path) -> None:
    status, found = examined(folder, smpt_host="x", colour="red")
    assert (status, len(found["fault"])) == (1, 2)
    told = run(folder, smpt_host="x").stdout
    assert "✗ settings: CATALOGUE_SMPT_HOST is no setting" in told
    assert "\x1b" not in told, "colours are for terminals"


@pytest.mark.parametrize("section", cli.SECTIONS)
def test_every_command_says_in_the_list_what_it_says_itself(section: str) -> None:
    group = cli.LazyGroup()
    for name, entry in cli.SECTIONS[section].items():
        command = group.get_command(None, name)  # type: ignore[arg-type]  it needs none
        assert command is not None
        assert command.name == name
        assert entry.says.split()[0] == (command.help or "").split()[0], name


def test_list_of_commands_and_completion_load_no_command() -> None:
    code = "import sys; from catalogue.cli import main; main(['--help'], standalone_mode=False);"
    code += "print([each for each in sys.modules if 'sqlalchemy' in each or 'flask' in each])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
    for shell in ("bash", "zsh", "fish"):
        assert "_CATALOGUE_COMPLETE" in CliRunner().invoke(main, ["completion", shell]).stdout
