# SPDX-License-Identifier: GPL-2.0-or-later
"""All cases of the benchmark of SIP inspection. The module is loaded by the first that needs it."""
from messages import MESSAGES
from sip_cases import DropFloor, Dropped, Floor, Inspected, Rejected, Unrelated

BANNED = {"verdict": "banned none banned", "bound": 700}
UNRELATED = {"bound": 60}


def accepted(message="invite", **settings):
    return Inspected(message=message, bound=400 + 1.2 * len(MESSAGES[message]), **settings)


CASES = {
    "floor-invite": Floor(),
    "floor-invite-ipv6": Floor(ipv6=True),
    "floor-180": Floor(message="180"),
    "floor-register": Floor(message="register"),
    "floor-in-pieces": Floor(message="large invite", in_pieces=True),
    "floor-dropped": DropFloor(),
    "floor-dropped-ipv6": DropFloor(ipv6=True),
    "floor-elsewhere": Unrelated(listens=False),
    "floor-elsewhere-beside-nft": Unrelated(listens=False, beside_nft=True),
    "floor-elsewhere-beside-media": Unrelated(listens=False, has_ranges=True),
    "accepted-unknown": accepted(),
    "accepted-registered": accepted(verdict="registered INVITE accept",
                                    source="{} 32 5060 registered"),
    "accepted-trusted": accepted(verdict="trusted INVITE accept", source="{} 32 0 trusted"),
    "accepted-ipv6": accepted(ipv6=True),
    "accepted-180": accepted("180", verdict="unknown 1xx accept"),
    "accepted-register": accepted("register", verdict="unknown REGISTER accept"),
    "accepted-in-pieces": Inspected(message="large invite", in_pieces=True),
    "banned": Dropped(source="{} 32 0 banned", **BANNED),
    "banned-of-100000": Dropped(source="{} 32 0 banned", nbans=100000, **BANNED),
    "banned-ipv6": Dropped(ipv6=True, source="{} 128 0 banned", **BANNED),
    "banned-by-prefix": Dropped(source="10.9.0.0 24 0 banned", **BANNED),
    "absorbed": Dropped(repeated=True, verdict="unknown INVITE absorbed",
                        first_verdict="unknown INVITE accept", nfirst=200),
    "limited": Dropped(policy=("unknown", "source", "dialog", "1/s", "burst", "1"), pause=1.1,
                       verdict="unknown INVITE limit-source",
                       first_verdict="unknown INVITE accept", nfirst=200),
    "not-repeated": Dropped(policy=("unknown", "global", "dialog", "1/s", "burst", "1"),
                            pause=5.5, nflows=2000, verdict="unknown INVITE not-repeated",
                            first_verdict="unknown INVITE accept", nfirst=1),
    "rejected": Rejected(),
    "unrelated": Unrelated(floor="floor-elsewhere", **UNRELATED),
    "unrelated-beside-nft": Unrelated(beside_nft=True, floor="floor-elsewhere-beside-nft",
                                      **UNRELATED),
    "unrelated-beside-media": Unrelated(has_ranges=True, floor="floor-elsewhere-beside-media",
                                        **UNRELATED),
}
