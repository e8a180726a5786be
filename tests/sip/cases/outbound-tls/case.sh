# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The same over TLS. Shows: 5626/4.4.1a 5626/5.3a 5626/6a 5626/6b
config=$domain
expect_calls=any
access=tls
access_also="udp:$sipd_ip:5060"

drive()
{
	add_users
	flows tls bound not_asked_for gone replaced two_flows
}
