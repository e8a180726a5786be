# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases that run in a virtual machine: the benchmark once more, as a guest.

The emulator's clock is the number of instructions, and with it what the kernel charges to threads;
so figures repeat, whatever else the host does. The module is loaded.
"""
import json
import os
import shutil
import subprocess
import tempfile

from servers import ROOT

RATE, SECONDS = 100, 20


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True,
                          cwd=ROOT).stdout.strip()


def cases(group, options):
    """Boots a machine for the cases of @group; their results."""
    kernel = output("scripts/kver", "--boot", options.kernel)
    subprocess.run(["make", "--no-print-directory", "modules", f"KVER={kernel}"], check=True,
                   cwd=ROOT, stdout=subprocess.DEVNULL)
    out = tempfile.mkdtemp(prefix="bench-sip-guest.", dir=os.path.join(ROOT, "build"))
    quick = "--quick" if options.quick else ""
    try:
        subprocess.run(
            ["scripts/vm", "-k", kernel, "-o", out, "-m", "3072", "-t", "5400",
             "-q", "-icount shift=0,sleep=on", "--",
             f"modprobe nf_defrag_ipv6 && insmod build/kmod/{kernel}/sipfast.ko && "
             f"tests/bench/sip --guest {group} --rate {RATE} {quick} "
             f"--seconds {min(SECONDS, options.seconds)} --out $VM_OUT/sip.json"],
            check=True, cwd=ROOT)
        with open(os.path.join(out, "sip.json")) as f:
            return json.load(f)["results"]
    finally:
        shutil.rmtree(out)
