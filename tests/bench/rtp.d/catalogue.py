# SPDX-License-Identifier: GPL-2.0-or-later
"""All cases of the RTP benchmark. Those without sipfast come first: it is loaded only then."""
import rtpengine
import sipfast
from cases import Floor, IpForward, LocalFloor, NftFlowtable, NftFwd, NftNat
from sipfast import NotMedia, Sipfast

CASES = {
    "floor": Floor(),
    "floor-ipv6": Floor(ipv6=True),
    "floor-local": LocalFloor(),
    "floor-local-beside-nft": LocalFloor(beside_nft=True),
    "nft-fwd": NftFwd(),
    "nft-flowtable": NftFlowtable(),
    "ip-forward": IpForward(),
    "nft-nat": NftNat(),
    "rtpengine-kernel": rtpengine.RtpengineKernel(),
    "rtpengine-userspace": rtpengine.Rtpengine(),
    "rtpengine-setup": rtpengine.Setup(),
    "sipfast-ingress": Sipfast(),
    "sipfast-prerouting": Sipfast(hooks="prerouting"),
    "sipfast-1-session": Sipfast(nflows=1),
    "sipfast-1000-sessions": Sipfast(nflows=1000),
    "sipfast-100000-sessions": Sipfast(nflows=20000, nsessions=100000),
    "sipfast-rewrite": Sipfast(rewrites=True),
    "sipfast-2-destinations": Sipfast(copies=2),
    "sipfast-4-destinations": Sipfast(copies=4),
    "sipfast-ipv6": Sipfast(near6=True, far6=True, floor="floor-ipv6"),
    "sipfast-4to6": Sipfast(far6=True),
    "sipfast-6to4": Sipfast(near6=True, floor="floor-ipv6"),
    "not-media": NotMedia(),
    "not-media-beside-nft": NotMedia(beside_nft=True, floor="floor-local-beside-nft"),
    "not-media-prerouting": NotMedia(hooks="prerouting"),
    "sipfast-setup": sipfast.Setup(),
    "sipfast-memory": sipfast.Memory(),
}
