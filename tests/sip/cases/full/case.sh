# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

calls="max: 1"

drive()
{
	start_callee
	start_caller
	until_true $patience call_is established || fail "the call is not established"
	control status | json "d['degraded']" | grep -q 'calls allowed are in use' ||
		fail "sipctl status does not say that it is full"
	start_phone second "$here/cases/full/second.xml" $caller_ip 5070 $caller_media_ip \
		$sipd_ip:5060
	wait "${phones[second]}" || fail "the second call is not refused as it should be"
	unset 'phones[second]'
	control call kill "$(call_field id)" >/dev/null || fail "sipctl call kill failed"
	wait_phones
}

check()
{
	flows_are '.code == 503 and .call == ""' 1
	why_says "$(jq -r '.flows[] | select(.code == 503) | .id' flows)" \
		'because: all of the 1 calls that calls.max allows are in use; raise it'
}
