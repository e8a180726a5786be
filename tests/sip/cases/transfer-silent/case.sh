# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 4488/4a 4488/5a
config="trunks: [ { name: carol, realm: core, address: \"$callee2_ip:5060\" } ]
routes: [ { match: \"^carol\$\", to: [ carol ] } ]"
expect_calls=2

check()
{
	refute_in caller.msg '^NOTIFY '
}
