#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Phones that nobody here wrote, with their media through the module: see tests/peers.
. "$(dirname "$0")/lib.sh"

peers()
{
	local status=0

	"$top/tests/peers/run" --kernel -k "$TMP/peers" "$1" >"$TMP/tap" 2>&1 || status=$?
	sed 's/^/# /' "$TMP/tap" "$TMP/peers/$1/log"
	return $status
}

# Proves: what either says is what the other one hears, before and after the call was on hold; while
# it was, the one on hold sent nothing.
baresip_calls_linphone()
{
	peers kernel_baresip_calls_linphone
}

# Proves: the same the other way round.
linphone_calls_baresip()
{
	peers kernel_linphone_calls_baresip
}

need baresip linphonec dnsmasq openssl tcpdump tshark
need_module
run baresip_calls_linphone linphone_calls_baresip
