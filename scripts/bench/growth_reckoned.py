"""The tables of growth.py: what was measured, and what installations take after some years.

Nothing is measured here. What is assumed stands in ASSUMED beside what scale.py assumes.
"""

from __future__ import annotations

import math
from typing import Any

import scale
from scale import SIZES, WORKDAYS, Size

# Pictures of a product and the bytes of a photo as it was sent; the share of searches whose text is
# new in its month; cards on a page; what each enterprise edits on a workday.
ASSUMED = {"pictures": 2, "photo": 3_000_000, "new texts": 0.1, "cards": 24, "edits": 2}
YEARS = (1, 5)
# With so many web servers and workers; the others are SQLite with one of each.
FORMS = {"all municipalities": ("PostgreSQL", 2, 2)}
# Days after which the rule of retention takes rows out; of notices copies have those days' alone.
LOG_DAYS, STANDING = 400, "notices"
GIGABYTE = 1e9
PROCESSES = "web process", "web server", "worker"


def print_measured(name: str, found: dict[str, Any]) -> None:
    """Print the tables of a database."""
    if found.get("products"):
        _print_products(name, found["products"])
    if found.get("orders"):
        _print_left(name, found["orders"])
        _print_times(name, found["orders"])


def print_installations(found: dict[str, Any]) -> None:
    """Print what each installation takes, but of databases of which a part was not measured."""
    print("| | form | years | database, GB | index, GB | pictures, GB | documents, GB"
          " | memory, GB |\n|---|---|---:|---:|---:|---:|---:|---:|")  # fmt: skip
    for size in SIZES:
        name, servers, workers = FORMS.get(size.name, ("SQLite", 1, 1))
        known = found.get(name, {})
        if not (known.get("products") and known.get("orders")):
            continue
        memory = _memory(known["products"], size.products)
        serving = (servers * memory["web server"] + workers * memory["worker"]) / 1024
        for years in YEARS:
            disk = reckon(known, size, years)
            cells = " | ".join(f"{each:.1f}" for each in disk.values())
            print(f"| {size.name} | {name} | {years} | {cells} | {serving:.1f} |")


def reckon(known: dict[str, Any], size: Size, years: float) -> dict[str, float]:
    """Return the gigabytes of an installation after so many years, by what they lie in. Pure."""
    product, order = _last(known["products"]), _last(known["orders"])
    of_product = dict(product["product"])
    index = of_product.pop("index of search", 0.0)
    orders, edits = size.orders_a_year, size.enterprises * ASSUMED["edits"] * WORKDAYS
    yearly = sum(each for table, each in order["order"].items()
                 if table not in (STANDING, "mail_log"))  # fmt: skip
    log = order["order"].get("mail_log", 0.0) * min(years, LOG_DAYS / 365)
    database = (
        size.products * sum(of_product.values())
        + orders * (years * yearly + log + order["order"].get(STANDING, 0.0))
        + years * edits * sum(each for table, each in product["edit"].items()
                              if table in ("product_versions", "audit"))
        + years * _searched(product, size)
    )  # fmt: skip
    pictures = size.products * ASSUMED["pictures"] * (product["picture"] + ASSUMED["photo"])
    documents = orders * years * order["document"]
    return {
        name: each / GIGABYTE
        for name, each in (
            ("database", database), ("index", size.products * index),
            ("pictures", pictures), ("documents", documents),
        )
    }  # fmt: skip


def _searched(product: dict[str, Any], size: Size) -> float:
    """Return the bytes that a year of searching leaves."""
    asked = scale.ASSUMED
    searches = size.orders_a_year * (asked["search"] + asked["search, narrowed"])
    pages = searches + size.orders_a_year * asked["list"]
    seen = sum(
        _on_days(size.products, times / WORKDAYS) * WORKDAYS
        for times in (pages * ASSUMED["cards"], size.orders_a_year * asked["product"],
                      size.orders_a_year)
    )  # fmt: skip
    new = searches * ASSUMED["new texts"]
    words = sum(
        new * product["noted"].get(table, 0.0) * product["search"][table]
        for table in ("asked", "asked_months", "found_by")
    )
    return float(seen * product["search"]["product_counts"] + words)


def _on_days(products: int, seen_a_day: float) -> float:
    """Return how many different products are seen on a day, if all are seen alike: the most."""
    return products * (1 - math.exp(-seen_a_day / products))


def _memory(measured: dict[str, Any], products: int) -> dict[str, float]:
    """Return megabytes at so many products, on the line through the two sizes that are nearest."""
    points = sorted((int(count), each["memory"]) for count, each in measured.items())
    if len(points) == 1:
        return dict(points[0][1])
    (low, least), (high, most) = sorted(
        sorted(points, key=lambda point: abs(point[0] - products))[:2], key=lambda point: point[0]
    )
    part = (products - low) / (high - low)
    return {name: least[name] + part * (most[name] - least[name]) for name in PROCESSES}


def _last(measured: dict[str, Any]) -> Any:
    return measured[max(measured, key=int)]


def _print_products(name: str, measured: dict[str, Any]) -> None:
    print(f"| {name} | " + " | ".join(f"{int(each):,} products" for each in measured) + " |")
    print("|---|" + "---:|" * len(measured))
    rows: dict[str, list[str]] = {}
    for each in measured.values():
        product = dict(each["product"])
        index = product.pop("index of search", None)
        in_database = sum(size for table, size in product.items() if table.startswith("search"))
        for what, value in (
            ("a product: row, area, pictures' rows and their indexes, bytes",
             sum(product.values()) - in_database),
            ("a product: search in the database, bytes", in_database),
            ("a product: index of its own, bytes", index or 0),
            ("a picture of 1280 × 960: all its files, kB", each["picture"] / 1000),
            ("an edit: versions and events, bytes",
             sum(each["edit"].get(table, 0) for table in ("product_versions", "audit"))),
            *((f"a row of {table}, bytes", size) for table, size in each["search"].items()),
            *((f"resident: {process}, MB", each["memory"][process]) for process in PROCESSES),
        ):  # fmt: skip
            rows.setdefault(what, []).append(f"{value:,.0f}")
    print("\n".join(f"| {what} | {' | '.join(cells)} |" for what, cells in rows.items()), "\n")


def _print_left(name: str, measured: dict[str, Any]) -> None:
    order = _last(measured)
    print(f"| {name}: an order leaves | bytes |\n|---|---:|")
    for table, size in order["order"].items():
        if size >= 1:
            print(f"| {table} | {size:,.0f} |")
    print(f"| **in all** | {sum(order['order'].values()):,.0f} |")
    print(f"| mails, where they are written as files | {order['mail']:,.0f} |")
    print(f"| the order as a document (XML), where one is sent | {order['document']:,.0f} |\n")


def _print_times(name: str, measured: dict[str, Any]) -> None:
    counts = sorted(measured, key=int)
    print(f"| {name}, ms | " + " | ".join(f"{int(each):,} orders" for each in counts) + " |")
    print("|---|" + "---:|" * len(counts))
    first = measured[counts[0]]["ms"]
    for what, least in first.items():
        cells = [f"{least:.1f}"]
        for count in counts[1:]:
            took = measured[count]["ms"][what]
            cells.append(f"{took:.1f} ({took / max(least, 0.01):.1f} times)")
        print(f"| {what} | {' | '.join(cells)} |")
    print()
