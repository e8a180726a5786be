# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of the flood benchmark: figures of a case, what they must hold, and a table.

usage: flood_report.py RUNS: prints the table of the cases that were run, and in lines of their own
"holds" if each holds what it must, and "bites" if one without protection suffers.
"""
import json
import statistics
import sys

MAX_CPU_RATIO = 1.5
# Of what it was before: an allocator keeps a little for the next time.
MAX_MEMORY_RATIO = 1.25
# What a message that the server has to answer may hold, until its transaction has ended.
MAX_MEMORY_ACCEPTED = 1024
MIN_BUSY_PERCENT = 95
# CPU of a server that is not protected.
MIN_BITE = 4


def median(windows, key):
    return round(statistics.median(window[key] for window in windows), 1)


def side(windows):
    """Of the windows of one kind."""
    verdicts = {}
    for window in windows:
        for name, count in window["verdicts"].items():
            verdicts[name] = verdicts.get(name, 0) + count
    return {
        "seconds": round(sum(window["seconds"] for window in windows), 1),
        "sent_per_second": round(median(windows, "sent_per_second")),
        "busy_percent": min(window["attackers_busy_percent"] for window in windows),
        "cpu_ms_per_second": median(windows, "server_ms_per_second"),
        "memory_before": windows[0]["memory_before"],
        "memory_after": windows[-1]["memory_after"],
        "socket_drops": sum(window["socket_drops"] for window in windows),
        "attempted": sum(window["calls"]["attempted"] for window in windows),
        "retransmissions": sum(window["calls"]["retransmissions"] for window in windows),
        "verdicts": verdicts,
    }


def summary(name, runs):
    """Of all that a case has measured."""
    errors = [run["error"] for run in runs if "error" in run]
    if errors or not runs:
        return {"case": name, "error": errors[0] if errors else "did not run"}
    result = {"case": name, "calls": next(run["calls"] for run in runs if run["kind"] == "calls")}
    result["failed"] = sum(calls["failed"] for calls in result["calls"].values())
    for kind in ("calm", "attack"):
        windows = [run for run in runs if run["kind"] == kind]
        if windows:
            result[kind] = side(windows)
    if "attack" in result:
        calm, attack = result["calm"], result["attack"]
        result["cpu_ratio"] = round(attack["cpu_ms_per_second"] / calm["cpu_ms_per_second"], 2)
        result["memory_ratio"] = round(attack["memory_after"] / calm["memory_before"], 2)
        result["accepted"] = sum(count for name, count in attack["verdicts"].items()
                                 if name.startswith("accept"))
    return result


def complaints(result, case):
    """What it must hold and does not."""
    if "error" in result:
        return [result["error"]]
    over = []
    if not case.must_hold:
        return over
    if result["failed"]:
        over.append(f"{result['failed']} calls failed")
    held = result["accepted"] * MAX_MEMORY_ACCEPTED if case.believed else 0
    if not case.believed and result["cpu_ratio"] > MAX_CPU_RATIO:
        over.append(f"CPU {result['cpu_ratio']} times")
    if result["attack"]["memory_after"] - held > result["calm"]["memory_before"] * MAX_MEMORY_RATIO:
        over.append(f"memory {result['memory_ratio']} times")
    if result["attack"]["busy_percent"] < MIN_BUSY_PERCENT:
        over.append(f"the attackers' CPU is busy for {result['attack']['busy_percent']} % only")
    return over


def bites(result):
    """Would the attack do harm, if it were let?"""
    return "error" not in result and result["attack"]["busy_percent"] >= MIN_BUSY_PERCENT and (
        result["failed"] > 0 or result["cpu_ratio"] >= MIN_BITE)


def line(label, numbers, calls, failed, last):
    return (f"{label:<34}{numbers['sent_per_second']:>9}{calls:>7}{failed:>8}"
            f"{numbers['retransmissions']:>8}{numbers['cpu_ms_per_second']:>10}"
            f"{numbers['memory_before'] // 1024:>9}{numbers['memory_after'] // 1024:>9}  {last}")


def words(numbers):
    """The kernel's verdicts, what was accepted in one sum."""
    sums = {}
    for name, count in numbers["verdicts"].items():
        verdict = name.split()[0]
        sums[verdict] = sums.get(verdict, 0) + count
    if numbers["socket_drops"]:
        sums["socket-full"] = numbers["socket_drops"]
    return ", ".join(f"{name} {count}" for name, count in sorted(sums.items()))


def table(results, cases):
    """Text for people."""
    lines = [f"{'':<34}{'sent/s':>9}{'calls':>7}{'failed':>8}{'again':>8}{'CPU ms/s':>10}"
             f"{'kB then':>9}{'kB now':>9}"]
    for result in results:
        name = result["case"]
        if "error" in result:
            lines.append(f"{name:<34}{result['error']}")
            continue
        calm = result["calm"]
        # Calls that began in one kind of window may have failed in another.
        lines.append(line(f"{name}, no attack", calm | {"sent_per_second": 0},
                          calm["attempted"], "", words(calm)))
        if "attack" in result:
            attack = result["attack"]
            lines.append(line(f"{name}, attack", attack, attack["attempted"], result["failed"],
                              words(attack)))
            over = complaints(result, cases[name])
            verdict = ("over: " + ", ".join(over) if over else "PASS") if \
                cases[name].must_hold else ""
            lines.append(f"{'':<34}CPU {result['cpu_ratio']} times, memory "
                         f"{result['memory_ratio']} times  {verdict}")
    return "\n".join(lines)


def main():
    from flood_catalogue import CASES

    with open(sys.argv[1]) as f:
        runs = [json.loads(line) for line in f]
    names = {run["case"]: None for run in runs}
    results = [summary(name, [run for run in runs if run["case"] == name]) for name in names]
    print(table(results, CASES))
    if not any(complaints(result, CASES[result["case"]]) for result in results):
        print("holds")
    if any(bites(result) for result in results):
        print("bites")


if __name__ == "__main__":
    main()
