# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# sipd registers with a carrier, and stays so.
# Shows: 3261/10.2a 3261/10.2b 3261/10.2.4a 7616/3.3d
more_ips=10.0.2.9
config="trunks:
  - { name: carrier, realm: core, address: \"10.0.2.9:5060\",
      credentials: { user: sbc, password: secret, realm: carrier },
      register: { user: '+15550100', domain: carrier.example, retry: 1s, max-retry: 2s,
                  refused-retry: 3s } }"
expect_calls=0
carrier_does=registers

# carrier SCENARIO
carrier()
{
	"$here/carrier" 10.0.2.9 $patience "$sipctl" "$PWD/sipd.sock" "$1" || fail "scenario $1"
}

drive()
{
	carrier $carrier_does
}

check()
{
	plain trunk list >shown || fail "no list"
	grep -qE '^carrier +core +udp:10.0.2.9:5060 +enabled +registered ' shown || fail "the list is: $(<shown)"
	plain trunk show carrier >shown || fail "carrier is not shown"
	grep -qE '^  address +sip:[+]15550100@carrier.example$' shown || fail "carrier is: $(<shown)"
	plain trunk show nobody 2>shown
	[ $? = 4 ] || fail "nobody is shown: $(<shown)"
}
