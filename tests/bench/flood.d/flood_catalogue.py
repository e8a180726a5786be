# SPDX-License-Identifier: GPL-2.0-or-later
"""All cases of the flood benchmark."""
from attack import ATTACKS
from flood_cases import Flood, kamailio, sipd


def off(directory):
    return sipd(directory, "off")


def enforce(directory):
    return sipd(directory, "enforce")


def guarded(directory):
    return kamailio(directory, "WITH_GUARD")


# Whoever makes up the address and the port of a phone that has called before is believed, up to the
# limits of such a phone: the server has them to answer.
BELIEVED = ("victims",)

# Where nothing holds the flood back one round is enough: what it leaves behind would be taken for
# the next window's.
CASES = {
    "sipd-off": Flood(off, "new", has_module=True, rounds=1),
    **{f"sipd-enforce-{name}": Flood(enforce, name, has_module=True, must_hold=True,
                                     believed=name in BELIEVED) for name in ATTACKS},
    "kamailio-guarded": Flood(guarded, "new", rounds=1),
}
