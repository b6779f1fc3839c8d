#!/usr/bin/env python3
"""How fast real pages come from a small box, and whether its memory is enough. By root, on Linux.

Usage: scripts/bench/small.py [--products N …] [--box MB:PROCESSORS …] [--rate N] [--seconds N]
`catalogue run`, web server and worker, in a control group that has so much memory and so much of a
processor's time. Pages and columns are those of site.py, but for the mix, which has `--rate`
requests a second. A request that is answered within the group's tenth of a second is not slowed: a
slow processor is worse for one visitor alone than what is printed, and the same for many.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "growing"))
sys.path.insert(0, str(Path(__file__).parent))

import boxes
import site_forms
import site_world
from search import machine
from site_measuring import AT_ONCE, measure, print_table
from site_visits import OURS


def main() -> None:
    """Measure box by box, and print each as soon as it is known."""
    options = _options()
    print(f"{machine()}\n", flush=True)
    for count in options.products:
        for text in options.box:
            memory_mb, cores = text.split(":")
            with site_forms.place() as folder, boxes.box(int(memory_mb), float(cores)) as box:
                shop = site_world.make(folder / "data", site_forms.PLAIN, count, AT_ONCE)
                with site_forms.boxed(folder, shop, box) as served:
                    found = measure(served, OURS, options.seconds, options.rate)
                    told = (
                        f"{box.used_mb()} MB in use, {box.ended()} processes ended for want of it"
                    )
            print_table(f"{served.name}, {count} products", found, file=sys.stdout)
            print(f"{told}\n", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, nargs="+", default=[1_000, 20_000])
    parser.add_argument("--box", nargs="+", default=["1024:1", "1024:0.5"])
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each page")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except boxes.NoBox as error:
        sys.exit(str(error))
