# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the RTP benchmark that runs in the guest.

usage: guest.py [--rounds N] [--packets N] [--kallsyms] CASE...

Writes a line of JSON to $VM_OUT/runs.json for each measurement, in the order in which the
instruction counter sees them, and one with "error" for each case that failed.
"""
import argparse
import json
import os
import shutil
import sys
import traceback

import cases
import flows
import net
import rtpengine

CASES = {
    "floor": cases.Floor(),
    "sipfast-prerouting": cases.Sipfast(),
    "nft-fwd": cases.NftFwd(),
    "nft-flowtable": cases.NftFlowtable(),
    "ip-forward": cases.IpForward(),
    "nft-nat": cases.NftNat(),
    "rtpengine-kernel": rtpengine.RtpengineKernel(),
    "rtpengine-userspace": rtpengine.Rtpengine(),
}


def grown(before, after):
    return {name: after[name] - before[name] for name in after}


def measure(case, sinks, packets):
    """One round; the packets counted."""
    def counters():
        return dict(case.counters(), arrived=sinks[case.sink].arrived())

    before = counters()
    sent = flows.send("va", "ra", case.flows(), "-n", packets, "-g", case.gap_us)
    expected = dict(case.grows(sent), arrived=sent * case.copies)
    seen = grown(before, counters())
    if seen != expected:
        raise net.Failure(f"{sent} packets sent, but counters grew by {seen}, not {expected}")
    return packets


def run_case(name, case, options, record):
    try:
        net.up(case.ipv6)
        sinks = {device: net.Sink(device) for device in sorted(case.sinks())}
        case.set_up()
        net.settle()
        case.prepare()
        for _ in range(options.rounds):
            record({"case": name, "packets": measure(case, sinks, options.packets)})
    finally:
        case.tear_down()
        net.down()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--packets", type=int, default=20000)
    parser.add_argument("--kallsyms", action="store_true")
    parser.add_argument("case", nargs="+")
    options = parser.parse_args()
    out = os.environ["VM_OUT"]
    failed = False
    with open(os.path.join(out, "runs.json"), "w") as results:
        def record(fields):
            results.write(json.dumps(fields) + "\n")
            results.flush()

        for name in options.case:
            print(f"{name} ...", flush=True)
            case = CASES[name]
            try:
                if isinstance(case, cases.Sipfast):
                    cases.load_module()
                run_case(name, case, options, record)
            except Exception as error:  # the others go on
                failed = True
                if not isinstance(error, net.Failure):
                    traceback.print_exc()
                print(f"{name}: {error}", flush=True)
                record({"case": name, "error": str(error)})
    if options.kallsyms:
        shutil.copyfile("/proc/kallsyms", os.path.join(out, "kallsyms"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
