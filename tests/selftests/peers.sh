#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Phones that nobody here wrote, with their media through the module: see tests/peers.
. "$(dirname "$0")/lib.sh"

# Proves: what baresip and linphonec say is what the other one hears, before and after each has held
# the call; who is on hold sends nothing.
they_talk_and_hold()
{
	local status=0

	"$top/tests/peers/run" --kernel -k "$TMP/peers" kernel_talk_and_hold >"$TMP/tap" 2>&1 ||
		status=$?
	cat "$TMP/tap" "$TMP/peers/kernel_talk_and_hold/log" | sed 's/^/# /'
	[ $status = 0 ]
}

need baresip linphonec dnsmasq openssl tcpdump tshark
need_module
run they_talk_and_hold
