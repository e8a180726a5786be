# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the native RTP benchmark that runs in the guest.

usage: guest.py [--repeats N] CASE...

The cases are those of the other RTP benchmark, which sets them up and proves that they forward. A
line of JSON to $VM_OUT/runs.json for each measurement, or for a case that failed.
"""
import argparse
import functools
import json
import os
import statistics
import sys
import traceback

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rtp.d"))

import net  # noqa: E402
import source  # noqa: E402
from catalogue import CASES  # noqa: E402

BURSTS = (1, 32)
SLICE = 6400  # packets
SLICES = 40
SENT = SLICE * SLICES


def timed(case, burst):
    """Median ns per packet of a case's flows."""
    return statistics.median(source.send(case.flows(), burst, SLICE, SLICES))


def floor_of(case, burst):
    """The same, with a sink in front of the forwarder."""
    sink = net.Sink("ra")
    ns = timed(case, burst)
    if sink.arrived() != SENT:
        raise net.Failure(f"{sink.arrived()} of {SENT} packets arrived at the floor")
    net.nft(sink.ns, f"delete table {sink.family} {sink.table}")
    return ns


def measure(case, _, before, record):
    """Each burst size, followed by its floor; the counters after it."""
    expected = dict(case.grows(SENT), arrived=SENT * case.copies)
    for burst in BURSTS:
        ns = timed(case, burst)
        after = case.count()
        grown = {name: after[name] - before[name] for name in after}
        if grown != expected:
            raise net.Failure(f"{SENT} packets sent; grown: {grown}, expected: {expected}")
        record(burst=burst, ns=ns, floor_ns=floor_of(case, burst))
        before = after
    return before


def run(name, record):
    """Whether it went well."""
    case = CASES[name]
    case.measure = functools.partial(measure, case)
    try:
        case.run(1, 0, record)
    except Exception as error:  # the others go on
        if not isinstance(error, net.Failure):
            traceback.print_exc()
        print(f"{name}: {error}", flush=True)
        record(error=str(error))
        return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, required=True)
    parser.add_argument("case", nargs="+")
    options = parser.parse_args()
    source.load_module()
    failed = set()
    with open(os.path.join(os.environ["VM_OUT"], "runs.json"), "w") as results:
        for _ in range(options.repeats):
            for name in options.case:
                def record(**fields):
                    results.write(json.dumps({"case": name, **fields}) + "\n")
                    results.flush()

                if name not in failed and not run(name, record):
                    failed.add(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
