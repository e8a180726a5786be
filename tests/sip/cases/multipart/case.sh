# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 5621/5.2a 5621/5.3a 6442/3.1a

# Media is not relayed, so that it is the codecs that show whose SDP it is.
core_more="codecs: { deny: [ PCMA ] }"

# first_body LOG START WAY: of the first message that begins so, octet by octet.
first_body()
{
	python3 - "$@" <<'PYTHON'
import re, sys
log = open(sys.argv[1], "rb").read()
found = re.search(rb"message %s [^\n]*\n\n(%s [^\0]*?)\n-{10,} \d{4}-" %
                  (sys.argv[3].encode(), sys.argv[2].encode()), log + b"\n---------- 0000-")
if not found:
    sys.exit("no %s %s" % (sys.argv[2], sys.argv[3]))
head, body = found.group(1).split(b"\r\n\r\n", 1)
length = int(re.search(rb"\r\nContent-Length: *(\d+)", head).group(1))
sys.stdout.buffer.write(body[:length])
PYTHON
}

# part BOUNDARY TYPE FILE: with its headers.
part()
{
	python3 - "$@" <<'PYTHON'
import sys
body = open(sys.argv[3], "rb").read()
delimiter = b"--" + sys.argv[1].encode()
for part in (b"\r\n" + body).split(b"\r\n" + delimiter)[1:-1]:
    if part.startswith(b"\r\nContent-Type: " + sys.argv[2].encode()):
        sys.stdout.buffer.write(part)
PYTHON
}

take_bodies()
{
	first_body caller.msg INVITE sent >offered || fail "no INVITE of the caller"
	first_body callee.msg INVITE received >arrived || fail "no INVITE at the callee"
	first_body callee.msg 'SIP/2.0 200' sent >answered || fail "no 200 of the callee"
	first_body caller.msg 'SIP/2.0 200' received >returned || fail "no 200 at the caller"
}

# same_part BOUNDARY TYPE FROM TO
same_part()
{
	part "$1" "$2" "$3" >before
	part "$1" "$2" "$4" >after
	[ -s before ] || fail "$3 has no part $2"
	cmp before after || fail "the part $2 has changed: $(<after)"
}

check()
{
	local boundary='=_part 1'

	take_bodies
	same_part "$boundary" application/pidf+xml offered arrived
	same_part "$boundary" application/resource-lists+xml offered arrived
	same_part answer text/plain answered returned
	part "$boundary" application/sdp arrived >after
	grep -q '^m=audio 6000 RTP/AVP 0.$' after || fail "the SDP is not sipd's: $(<after)"
	! grep -q PCMA after || fail "PCMA is not taken out: $(<after)"
	assert_in callee.msg '^Content-Type: multipart/mixed; boundary="=_part 1"'
	assert_in callee.msg '^Geolocation: <cid:target123@atlanta\.example\.com>'
	assert_in callee.msg '^MIME-Version: 1\.0'
	note_in_ladder 'SDP audio PCMU sendrecv'
}
