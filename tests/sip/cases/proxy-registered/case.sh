# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.5c 3261/16.5d
# Shows: 3261/16.6g 3261/22.3a 3261/22.3b
. "$here/lib_proxy.sh"
config="${domain/registrar: true/registrar: true, mode: proxy}"
next_hop=

drive()
{
	add_users
	ip address add 10.0.1.9/32 dev lo
	registrar proxied_calls refused_calls q_order path_calls
}
