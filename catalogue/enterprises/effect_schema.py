"""The shape of a statement of effect: every figure optional, within bounds that catch a slip."""

from __future__ import annotations

import marshmallow as ma

from catalogue.core import fields

from .effect_rules import MOST_HOURS, MOST_KG, MOST_PERSONS


class EffectSchema(ma.Schema):
    """What an enterprise states of a year."""

    employed = fields.Whole(most=MOST_PERSONS, load_default=None)
    employed_outside = fields.Whole(most=MOST_PERSONS, load_default=None)
    trainees = fields.Whole(most=MOST_PERSONS, load_default=None)
    apprentices = fields.Whole(most=MOST_PERSONS, load_default=None)
    paid_hours = fields.Whole(most=MOST_HOURS, load_default=None)
    moved_on = fields.Whole(most=MOST_PERSONS, load_default=None)
    reinvested_percent = fields.Whole(most=100, load_default=None)
    reused_kg = fields.Whole(most=MOST_KG, load_default=None)
    co2_kg = fields.Whole(most=MOST_KG, load_default=None)
    reinvested_in = fields.Line(longest=300, load_default=None)
    co2_how = fields.Line(longest=300, load_default=None)
    in_words = fields.Line(longest=600, load_default=None)
