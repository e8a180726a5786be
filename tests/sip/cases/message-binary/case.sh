# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# 60000 octets by TCP; of the next hop's transport nothing is said.
# Shows: 3261/7.4.1a
# Shows: 3428/4a 3428/8a 3428/8b
access=tcp
core=tcp
core_also=udp:$sipd_core_ip:5060
callee_address=$callee_ip:5060
expect_calls=0

drive()
{
	local fill
	fill=$(printf '%060000d' 7)
	mkdir large
	sed "s/FILL/$fill/" "$scenarios/caller.xml" >large/caller.xml
	cp "$scenarios/callee.xml" large
	scenarios=$PWD/large
	start_callee
	start_caller
	wait_phones
}

check()
{
	awk '/^TCP message/ { received = $3 == "received" } received && /^0*7/ { print length($0) }' \
		callee.msg >lengths
	grep -qx '6000[01]' lengths || fail "the callee has got $(<lengths) octets"
}
