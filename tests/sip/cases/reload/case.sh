# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The configuration changes under calls and registrations; see reloader.
more_ips="10.0.2.8 10.0.2.9"
timers="no-answer: 60s, min-se: 90s"
expect_calls=any
config="store: { path: $PWD/sipd.db }
trunks:
  - name: one
    realm: core
    address: \"10.0.2.8:5060\"
    credentials: { user: me, password: opensesame }
    codecs:
      deny: [ PCMA ]
  - { name: two, realm: core, address: \"10.0.2.9:5060\" }
routes:
  - { match: '^[+]44', to: [ one ] }
domains:
  - { name: example.com, realm: access, registrar: true, min-expires: 60s }
groups:
  - { name: line, domain: example.com, members: [ bo, cy ], strategy: linear,
      member-timeout: 30s }"

drive()
{
	add_users
	echo secret4 | control user add cy@example.com >/dev/null || fail "cy cannot be added"
	"$here/reloader" $sipd_ip $patience "$sipctl" "$PWD/sipd.sock" sipd.yaml calls ringing groups \
		registrations modes refused shown challenged limits || fail "a reload has failed"
}

nobody_uses_older()
{
	[ "$(control status | json "d['configuration']['older_in_use']")" = 0 ]
}

check()
{
	until_true $patience nobody_uses_older || fail "earlier configurations are left"
}
