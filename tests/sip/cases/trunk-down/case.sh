# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Nobody answers OPTIONS at the first trunk: calls go to the second one, and do not wait.
config="trunks:
  - { name: away, realm: core, address: \"10.0.2.9:5060\", health: { interval: 500ms, fall: 2 } }
  - { name: two, realm: core, address: \"$callee_ip:5060\" }
routes: [ { match: '^bob\$', to: [ away, two ] } ]"
scenarios=$here/cases/basic

is_down()
{
	[ "$(control trunk show away | json "d['health']['state']")" = down ]
}

drive()
{
	until_true $patience is_down || fail "it is not down"
	start_callee
	start_caller
	wait_phones
}

check()
{
	flows_are '.peer == "10.0.2.9:5060"' 0 --method INVITE
	why_says "$(call_field id)" 'route .*: two; down: away'
	plain status >shown
	[ $? = 3 ] || fail "sipctl status: $(<shown)"
	grep -q 'trunk away is down: ' shown || fail "the status is: $(<shown)"
	# So that it is asked no more.
	control trunk disable away >/dev/null || fail "it is not disabled"
}
