# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# sipctl user and reg: what they refuse, and that passwords are no arguments.
config=$domain
expect_calls=0

# refused STATUS TEXT COMMAND...
refused()
{
	local status=$1 text=$2
	shift 2
	echo "secret${password-1}" | "$sipctl" -s "$PWD/sipd.sock" "$@" >said 2>&1
	[ $? = "$status" ] || fail "$*: not refused with $status: $(<said)"
	grep -q "$text" said || fail "$*: $(<said)"
}

drive()
{
	add_users
	refused 1 'there is a user al@example.com already' user add al@example.com
	refused 4 'not in the configuration' user add al@example.net
	refused 2 'is no user' user add al
	refused 2 'is no user' user add 'sip:al@example.com;x'
	refused 4 'there is no user eve@example.com' user passwd eve@example.com
	refused 4 'there is no user eve@example.com' user disable eve@example.com
	refused 4 'there is no user eve@example.com' user remove eve@example.com
	refused 4 'al@example.com is not registered' reg show al@example.com
	refused 4 'al@example.com is not registered' reg remove al@example.com
	refused 2 'too many arguments' user add al@example.com secret
	refused 2 'is no target' user forward al@example.com always ""
	refused 2 'choose 1 to 600' user forward al@example.com no-answer bo after 100h
	# What is wrong is told as JSON to who wants it so.
	plain user list --no-such-option >said 2>/dev/null
	[ $? = 2 ] || fail "a wrong option is taken"
	[ ! -s said ] || fail "a wrong option is told as $(<said)"
	plain user list --no-such-option -j 2>/dev/null | json "d['error']['code']" | grep -qx usage ||
		fail "a wrong option in JSON is told otherwise"
	"$sipctl" -s "$PWD/sipd.sock" user add eve@example.com </dev/null >said 2>&1
	[ $? = 2 ] || fail "no password: $(<said)"
	echo >empty
	"$sipctl" -s "$PWD/sipd.sock" user add eve@example.com <empty >said 2>&1
	[ $? = 2 ] || fail "an empty password: $(<said)"
	"$sipctl" -s "$PWD/sipd.sock" user list | sed 's/ \+/ /' >said
	diff said - <<-USERS || fail "the list is another"
	USER STATE
	al@example.com enabled
	bo@example.com enabled
	off@example.com disabled
	USERS
	[ "$("$sipctl" -s "$PWD/sipd.sock" __complete -- user passwd | head -n 1)" = al@example.com ] ||
		fail "users are not completed"
	! grep -aq secret sipd.db sipd.db-wal sipd.log || fail "a password is kept"
	# A new password takes the place of the old one, an enabled user may register.
	echo secret1 | control user passwd al@example.com >/dev/null || fail "no new password"
	registrar algorithms
	echo other | control user passwd al@example.com >/dev/null || fail "no new password"
	! "$here/registrar" $sipd_ip $patience algorithms 2>/dev/null || fail "the old one is good"
	# What nobody else is told.
	plain flow list -a --method REGISTER >said
	grep -q '401 .*credentials are asked for, there are none: example.com' said ||
		fail "the first 401 is not explained: $(<said)"
	grep -q '401 .*wrong password: al@example.com' said ||
		fail "the second 401 is not explained: $(<said)"
}
