# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# SIGHUP: the configuration is read again, and what is wrong with it is in the log with its place.
expect_calls=0
timers="no-answer: 60s"

generation_is()
{
	[ "$(control config show | json "d['generation']")" = "$1" ]
}

drive()
{
	cp sipd.yaml right.yaml
	sed -i 's/no-answer: 60s/no-answer: 61s/' sipd.yaml
	kill -HUP "$sipd_pid"
	until_true $patience generation_is 2 || fail "SIGHUP changes nothing"
	control config show | grep -q '61s' || fail "what is in force is another one"
	sed -i 's/no-answer: 61s/no-answer: 61x/' sipd.yaml
	kill -HUP "$sipd_pid"
	until_true $patience grep -q 'the configuration stays as it was' sipd.log ||
		fail "nothing is said of a file that is wrong"
	grep -qE 'sipd.yaml:[0-9]+:[0-9]+: .*61x' sipd.log || fail "not said with its place"
	generation_is 2 || fail "a file that is wrong is in force"
	# They were meant.
	grep -vE '^<3>' sipd.log >rest.log
	cat rest.log >sipd.log
	cp right.yaml sipd.yaml
	control config reload >said || fail "the reload after it fails: $(<said)"
	generation_is 3 || fail "the reload after it has no effect"
}
