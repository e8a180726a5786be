# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.10a
like cancel-ringing
. "$here/lib_proxy.sh"

check()
{
	flows_are '.method == "CANCEL" and .code == 200' 2
	flows_are '.method == "INVITE" and .code == 487 and .acked' 2
}
