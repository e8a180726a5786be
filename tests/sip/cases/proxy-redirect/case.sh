# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/8.3a
. "$here/lib_proxy.sh"
route="to: [ one, two ], mode: redirect"

check()
{
	flow_says 'redirected to 2 contacts'
}
