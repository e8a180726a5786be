# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of a benchmark that runs in the guest.

usage: guest.py [--rounds N] [--packets N] [--kallsyms] CATALOGUE CASE...

CATALOGUE is the module that has the cases. Writes a line of JSON to $VM_OUT/runs.json for each
measurement, and one with "error" for each case that failed.
"""
import argparse
import importlib
import json
import os
import shutil
import sys
import traceback

import net


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--packets", type=int, required=True)
    parser.add_argument("--kallsyms", action="store_true")
    parser.add_argument("catalogue")
    parser.add_argument("case", nargs="+")
    options = parser.parse_args()
    cases = importlib.import_module(options.catalogue).CASES
    out = os.environ["VM_OUT"]
    failed = False
    # The sender's real-time priority is there to be had whenever it likes.
    with open("/proc/sys/kernel/sched_rt_runtime_us", "w") as f:
        f.write("-1\n")
    with open(os.path.join(out, "runs.json"), "w") as results:
        for name in options.case:
            def record(**fields):
                results.write(json.dumps({"case": name, **fields}) + "\n")
                results.flush()

            print(f"{name} ...", flush=True)
            try:
                cases[name].run(options.rounds, options.packets, record)
            except Exception as error:  # the others go on
                failed = True
                if not isinstance(error, net.Failure):
                    traceback.print_exc()
                print(f"{name}: {error}", flush=True)
                record(error=str(error))
    if options.kallsyms:
        shutil.copyfile("/proc/kallsyms", os.path.join(out, "kallsyms"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
