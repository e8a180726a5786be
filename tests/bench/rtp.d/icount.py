# SPDX-License-Identifier: GPL-2.0-or-later
"""What the emulator counts, read by the guest from the directory that both share."""
import contextlib
import os

import net

FIELDS = ("number", "instructions", "kernel", "rep", "host_ns")


def lines():
    with open(os.path.join(os.environ["VM_OUT"], "count.log")) as f:
        return f.readlines()


@contextlib.contextmanager
def counted():
    """A dictionary, filled when the program with the marks has run inside."""
    result = {}
    before = len(lines())
    yield result
    new = lines()[before:]
    if len(new) != 1:
        raise net.Failure(f"counted {len(new)} times, not once")
    result.update(zip(FIELDS, map(int, new[0].split())))
