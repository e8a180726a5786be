# SPDX-License-Identifier: GPL-2.0-or-later
"""The comparison of the RTP benchmark as a bar chart in SVG."""
from xml.sax.saxutils import escape

import report

# Case, what people call it, colour.
BARS = [
    ("sipfast-ingress", "sipfast, ingress", "#1b7f5c"),
    ("sipfast-prerouting", "sipfast, PRE_ROUTING", "#1b7f5c"),
    ("nft-fwd", "nft fwd, nothing rewritten", "#9aa5b1"),
    ("nft-flowtable", "nft flowtable NAT", "#9aa5b1"),
    ("ip-forward", "IP forwarding", "#9aa5b1"),
    ("nft-nat", "nft DNAT and SNAT", "#9aa5b1"),
    ("rtpengine-kernel", "rtpengine, kernel module", "#c96f3b"),
    ("rtpengine-userspace", "rtpengine, userspace", "#c96f3b"),
]
WIDTH, LABEL, NUMBER, MARGIN = 760, 200, 90, 20
ROW, BAR, TOP = 34, 22, 70


def text(x, y, words, size=14, anchor="start", fill="#1f2933", weight="normal"):
    return (f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def bars(document):
    """(label, colour, instructions above the floor) of a document such as rtp.json."""
    found = [(label, colour, report.find(document["results"], name)) for name, label, colour in BARS]
    return [(label, colour, result["above_floor"]) for label, colour, result in found
            if "above_floor" in result]


def number(value):
    return f"{value:,.0f}".replace(",", "\u202f")


def markdown(document):
    """The same as a table, for the README."""
    rows = bars(document)
    lines = ["| | above the floor | |", "| --- | ---: | ---: |"]
    for label, _, value in rows:
        lines.append(f"| {label} | {value:.0f} | {value / rows[0][2]:.1f} |")
    return "\n".join(lines)


def draw(document, path):
    """Writes the chart to path."""
    rows = bars(document)
    longest = max((value for _, _, value in rows), default=1)
    height = TOP + ROW * len(rows) + MARGIN
    room = WIDTH - 2 * MARGIN - LABEL - NUMBER
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="system-ui, sans-serif" role="img">',
        "<title>Cost of forwarding an RTP packet</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        text(MARGIN, 30, "Cost of forwarding an RTP packet", 18, weight="bold"),
        text(MARGIN, 52, "guest instructions above the floor (sender, veth, sink); "
             f"Linux {document['kernel']}, {document['date']}", 13, fill="#52606d"),
    ]
    for i, (label, colour, value) in enumerate(rows):
        y = TOP + ROW * i
        x = MARGIN + LABEL
        width = max(round(room * value / longest), 1)
        parts.append(text(x - 10, y + 16, label, anchor="end"))
        parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{BAR}" rx="2" '
                     f'fill="{colour}"/>')
        parts.append(text(x + width + 8, y + 16, number(value), weight="bold"))
    parts.append("</svg>")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(parts) + "\n")
