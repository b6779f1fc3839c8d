"""The life of an order as a document, drawn from the table it runs by: docs/orders.md."""

from __future__ import annotations

from .rules import MOVES, RESERVING_STATES, STARTS, STATE_NAMES, VOID_STATES, Move, Side, Step

HEAD = """# The life of an order

Printed by `scripts/orders > docs/orders.md` from `catalogue/ordering/rules.py`, by which buttons,
services and refusals go; a test holds this page current. A step that is not in the table is
answered with 409 and what is possible instead. Every step leaves who, when and why.

The draft of an order is the basket: it has no number and binds nothing. An order awaits approval
where a rule of the municipality asks for it. What was approved is known by a SHA-256 of lines,
prices, agreements and address: an approval counts for that and no other, so after a struck line, a
change by the buyer of an order that came back, or a change of lines that the buyer accepts, those
who approved before are asked anew. A change by the buyer also asks whoever a rule names for the
order as it is now, and nobody less. The enterprise sees nothing of an order until it is placed.
Staff can always let another approver decide, and the buyer can cancel: an order that has not ended
always has somebody who can act. Where the buyer has left, staff **hand over** her orders to another
buyer, with a reason (the diagram leaves it out, for it leads to no other state). An order never
becomes that of somebody who approved it or is asked to, and who made it approves it as little as
its buyer does.

That the enterprise has **seen** an order is a fact with a time, no state: it allows and forbids
nothing, and a link in the order's mail must not die of it. Seen is what somebody of the enterprise
opens signed in, answers, or marks by the form behind the link. To fetch that link does not count,
for programs that guard mailboxes do so within the second.

What an enterprise says no to when it confirms a **part** is off the order at once. The buyer
accepts what is left, or cancels it too. **Work** is accepted, goods are received; of an order with
both the goods are received first. Where an enterprise counts its **stock**, an order takes from it
when it is placed or asked approval for, and gives back what is struck, lowered, not confirmed,
rejected or cancelled.

Goods may go in several **shipments**, each with its day, carrier and number. The order is
dispatched when all is sent, and received when all that was sent has come; until then the buyer
receives each shipment by itself, with what was not as it was sent, and the lines of the order say
at the end what came in all. A rest that never comes is off the order when the enterprise says so,
from sums, ceilings and stock too.

## States and what they bind
Reserved amounts keep others from ordering past a ceiling, but are no spend in any report.

| state | on screen | ceiling |
|---|---|---|
"""


def document() -> str:
    """Return the page in Markdown: states, steps, and the diagram."""
    states = "\n".join(
        f"| {state} | {name.message} | {binding(state)} |" for state, name in STATE_NAMES.items()
    )
    starts = [Move(Step.PLACE, Side.BUYER, "basket", each) for each in STARTS]
    rows = "\n".join(_row(move) for move in (*starts, *MOVES))
    arrows = "\n".join(f"    {line}" for line in _arrows([*starts, *MOVES]))
    return (
        f"{HEAD}{states}\n\n## Steps\n"
        "| from | step | by | to | when | reason | ceiling | and |\n"
        "|---|---|---|---|---|---|---|---|\n"
        f"{rows}\n\n## Diagram\n```mermaid\nstateDiagram-v2\n{arrows}\n```\n"
    )


def binding(state: str) -> str:
    """Return what an order in that state does to the ceilings of its agreements."""
    if state in RESERVING_STATES:
        return "reserved"
    return "free" if state in VOID_STATES or state == "basket" else "ordered"


def _row(move: Move) -> str:
    before, after = binding(move.before), binding(move.after)
    effect = "" if before == after else f"{before} → {after}"
    owed = "owed" if move.reason_owed else ""
    when = ", ".join(each for each in (move.given, move.when) if each)
    cells = (move.before, move.step, move.side, move.after, when, owed, effect, move.effect)
    return f"| {' | '.join(cells)} |"


def _arrows(moves: list[Move]) -> list[str]:
    """Return one arrow for all steps between two states."""
    steps: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        if move.step == Step.HAND_OVER:
            continue
        steps.setdefault((move.before, move.after), []).append(move.step)
    arrows = [
        f"{'[*]' if before == 'basket' else before} --> {after}: {', '.join(dict.fromkeys(each))}"
        for (before, after), each in steps.items()
    ]
    ends = {move.after for move in moves} - {move.before for move in moves}
    return arrows + [f"{state} --> [*]" for state in STATE_NAMES if state in ends]
