# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of the benchmark of SIP inspection, beside what they may be."""
import report


def table(results, cases):
    """Text for people."""
    lines = [f"{'instructions per message':<32}{'all':>9}{'above floor':>13}{'at most':>9}"
             f"{'spread':>16}"]
    for result in results:
        if "error" in result:
            continue
        bound = cases[result["case"]].bound
        above, judgement = "", ""
        if "above_floor" in result:
            above = f"{result['above_floor']:.0f}"
            judgement = bound and ("PASS" if result["above_floor"] <= bound else "over")
        lines.append(f"  {result['case']:<30}{result['instructions']:>9.0f}{above:>13}"
                     f"{f'{bound:.0f}' if bound else '':>9}  {judgement or '':<4}"
                     f"{result['spread_percent']:>8.2f} %")
    return "\n".join(lines + report.failures(results))
