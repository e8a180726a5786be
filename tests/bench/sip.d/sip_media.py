# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls whose media the module relays, in a virtual machine: the benchmark once more, as a guest.

The emulator's clock is the number of instructions, and with it what the kernel charges to threads.
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


def cases(options):
    """Boots a machine for the cases that need it; their results."""
    kernel = output("scripts/kver", "--boot", options.kernel)
    subprocess.run(["make", "--no-print-directory", "modules", f"KVER={kernel}"], check=True,
                   cwd=ROOT, stdout=subprocess.DEVNULL)
    out = tempfile.mkdtemp(prefix="bench-sip-media.", dir=os.path.join(ROOT, "build"))
    try:
        subprocess.run(
            ["scripts/vm", "-k", kernel, "-o", out, "-m", "2048", "-t", "1500",
             "-q", "-icount shift=0,sleep=on", "--",
             f"modprobe nf_defrag_ipv6 && insmod build/kmod/{kernel}/sipfast.ko && "
             f"tests/bench/sip --guest --rate {RATE} --seconds {min(SECONDS, options.seconds)} "
             "--out $VM_OUT/sip.json"], check=True, cwd=ROOT)
        with open(os.path.join(out, "sip.json")) as f:
            return json.load(f)["results"]
    finally:
        shutil.rmtree(out)
