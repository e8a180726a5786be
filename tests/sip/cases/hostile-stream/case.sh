# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
expect_calls=any
connections="message: 2s, handshake: 2s"
access=tls
access_also=tcp:$sipd_ip:5060

drive()
{
	"$here/hostile-stream" $caller_ip $caller_media_ip $sipd_ip 2 $patience ||
		fail "a hostile peer has reached something"
}
