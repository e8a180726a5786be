# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The same with a registrar that is the second trunk of a route: what has his Service-Route goes to
# him, not to the first one.
like edge-restart
next_hop=
core_also="tcp:$sipd_core_ip:5060"
registrar_ip=$callee2_ip
config="store: { path: $PWD/sipd.db }
trunks:
  - { name: absent, realm: core, address: \"tcp:$callee_ip:5060\" }
  - { name: home, realm: core, address: \"$callee2_ip:5060\" }
routes: [ { to: [ absent, home ], mode: proxy } ]"
