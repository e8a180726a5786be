# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3891/3a 3891/3b
# shellcheck source=tests/sip/cases/transfer-attended/case.sh
. "$here/cases/transfer-attended/case.sh"
scenario=take-over
expect_calls=16

check()
{
	refute_in callee.msg '^Replaces:'
}
