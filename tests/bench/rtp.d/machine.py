# SPDX-License-Identifier: GPL-2.0-or-later
"""The host's half of a benchmark in a virtual machine (scripts/vm): builds, boots, reports.

The machine's emulator counts instructions unless a benchmark wants another one.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time

import profile_report
import report

PARTS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(PARTS)))
BENCH = os.path.join(TOP, "build/bench")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True,
                          cwd=TOP).stdout.strip()


def make(*words):
    subprocess.run(["make", "--no-print-directory", *words], check=True, cwd=TOP,
                   stdout=subprocess.DEVNULL)


class Benchmark:
    """A set of cases, a module of the guest that has them, and what is made of the results."""

    name = None
    description = None
    catalogue = None  # module with CASES
    cases = {}
    work, amount, quick_amount = "packets", 20000, 4000  # of a round
    counts_instructions = True

    def build(self, kernel):
        """Programs and modules; the guest's environment."""
        make("build/sipctl", "build/libsipfast.a")
        make("-C", PARTS)
        sipfast = os.environ.get("SIPFAST_KO")
        if not sipfast:
            make("modules", f"KVER={kernel}")
            sipfast = f"build/kmod/{kernel}/sipfast.ko"
        return {"SIPFAST_KO": os.path.join(TOP, sipfast),
                "PATH": f"{BENCH}:{TOP}/build:/usr/sbin:/usr/bin:/sbin:/bin"}

    def table(self, results):
        """Text for people."""
        return report.table(results)

    def add_options(self, parser):
        """Those of its own."""

    def complaints(self, results):
        """Why it fails, though all cases have run."""
        return []

    def publish(self, document, options):
        """What else is made of results that are all there."""

    def parse_arguments(self):
        parser = argparse.ArgumentParser(
            description=f"{self.description} Environment: SIPFAST_KO=PATH measures that module "
            "instead of building one.", epilog="cases: " + " ".join(self.cases))
        parser.add_argument("-k", "--kernel", default="6.1", help="default 6.1")
        parser.add_argument("--case", metavar="CASE,...", help="only these and their floors")
        parser.add_argument("--rounds", type=int, default=3, help="default 3")
        parser.add_argument(f"--{self.work}", dest="amount", type=int, default=self.amount,
                            help=f"of a round, default {self.amount}")
        parser.add_argument("--quick", action="store_true",
                            help=f"2 rounds of {self.quick_amount} {self.work}")
        parser.set_defaults(profile=False)
        if self.counts_instructions:
            parser.add_argument("--profile", action="store_true", help="instructions by function")
        parser.add_argument("--out", help=f"results; default build/bench/{self.name}.json, none "
                            "with --case")
        self.add_options(parser)
        options = parser.parse_args()
        if options.quick:
            options.rounds, options.amount = 2, self.quick_amount
        if not options.out and not options.case:
            options.out = os.path.join(BENCH, f"{self.name}.json")
        return options

    def select(self, words):
        """Cases by name, and their floors before them."""
        names = words.split(",") if words else list(self.cases)
        unknown = [name for name in names if name not in self.cases]
        if unknown:
            sys.exit(f"bench-{self.name}: no case {unknown[0]}; there are {', '.join(self.cases)}")
        names += [self.cases[name].floor for name in names if self.cases[name].floor]
        return {name: case for name, case in self.cases.items() if name in names}

    def machine_options(self, out, options):
        """Of scripts/vm."""
        plugin = f"{BENCH}/icnt.so,out={out}/count" + (",profile=on" if options.profile else "")
        return ["-m", "2048", "-t", "3000", "-q", "-icount shift=0,sleep=on",
                "-q", f"-plugin {plugin}"]

    def run_machine(self, kernel, out, cases, options):
        """Runs cases in one machine; its exit status."""
        environment = self.build(kernel)
        guest = ["python3", "-B", os.path.join(PARTS, "guest.py"), "--rounds",
                 str(options.rounds), "--packets", str(options.amount), self.catalogue, *cases]
        if options.profile:
            guest.append("--kallsyms")
        return subprocess.run(
            [os.path.join(TOP, "scripts/vm"), "-k", kernel, "-o", out,
             *self.machine_options(out, options), "--", "env",
             *(f"{name}={value}" for name, value in environment.items()), *guest],
            check=False).returncode

    def summaries(self, cases, runs):
        """Results, by case."""
        return report.summaries(cases, runs)

    def read_runs(self, out):
        path = os.path.join(out, "runs.json")
        if not os.path.exists(path):
            sys.exit(f"bench-{self.name}: the machine did not get to the cases")
        with open(path) as f:
            return [json.loads(line) for line in f]

    def main(self):
        options = self.parse_arguments()
        started = time.monotonic()
        cases = self.select(options.case)
        kernel = output("scripts/kver", "--boot", options.kernel)
        out = os.path.join(BENCH, f"{self.name}-{kernel}-{os.getpid()}")
        os.makedirs(out)
        status = self.run_machine(kernel, out, cases, options)
        runs = self.read_runs(out)
        document = {"kernel": kernel, "date": time.strftime("%Y-%m-%d"),
                    "results": self.summaries(cases, runs)}
        if options.out:
            with open(options.out, "w") as f:
                json.dump(document, f, indent=1)
                f.write("\n")
        print(f"\nLinux {kernel}, {document['date']}\n" + self.table(document["results"]))
        complaints = self.complaints(document["results"])
        if not status and not complaints:
            self.publish(document, options)
        if options.profile:
            show_profiles(out, cases, runs)
        elif not status:
            shutil.rmtree(out)
        print(f"({time.monotonic() - started:.0f} s)")
        for complaint in complaints:
            print(complaint)
        return status or bool(complaints)


def show_profiles(out, cases, runs):
    def best(name):
        found = [run for run in runs if run["case"] == name and "number" in run]
        return report.best(found) if found else None

    for name, case in cases.items():
        if best(name):
            print(f"\n{name}:")
            profile_report.show(out, best(name), best(case.floor) if case.floor else None)
