# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Who was answered is registered, whatever becomes of sipd.
config=$domain
expect_calls=0
keep_registered=yes

drive()
{
	add_users
	registrar register
	kill -KILL "$sipd_pid"
	wait "$sipd_pid"
	start_sipd
	registrar is_registered
	stop_sipd
	start_sipd
	registrar is_registered
	control user list | json "[(u['user'], u['enabled']) for u in d['users']]" |
		grep -qx "\[('al', True), ('bo', True), ('off', False)\]" || fail "users are lost"
	control reg show al@example.com >shown || fail "al is not shown"
	json "'%(flow)s %(path)s %(user_agent)s %(q)g' % d['registrations'][0]" <shown |
		grep -qx '10.0.1.2:5071 <sip:10.0.1.9;lr> phone 0.5' || fail "al is: $(<shown)"
	# What was removed stays so.
	control reg remove al@example.com sip:al@10.0.1.2:5071 >/dev/null || fail "al is not removed"
	control user remove bo@example.com >/dev/null || fail "bo is not removed"
	kill -KILL "$sipd_pid"
	wait "$sipd_pid"
	start_sipd
	control reg list | json "len(d['registrations'])" | grep -qx 0 || fail "they are back"
	control user list | json "len(d['users'])" | grep -qx 2 || fail "bo is back"
}
