# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 5589/7b
# shellcheck source=tests/sip/cases/transfer-attended/case.sh
. "$here/cases/transfer-attended/case.sh"
scenario=ringing-refused
expect_calls=16

check()
{
	:
}
