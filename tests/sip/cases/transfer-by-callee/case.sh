# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 5589/6a
config="trunks: [ { name: carol, realm: core, address: \"$callee2_ip:5060\" } ]
routes: [ { match: \"^carol\$\", to: [ carol ] } ]"
expect_calls=2
