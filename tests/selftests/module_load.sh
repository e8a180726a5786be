#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module comes and goes, and leaves nothing behind.
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "not root"
if module_loaded; then
	skip_all "the module is in use"
fi

family_known()
{
	sipctl kernel status
}

loads_and_brings_its_family()
{
	module_load
	at_exit module_unload
	module_loaded
	family_known
}

unloads_and_takes_its_family_along()
{
	module_load
	module_unload
	if module_loaded; then
		fail "still loaded"
	fi
	assert_fails family_known
}

loads_again_and_again()
{
	local _

	for _ in 1 2 3 4 5; do
		module_load
		module_unload
	done
}

is_not_loaded_twice()
{
	module_load
	at_exit module_unload
	assert_fails insmod "$SIPFAST_KO"
	assert_match 'File exists' "$output"
}

works_in_namespaces_made_before_and_after()
{
	ip netns add before-$$
	at_exit "ip netns del before-$$"
	module_load
	at_exit module_unload
	ip netns add after-$$
	at_exit "ip netns del after-$$"
	ip netns exec before-$$ sipctl kernel status
	ip netns exec after-$$ sipctl kernel status
}

run loads_and_brings_its_family \
	unloads_and_takes_its_family_along \
	loads_again_and_again \
	is_not_loaded_twice \
	works_in_namespaces_made_before_and_after
