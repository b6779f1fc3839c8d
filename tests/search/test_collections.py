"""What scripts/bench/relevance.py takes from others' files, and what it says of bad ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench" / "relevance.py"
PRODUCTS = "id,title,summary,description,enterprise,category\n"
JUDGMENTS = "query,product_id,grade,kind\n"


@pytest.fixture
def collection(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that reads collections."""
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import collection

    yield collection
    for name in ("collection", "tables"):
        sys.modules.pop(name)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Write a file as it is given, bytes or text."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "given.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def refusal(read: Any, path: Path) -> str:
    """Return what is said of a file, without the folder it is in."""
    with pytest.raises(Exception, match=r"given\.csv") as refused:
        read(path)
    assert type(refused.value).__name__ == "Unreadable"
    return str(refused.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize("mark", ["", "\N{BYTE ORDER MARK}"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_separators_and_line_ends_of_spreadsheets_are_taken(
    collection: ModuleType, file: Any, mark: str, separator: str, end: str
) -> None:
    lines = ["id,title,summary,description,enterprise,category",
        "1,Hække,Kort,Lang,Værkstedet,37535200-9 Legepladsudstyr", ",,,,,"]  # fmt: skip
    path = file(mark + end.join(lines).replace(",", separator) + end)
    assert collection.read_products(path) == [
        collection.Row("1", "Hække", "Kort", "Lang", "Værkstedet", "37535200", "Legepladsudstyr")
    ]


def test_texts_in_quotes_keep_their_lines_quotes_and_separators(
    collection: ModuleType, file: Any
) -> None:
    path = file('title;id;description\n"Rør, 5"" langt";1;"En; to\nog ""tre"", fire"\nRør 5";2;\n')
    first, second = collection.read_products(path)
    assert (first.title, first.description) == ('Rør, 5" langt', 'En; to\nog "tre", fire')
    assert second.title == 'Rør 5"'


def test_products_need_no_more_than_id_and_title(collection: ModuleType, file: Any) -> None:
    path = file("Title, ID ,colour\nHytte,1,rød\nBænk,2\n")
    assert collection.read_products(path) == [
        collection.Row("1", "Hytte", "", "", "", "", ""),
        collection.Row("2", "Bænk", "", "", "", "", ""),
    ]


@pytest.mark.parametrize(
    ("written", "grade"), [("2", 2), ("2.0", 2), ("2,0", 2), (" 3 ", 3), ("0", 0), ("1.", 1)]
)
def test_grades_are_whole_numbers_however_written(
    collection: ModuleType, file: Any, written: str, grade: int
) -> None:
    (query,) = collection.read_queries(file(f"query;product_id;grade\nhytte;1;{written}\n"))
    assert (query.text, query.kind, query.grades) == ("hytte", "", {"1": grade})


def test_a_kind_need_be_told_once_a_query(collection: ModuleType, file: Any) -> None:
    path = file(JUDGMENTS + "hytte,1,3,\nhytte,2,1,compound\nhytte,2,1,\nbænk,3,2\n")
    first, second = collection.read_queries(path)
    assert (first.kind, first.grades) == ("compound", {"1": 3, "2": 1})
    assert (second.kind, second.grades) == ("", {"3": 2})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (JUDGMENTS + '"to\nord",1,3,\nhytte,1,to,\n',
         "given.csv, line 4, column grade: 'to'; write a whole number from 1 to 3"),
        (JUDGMENTS + "hytte,1,2.5,\n",
         "given.csv, line 2, column grade: '2.5'; write a whole number from 1 to 3"),
        (JUDGMENTS + "hytte,1,-1,\n",
         "given.csv, line 2, column grade: '-1'; write a whole number from 1 to 3"),
        (JUDGMENTS + "hytte,1,4,\n",
         "given.csv, line 2, column grade: '4'; write 1 to 3, 3 the best"),
        (JUDGMENTS + "hytte,1\n",
         "given.csv, line 2, column grade: nothing; write it, or take the row out"),
        (JUDGMENTS + ",1,3,\n",
         "given.csv, line 2, column query: nothing; write it, or take the row out"),
        (JUDGMENTS + "hytte,1,3,\nhytte,1,2,\n",
         "given.csv, line 3, column grade: 2, but 3 above; leave one of them"),
        (JUDGMENTS + "hytte, lille,1,3,\n",
         "given.csv, line 2: 5 values for 4 columns; put texts that have commas in them in quotes"),
        (JUDGMENTS, "given.csv: no judgments; write one in each row below the columns"),
        ("query;grade\nhytte;3\n",
         "given.csv, line 1: no column product_id among query, grade; the first line names the"
         " columns, separated by commas, semicolons or tabs"),
        ("", "given.csv, line 1: no column query, product_id, grade among none; the first line"
         " names the columns, separated by commas, semicolons or tabs"),
        ((JUDGMENTS + "hytte,1,3,\ngrød,1,3,\n").encode("cp1252"),
         "given.csv, line 3: not UTF-8; save it as CSV in UTF-8"),
        (JUDGMENTS + 'hytte,1,3,\n"bænk,2,3,\n',
         "given.csv, line 3: unexpected end of data; close the quotes of each text, and double"
         " those that stand in it"),
    ],
)  # fmt: skip
def test_bad_judgments_are_refused_with_file_line_column_and_remedy(
    collection: ModuleType, file: Any, content: str | bytes, said: str
) -> None:
    assert refusal(collection.read_queries, file(content)) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PRODUCTS + "1,A,,,,\n1,B,,,,\n",
         "given.csv, line 3, column id: '1' is there twice; give each product its own"),
        (PRODUCTS + "1,,,,,\n",
         "given.csv, line 2, column title: nothing; write it, or take the row out"),
        (PRODUCTS, "given.csv: no products; write one in each row below the columns"),
    ],
)  # fmt: skip
def test_bad_products_are_refused_with_file_line_column_and_remedy(
    collection: ModuleType, file: Any, content: str, said: str
) -> None:
    assert refusal(collection.read_products, file(content)) == said


def run(*given: str | Path) -> subprocess.CompletedProcess[str]:
    """Measure our engine on files."""
    command = [sys.executable, SCRIPT, "--engines", "whoosh", *given]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_ends_with_what_is_wrong_and_no_trace(file: Any, tmp_path: Path) -> None:
    pytest.importorskip("tantivy")
    told = run("--products", tmp_path / "nowhere.csv")
    assert told.returncode == 1
    assert told.stdout == ""
    missing = f"{tmp_path}/nowhere.csv: No such file or directory; give the path of a CSV file\n"
    assert told.stderr == missing


def test_the_script_measures_and_names_what_is_judged_but_not_there(
    file: Any, tmp_path: Path
) -> None:
    pytest.importorskip("tantivy")
    judgments = tmp_path / "judgments.csv"
    judgments.write_text("query;product_id;grade\nhytte;1;3,0\nhytte;9;1\n", encoding="utf-8-sig")
    told = run("--products", file("id;title\n1;Hytte\n2;Bænk\n"), "--judgments", judgments)
    assert told.returncode == 0, told.stderr
    assert "2 products, 1 queries" in told.stdout
    assert "1 products are not in" in told.stderr
    assert told.stderr.endswith("count as not found: 9\n")
