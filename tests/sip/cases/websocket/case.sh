# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# RFC 7118: phones of pages, which register, call and are called by WebSocket, with UDP beyond.
# Shows: 7118/4b 7118/5a 7118/5b 7118/5c 7118/5d 7118/5.1 7118/5.2 7118/5.3 7118/6 7118/7
config=$domain
expect_calls=any
access_also="ws:$sipd_ip:8080"

drive()
{
	add_users
	flows ws bound not_asked_for gone replaced two_flows breaks calls_others of_any_text
	plain status >status.txt || fail "no status"
	grep -q "ws:$sipd_ip:8080" status.txt || fail "the listener is not shown: $(<status.txt)"
	control flow list --all >flows || fail "no flows"
	grep -q '"WS"' flows || fail "no flow says WS"
}
