# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 7044/9.3a 7044/9.3b 7044/9.4a
. "$here/lib_proxy.sh"
next_hop="mode: proxy, redirect: recurse"

check()
{
	flow_says '302 from next hop: 486 from 10.0.2.3:5060'
}
