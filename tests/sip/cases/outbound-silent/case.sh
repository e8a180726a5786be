# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Who keeps a flow alive no longer loses it (RFC 5626 s.4.4.1). Shows: 5626/4.4.1b
config="store: { path: $PWD/sipd.db }
domains: [ { name: example.com, realm: access, registrar: true, flow-timer: 2s } ]"
expect_calls=any
access_also="tcp:$sipd_ip:5060"
export FLOW_TIMER=2

drive()
{
	add_users
	flows tcp bound silent
}
