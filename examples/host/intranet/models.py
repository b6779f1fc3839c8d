"""What the intranet keeps: who works here, and news."""

from __future__ import annotations

from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash

PASSWORD = "et langt kodeord"  # noqa: S105 - of people who are invented
PEOPLE = (
    ("lise@slagelse.example", "Lise Lærer", "teacher"),
    ("ib@slagelse.example", "Ib Indkøber", "purchaser"),
    ("ole@slagelse.example", "Ole Pedel", "caretaker"),
)


class Base(DeclarativeBase):
    """The intranet's own tables; Catalogue's are no part of it."""


db = SQLAlchemy(model_class=Base)


class User(UserMixin, db.Model):
    """Somebody who works for the municipality; `job` decides what she may do in Catalogue."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    job: Mapped[str]
    password_hash: Mapped[str]

    def set_password(self, password: str) -> None:
        """Keep a password, as its hash."""
        self.password_hash = generate_password_hash(password, method="pbkdf2:sha256:1000")

    def knows(self, password: str) -> bool:
        """Tell whether that is her password."""
        return check_password_hash(self.password_hash, password)


class News(db.Model):
    """A piece of news on the front page."""

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


def settle() -> None:
    """Put some people and a piece of news there, to try it out."""
    for email, name, job in PEOPLE:
        made = User(email=email, name=name, job=job)
        made.set_password(PASSWORD)
        db.session.add(made)
    db.session.add(News(title="Kantinen har nye åbningstider"))
    db.session.commit()
