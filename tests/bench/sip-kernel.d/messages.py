# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of the benchmark of SIP inspection, as sipgen takes them: "#" are digits that change."""

SDP = """\
v=0
o=- ######### 1 IN IP4 10.0.1.2
s=-
c=IN IP4 10.0.1.2
t=0 0
m=audio 40000 RTP/AVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv
"""

VIA = "Via: SIP/2.0/UDP 10.0.1.2:5060;branch=z9hG4bK-524287-1-#########;rport\n"

INVITE = f"""\
INVITE sip:+493012345678@10.0.1.1 SIP/2.0
{VIA}\
Max-Forwards: 70
From: "Alice" <sip:alice@10.0.1.1>;tag=1c#########
To: <sip:+493012345678@10.0.1.1>
Call-ID: 8f2a#########@10.0.1.2
CSeq: ###### INVITE
Contact: <sip:alice@10.0.1.2:5060;transport=udp>
%s\
Allow: INVITE, ACK, CANCEL, BYE, OPTIONS
Supported: 100rel, timer
Content-Type: application/sdp
Content-Length: %d

"""

RINGING = f"""\
SIP/2.0 180 Ringing
{VIA.replace(";rport", ";rport=5060;received=10.0.1.1")}\
Record-Route: <sip:10.0.1.2;lr>
From: "Bob" <sip:bob@10.0.1.1>;tag=4d#########
To: <sip:alice@10.0.1.2>;tag=1c#########
Call-ID: 8f2a#########@10.0.1.1
CSeq: ###### INVITE
Contact: <sip:alice@10.0.1.2:5060;transport=udp>
User-Agent: Example Phone 4.2
Content-Length: 0

"""

REGISTER = f"""\
REGISTER sip:10.0.1.1 SIP/2.0
{VIA}\
Max-Forwards: 70
From: "Alice" <sip:alice@10.0.1.1>;tag=1c#########
To: "Alice" <sip:alice@10.0.1.1>
Call-ID: 8f2a#########@10.0.1.2
CSeq: ###### REGISTER
Contact: <sip:alice@10.0.1.2:5060;transport=udp>;expires=300
User-Agent: Example Phone 4.2
Allow: INVITE, ACK, CANCEL, BYE, OPTIONS
Content-Length: 0

"""


# Headers that do not fit into one fragment, and what ICE adds to the SDP.
PASSPORT = "Identity: " + "eyJhbGciOiJFUzI1NiJ9" * 60 + ";info=<https://cert.example.org>\n"
ROUTES = "".join(f"Record-Route: <sip:proxy{i}.example.org;lr;session=a7c3e1>\n" for i in range(8))
CANDIDATES = "".join(f"a=candidate:{i} 1 UDP 2130706431 10.0.1.{i} 40000 typ host\n"
                     for i in range(20))


def on_the_wire(text):
    return text.replace("\n", "\r\n")


def invite(size, headers="", attributes=""):
    """Of exactly so many octets, by the length of its User-Agent."""
    body = on_the_wire(SDP + attributes)

    def with_agent(length):
        agent = ("Example-Phone-4.2-" * (length // 18 + 1))[:length]
        return on_the_wire(INVITE % (headers + f"User-Agent: {agent}\n", len(body))) + body

    message = with_agent(size - len(with_agent(0)))
    if len(message) != size:
        raise ValueError(f"there is no such INVITE of {size} octets, but of {len(message)}")
    return message


MESSAGES = {
    "invite": invite(700),
    "large invite": invite(4096, PASSPORT + ROUTES, CANDIDATES),
    "180": on_the_wire(RINGING),
    "register": on_the_wire(REGISTER),
}
