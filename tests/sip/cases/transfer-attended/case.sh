# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# With several shards the two calls are now of one, now of two of them.
# Shows: 5589/7a
config="trunks: [ { name: carol, realm: core, address: \"$callee2_ip:5060\" } ]
routes: [ { match: \"^carol\$\", to: [ carol ] } ]"
rounds=8
scenario=attended
expect_calls=24

drive()
{
	start_callee -m $rounds
	"$here/transferor" $caller_ip $sipd_ip $patience $rounds $scenario 2>caller.err ||
		fail "the transferor: $(<caller.err)"
	wait_phones
}

check()
{
	control call list --all >calls.json
	local id=0
	for id in $(jq -r '.calls[] | select(.from | contains("alice")) |
		select(.to | contains("carol")) | .id' calls.json); do
		why_says "$id" 'transferred: the (callee|other party) goes on in (call [0-9a-f]{16}|a call of another shard)'
	done
	[ "$id" != 0 ] || fail "no call to carol: $(<calls.json)"
}
