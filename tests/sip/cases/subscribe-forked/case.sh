# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 6665/4.1.4a
route="to: [ one, two ], strategy: parallel"
expect_calls=0

check()
{
	subscriptions_are 0 || fail "a subscription is left: $(control status)"
	# From tags of what the subscriber got.
	awk '/^UDP message received/ { received = 1 } /^UDP message sent/ { received = 0 }
		received && /^NOTIFY/ { notify = 1 } received && notify && /^From:/ { print; notify = 0 }' \
		caller.msg | sort -u >dialogs
	[ "$(wc -l <dialogs)" = 2 ] || fail "not two dialogs: $(<dialogs)"
}
