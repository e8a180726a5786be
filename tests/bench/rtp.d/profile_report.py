# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions by module and function, from icnt's profile and the guest's symbols."""
import bisect
import collections
import os

USERSPACE = ("(userspace)", "userspace")


def read_symbols(path):
    """Sorted (address, (function, module))."""
    symbols = []
    with open(path) as f:
        for line in f:
            fields = line.split()
            if fields[1] in "tTwW":
                module = fields[3].strip("[]") if len(fields) > 3 else "vmlinux"
                symbols.append((int(fields[0], 16), (fields[2], module)))
    symbols.sort()
    return symbols


def attribute(symbols, path):
    """(function, module) -> instructions, calls, iterations of string instructions."""
    addresses = [address for address, _ in symbols]
    totals = collections.defaultdict(lambda: [0, 0, 0])
    with open(path) as f:
        for line in f:
            address, instructions, times = line.split()
            address, instructions, times = int(address, 16), int(instructions), int(times)
            owner, entry = USERSPACE, None
            if address >> 63:
                entry, owner = symbols[max(bisect.bisect_right(addresses, address) - 1, 0)]
            total = totals[owner]
            if instructions:
                total[0] += instructions * times
            else:
                total[2] += times
            if address == entry:
                total[1] += times
    return totals


def per_unit(out, symbols, run):
    """(function, module) -> the same, per packet or session of a run."""
    totals = attribute(symbols, os.path.join(out, f"count.{run['number']}"))
    units = run.get("packets") or run["sessions"]
    return {owner: [n / units for n in total] for owner, total in totals.items()}


def show(out, run, floor=None, functions=60):
    """Prints the profile of a run: functions by what they cost above the floor's run."""
    symbols = read_symbols(os.path.join(out, "kallsyms"))
    floor_costs = per_unit(out, symbols, floor) if floor else {}
    modules = collections.defaultdict(lambda: [0, 0])
    lines = []
    for owner, (instructions, calls, rep) in per_unit(out, symbols, run).items():
        above = instructions - floor_costs.get(owner, [0])[0]
        modules[owner[1]][0] += instructions
        modules[owner[1]][1] += above
        lines.append((above, instructions, calls, rep, owner))
    print(f"{'above':>9} {'all':>9}  by module")
    for module, (instructions, above) in sorted(modules.items(), key=lambda item: -item[1][1]):
        if instructions >= 0.1:
            print(f"{above:9.1f} {instructions:9.1f}  {module}")
    print(f"{'above':>9} {'all':>9} {'calls':>6}  by function")
    for above, instructions, calls, rep, owner in sorted(lines, reverse=True)[:functions]:
        function, module = owner
        print(f"{above:9.1f} {instructions:9.1f} {calls:6.2f}  {function} [{module}]"
              + (f" + {rep:.1f} iterations of string instructions" if rep >= 0.1 else ""))
