# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3515/2.4.4a 3515/2.4.5a 3515/2.4.7a 3892/2.2a 5589/6a
config="trunks: [ { name: carol, realm: core, address: \"$callee2_ip:5060\" } ]
routes: [ { match: \"^carol\$\", to: [ carol ] } ]"
expect_calls=2

check()
{
	why_says "$(call_to bob)" 'transferred: the callee goes on in call [0-9a-f]{16}'
	why_says "$(call_to carol)" 'transfer: the callee of call [0-9a-f]{16}, by its caller'
}
