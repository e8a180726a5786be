# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# tap FUNCTION...: runs each, whose status is its result, prints TAP and ends the script.
tap()
{
	local test output number=0 failed=0

	echo "1..$#"
	for test; do
		number=$((number + 1))
		if output=$("$test" 2>&1); then
			echo "ok $number - ${test//_/ }"
		else
			echo "# --- ${test//_/ }"
			[ -z "$output" ] || sed 's/^/# /' <<<"$output"
			echo "not ok $number - ${test//_/ }"
			failed=1
		fi
	done
	exit $failed
}
