# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of a benchmark of instructions: from measurements to figures, and a table of them."""
import collections

REFERENCE = "sipfast-ingress"


def best(runs):
    return min(runs, key=lambda run: run["instructions"])


def spread_percent(runs):
    counts = [run["instructions"] for run in runs]
    return round(100 * (max(counts) / min(counts) - 1), 2)


def summary(name, case, runs, floors):
    """The figures of a case, of its cheapest round; floors: case -> instructions per packet."""
    errors = [run["error"] for run in runs if "error" in run]
    if errors:
        return {"case": name, "error": errors[0]}
    if "octets" in runs[0]:
        return {"case": name, "endpoints": runs[0]["endpoints"],
                "octets_per_endpoint": round(runs[0]["octets"] / runs[0]["endpoints"])}
    run = best(runs)
    result = {"case": name}
    if "sessions" in run:
        result.update(sessions=run["sessions"],
                      instructions_per_session=round(run["instructions"] / run["sessions"]),
                      emulated_sessions_per_second=round(run["sessions"] * 1e9 / run["host_ns"]))
    else:
        total = run["instructions"] / run["packets"]
        result.update(instructions=round(total, 1), string_iterations=round(
            run["rep"] / run["packets"], 1))
        if case.floor in floors:
            result["above_floor"] = round(total - floors[case.floor], 1)
        elif not case.floor:
            floors[name] = total
    result["spread_percent"] = spread_percent(runs)
    return result


def summaries(cases, runs):
    """cases: name -> case, floors before the others."""
    by_case = collections.defaultdict(list)
    for run in runs:
        by_case[run["case"]].append(run)
    floors = {}
    return [summary(name, case, by_case[name], floors)
            if by_case[name] else {"case": name, "error": "did not run"}
            for name, case in cases.items()]


def find(results, name):
    return next((result for result in results if result["case"] == name), {})


def ratio(result, reference, key):
    return f"{result[key] / reference[key]:.2f}" if key in reference else ""


def failures(results):
    """Lines for people."""
    return [f"FAILED {result['case']}: {result['error']}" for result in results
            if "error" in result]


def table(results):
    """Text for people."""
    lines = []
    reference = find(results, REFERENCE)
    lines.append(f"{'instructions per packet':<28}{'all':>9}{'above floor':>13}"
                 f"{'x ' + REFERENCE:>20}{'spread':>9}")
    for result in results:
        if "instructions" in result:
            above, times = "", ""
            if "above_floor" in result:
                above = f"{result['above_floor']:.0f}"
                times = ratio(result, reference, "above_floor")
            lines.append(f"  {result['case']:<26}{result['instructions']:>9.0f}{above:>13}"
                         f"{times:>20}{result['spread_percent']:>7.2f} %")
    setups = [result for result in results if "sessions" in result]
    if setups:
        reference = find(results, "sipfast-setup")
        lines.append(f"{'instructions per session':<28}{'all':>9}{'per s, emulated':>17}"
                     f"{'x sipfast-setup':>16}{'spread':>9}")
        for result in setups:
            lines.append(f"  {result['case']:<26}{result['instructions_per_session']:>9}"
                         f"{result['emulated_sessions_per_second']:>17}"
                         f"{ratio(result, reference, 'instructions_per_session'):>16}"
                         f"{result['spread_percent']:>7.2f} %")
    for result in results:
        if "octets_per_endpoint" in result:
            lines.append(f"kernel memory: {result['octets_per_endpoint']} octets per endpoint, of "
                         f"{result['endpoints']}")
    return "\n".join(lines + failures(results))
