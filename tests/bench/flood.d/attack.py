# SPDX-License-Identifier: GPL-2.0-or-later
"""Attackers of the flood benchmark: what they send, and from where."""
import os
import subprocess

import net

# Routable ones of all the world; those of the callers' own network; two of theirs, where phones are
# that have called before, and that have not. (A trusted address is believed: who can send from one
# is no stranger.)
ANYWHERE = ("16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/3", "160.0.0.0/3")
NEIGHBOURS = ("10.0.1.128/25",)
VICTIMS = ("10.0.1.10/32", "10.0.1.20/32")
FEW = tuple(f"198.51.100.{i}" for i in range(1, 6))

CPU = 1
SERVER, PORT = "10.0.1.1", 5060

HEADERS = """\
Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{what}#########;rport
Max-Forwards: 70
From: "Alice" <sip:alice@10.0.1.1>;tag=1c#########
To: <sip:{user}10.0.1.1>{tag}
Call-ID: {what}#########@192.0.2.9
CSeq: 1 {method}
Contact: <sip:alice@192.0.2.9:5060>
"""

SDP = """\
v=0
o=- 1 1 IN IP4 192.0.2.9
s=-
c=IN IP4 192.0.2.9
t=0 0
m=audio 40000 RTP/AVP 8 0
"""

SCANNER, PHONE = "sipflood", "Yealink SIP-T46U 108.86.0.20"
SIZE = 600


def message(first, method, agent=SCANNER, user="bob@", tag="", body=""):
    """Of SIZE octets, by the length of a header; no other has its Call-ID and branch."""
    body = body.replace("\n", "\r\n")
    text = (first + "\n" + HEADERS.format(what=method[:3].lower(), user=user, tag=tag,
                                          method=method)
            + f"User-Agent: {agent}\n").replace("\n", "\r\n")

    def padded(length):
        subject = f"Subject: {'x' * length}\r\nContent-Length: {len(body)}\r\n"
        if body:
            subject += "Content-Type: application/sdp\r\n"
        return text + subject + "\r\n" + body

    return padded(SIZE - len(padded(0)))


def request(method, **how):
    # OPTIONS for a user would be carried on to him: what is attacked is the server itself.
    user = "" if method == "OPTIONS" else "bob@"
    return message(f"{method} sip:{user}10.0.1.1 SIP/2.0", method, **how)


def new_ones(agent):
    return (request("INVITE", agent=agent, body=SDP),
            message("REGISTER sip:10.0.1.1 SIP/2.0", "REGISTER", agent=agent, user="alice@"),
            request("OPTIONS", agent=agent))


TAG = ";tag=4d#########"

NEW = new_ones(PHONE)
IN_DIALOGS = (request("BYE", tag=TAG), request("ACK", tag=TAG),
              request("INVITE", tag=TAG, body=SDP))
RESPONSES = (message("SIP/2.0 200 OK", "INVITE", tag=TAG, body=SDP),
             message("SIP/2.0 180 Ringing", "INVITE", tag=TAG),
             message("SIP/2.0 401 Unauthorized", "REGISTER", tag=TAG))


class Attack:
    """Sends messages from made-up sources, as fast as a CPU can."""

    def __init__(self, messages=NEW, sources=ANYWHERE + NEIGHBOURS, options=()):
        self.messages, self.sources, self.options = messages, sources, options

    def start(self, directory, *options, mac=net.MAC["ra"]):
        """Its process prints how many have left."""
        paths = []
        for i, text in enumerate(self.messages):
            paths.append(os.path.join(directory, f"attack-{i}"))
            with open(paths[-1], "w", newline="") as f:
                f.write(text)
        process = subprocess.Popen(
            ["taskset", "-c", str(CPU), "ip", "netns", "exec", "a", "sipgen", *options,
             *self.options, "va", mac, *paths],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write("".join(f"{source} {5060 + i} {SERVER} {PORT}\n"
                                    for i, source in enumerate(self.sources)))
        process.stdin.close()
        return process


ATTACKS = {
    "new": Attack(),
    "scanner": Attack(new_ones(SCANNER)),
    "repeated": Attack(options=("-a", "500")),
    "few-sources": Attack(sources=FEW),
    "neighbours": Attack(sources=NEIGHBOURS),
    "victims": Attack(sources=VICTIMS),
    "in-dialogs": Attack(IN_DIALOGS),
    "responses": Attack(RESPONSES),
    "everything": Attack(NEW + IN_DIALOGS + RESPONSES, options=("-a", "500")),
}

# A batch that a trunk may send at any time.
BATCH = Attack(messages=(request("OPTIONS"),), sources=("10.0.1.2",))

# What the CPU does while nobody attacks: the same, but the packets are for another station.
NOBODY = "02:00:00:00:09:09"
