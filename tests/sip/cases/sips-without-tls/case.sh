# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/26.3.1c
expect_code=480
expect_calls=0
access=tls
core=udp

drive()
{
	: >callee.msg
	start_caller
	wait_phones
}
