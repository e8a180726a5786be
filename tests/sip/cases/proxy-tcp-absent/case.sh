# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.9a
like tcp-absent
. "$here/lib_proxy.sh"

check()
{
	flow_says 'cannot be reached: Connection refused'
}
