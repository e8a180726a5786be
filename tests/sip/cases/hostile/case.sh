# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# How many of the messages make a call is not the matter here.
expect_calls=any

drive()
{
	"$here/hostile" $caller_ip $sipd_ip $patience || fail "sipd and hostile messages"
}
