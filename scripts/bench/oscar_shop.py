#!/usr/bin/env python3
"""The same purchase in django-oscar: its models, views and templates, all defaults.

Run by ordering.py and site.py in an environment that has django-oscar:
  oscar_shop.py make PRODUCTS SHOPS BUYERS    makes the tables, products, partners and buyers
  oscar_shop.py fill TEXTS SHOPS BUYERS       makes a product of each [title, description] of a
                                              file of JSON, and the index
  oscar_shop.py buy NUMBER BASKET SECONDS     buys as buyer NUMBER; prints what it took as JSON
A web server serves `application` of it. SHOP_DATABASE holds the address of the database, SHOP_INDEX
the folder of the index by Haystack with Whoosh; without one nothing is searched. With SHOP_SANDBOX
it is set up as the sandbox of its repository is, but not for finding faults: with the sandbox's
middleware and loaders of templates, which read them anew for each page, and with two of the three
offers that its data has (the third is code of its own).
"""

# ruff: noqa: PLC0415 - django can be asked for its models only after it was set up

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import django
import oscar.defaults
from django.conf import settings
from sqlalchemy.engine import make_url

APPS = (
    "analytics checkout address shipping catalogue catalogue.reviews communication partner basket"
    " payment offer order customer search voucher wishlists dashboard dashboard.reports"
    " dashboard.users dashboard.orders dashboard.catalogue dashboard.offers dashboard.partners"
    " dashboard.pages dashboard.ranges dashboard.reviews dashboard.vouchers"
    " dashboard.communications dashboard.shipping"
)
ADDRESS = {
    "first_name": "Bo", "last_name": "Berg", "line1": "Skovvej 3", "line4": "Slagelse",
    "postcode": "4200", "country": "DK",
}  # fmt: skip
PASSWORD = "et langt kodeord"
SANDBOX = "SHOP_SANDBOX" in os.environ
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
)
SANDBOX_MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
)
# Named without Django's cached loader around them, as the sandbox does.
SANDBOX_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]


def configure() -> None:
    """Set django-oscar up as its guide does, on the database of the environment."""
    url = make_url(os.environ["SHOP_DATABASE"])
    sqlite = url.get_backend_name() == "sqlite"
    database = {
        "ENGINE": "django.db.backends.sqlite3" if sqlite else "django.db.backends.postgresql",
        "NAME": url.database, "USER": url.username or "", "HOST": url.host or "",
        "PORT": url.port or "", "ATOMIC_REQUESTS": True, "CONN_MAX_AGE": None,
    }  # fmt: skip
    given = {name: getattr(oscar.defaults, name) for name in dir(oscar.defaults) if name.isupper()}
    processors = (
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "oscar.apps.search.context_processors.search_form",
        "oscar.apps.checkout.context_processors.checkout",
        "oscar.apps.communication.notifications.context_processors.notifications",
        "oscar.core.context_processors.metadata",
    )  # fmt: skip
    settings.configure(
        **given, SECRET_KEY="of a bench", ALLOWED_HOSTS=["*"], DEBUG=False, SITE_ID=1,
        USE_TZ=True, ROOT_URLCONF=__name__, STATIC_URL="/static/", MEDIA_URL="/media/",
        MEDIA_ROOT=tempfile.gettempdir(), DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={"default": database},
        INSTALLED_APPS=[
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
            "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
            "django.contrib.sites", "django.contrib.flatpages", "oscar.config.Shop",
            *(_app(name) for name in APPS.split()), "widget_tweaks", "haystack", "treebeard",
            "django_tables2", "sorl.thumbnail",
        ],
        MIDDLEWARE=list(SANDBOX_MIDDLEWARE if SANDBOX else MIDDLEWARE),
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": not SANDBOX,
            "OPTIONS": {"context_processors": list(processors)}
            | ({"loaders": SANDBOX_LOADERS} if SANDBOX else {}),
        }],
        AUTHENTICATION_BACKENDS=["oscar.apps.customer.auth_backends.EmailBackend",
                                 "django.contrib.auth.backends.ModelBackend"],
        HAYSTACK_CONNECTIONS={"default": _index()},
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )  # fmt: skip
    django.setup()


def _index() -> dict[str, str]:
    if folder := os.environ.get("SHOP_INDEX"):
        return {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": folder}
    return {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}


def _app(name: str) -> str:
    parts = name.split(".")
    if parts[0] == "dashboard":  # oscar.apps.dashboard.users has UsersDashboardConfig
        parts.reverse()
    words = "".join(part.capitalize() for part in parts)
    return f"oscar.apps.{name}.apps.{words}Config"


def make(products: int, shops: int, buyers: int) -> None:
    """Make the tables and what is sold."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oscar.core.loading import get_model

    call_command("migrate", verbosity=0)
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="DK", printable_name="Danmark", name="Danmark", is_shipping_country=True
    )
    kind = get_model("catalogue", "ProductClass").objects.create(name="Vare", track_stock=True)
    partners = [
        get_model("partner", "Partner").objects.create(name=f"Virksomhed {n}") for n in range(shops)
    ]
    for number in range(products):
        product = get_model("catalogue", "Product").objects.create(
            title=f"Vare {number}", product_class=kind, description="Et solidt legehus."
        )
        get_model("partner", "StockRecord").objects.create(
            product=product, partner=partners[number % shops], partner_sku=f"V-{number}",
            price=12_500, num_in_stock=1_000_000,
        )  # fmt: skip
    for number in range(buyers):
        get_user_model().objects.create_user(
            f"buyer{number}", f"buyer{number}@shop.example", PASSWORD
        )
    if SANDBOX:
        _make_offers()


def _make_offers() -> None:
    """Make the offers of the sandbox: the cheapest of three for nothing, and cheap freight."""
    from oscar.core.loading import get_model

    everything = get_model("offer", "Range").objects.create(name="Alt", includes_all_products=True)
    offers = [
        ("Tre for to", 3, {"type": "Multibuy", "range": everything}),
        ("Fragt", 1, {"type": "Shipping fixed price", "value": "1.99"}),
    ]
    for name, count, given in offers:
        get_model("offer", "ConditionalOffer").objects.create(
            name=name, offer_type="Site",
            condition=get_model("offer", "Condition").objects.create(
                type="Count", value=count, range=everything
            ),
            benefit=get_model("offer", "Benefit").objects.create(**given),
        )  # fmt: skip


def fill(texts: str, shops: int, buyers: int) -> None:
    """Make a product of each text, with its stock, and the index."""
    from django.core.management import call_command
    from oscar.core.loading import get_model

    make(0, shops, buyers)
    kind = get_model("catalogue", "ProductClass").objects.get()
    partners = list(get_model("partner", "Partner").objects.order_by("id"))
    product, stock = get_model("catalogue", "Product"), get_model("partner", "StockRecord")
    told = json.loads(Path(texts).read_text(encoding="utf-8"))
    product.objects.bulk_create(
        product(title=title, slug="vare", description=text, product_class=kind)
        for title, text in told
    )
    stock.objects.bulk_create(
        stock(product_id=number, partner=partners[number % shops], partner_sku=f"V-{number}",
              price=12_500, num_in_stock=1_000_000)
        for number in range(1, len(told) + 1)
    )  # fmt: skip
    # By one commit: some hundred of them take many times as long, and leave the same index.
    call_command("rebuild_index", interactive=False, verbosity=0, batchsize=len(told))


def buy(number: int, basket: int, seconds: float) -> dict[str, object]:
    """Buy until the time is over; return milliseconds of each purchase, and what failed."""
    from django.test import Client
    from oscar.core.loading import get_model

    products = list(get_model("catalogue", "Product").objects.order_by("id"))
    client = Client(raise_request_exception=False)
    client.login(username=f"buyer{number}@shop.example", password=PASSWORD)
    purchase(client, products[:basket])
    placing, whole, failed, began, turn = [], [], 0, time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        turn += 1
        first = turn % (len(products) - basket)
        start = time.perf_counter()
        took = purchase(client, products[first : first + basket])
        if took is None:
            failed += 1
        else:
            placing.append(took * 1000)
            whole.append((time.perf_counter() - start) * 1000)
    seconds = time.perf_counter() - began
    return {"placing": placing, "purchase": whole, "failed": failed, "seconds": seconds}


def purchase(client, products) -> float | None:  # type: ignore[no-untyped-def]  # of django
    """Make a purchase; return the seconds of the request that orders, None if it failed."""
    for each in products:
        client.post(f"/basket/add/{each.pk}/", {"quantity": 1})
    client.get("/basket/")
    client.post("/checkout/shipping-address/", ADDRESS)
    for step in ("shipping-method", "payment-method", "payment-details"):
        client.get(f"/checkout/{step}/")
    client.get("/checkout/preview/")
    start = time.perf_counter()
    answer = client.post("/checkout/preview/", {"action": "place_order"})
    took = time.perf_counter() - start
    done = answer.status_code == 302 and "thank-you" in answer.headers["Location"]
    return took if done and client.get("/checkout/thank-you/").status_code == 200 else None


def urls() -> list:  # type: ignore[type-arg]  # of django
    """Return the addresses of the shop."""
    from django.apps import apps
    from django.contrib import admin
    from django.urls import include, path

    return [
        path("i18n/", include("django.conf.urls.i18n")),
        path("admin/", admin.site.urls),
        path("", include(apps.get_app_config("oscar").urls[0])),
    ]


def __getattr__(name: str) -> object:
    if name == "urlpatterns":
        return urls()
    if name == "application":
        from django.core.wsgi import get_wsgi_application

        configure()
        return get_wsgi_application()
    raise AttributeError(name)


if __name__ == "__main__":
    sys.modules[Path(__file__).stem] = sys.modules[__name__]
    configure()
    if sys.argv[1] == "make":
        make(*map(int, sys.argv[2:]))
    elif sys.argv[1] == "fill":
        fill(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        print(json.dumps(buy(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))
