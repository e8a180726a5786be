#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A registrar behind the module: phones that register are known, scanners learn nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"
. "$(dirname "$0")/lib_inspect.sh"

phones=$selftests/../sip/registrar

begin()
{
	need python3
	system_up 30000-30999 "t1: 200ms"
	# Only strangers are looked at: the caller's side has no peer.
	sed -i -e '/next-hop: { realm: access/d' \
		-e "s/^    listen: .*10.0.1.1.*/    inspect: enforce\n&/" "$TMP/sipd.yaml"
	cat >>"$TMP/sipd.yaml" <<-YAML
	store: { path: $TMP/sipd.db }
	domains:
	  - { name: example.com, realm: access, registrar: true, max-expires: 10m }
	  - { name: 10.0.1.1, realm: access, registrar: true, algorithms: [ MD5 ] }
	YAML
	remember_evidence
	rm -f "$TMP"/sipd.db*
	sipd_start
	echo secret1 | ctl user add al@example.com >/dev/null
	echo secret2 | ctl user add bo@example.com >/dev/null
	echo secret3 | ctl user add off@example.com >/dev/null
	echo 1035 | ctl user add 1000@10.0.1.1 >/dev/null
	ctl user disable off@example.com >/dev/null
}

# registers SCENARIO...: phones at the caller's address; see tests/sip/registrar.
registers()
{
	in_a "$phones" 10.0.1.1 $PATIENCE "$@" 2>&1
}

sources()
{
	in_r sipctl -j kernel source list registered | json sources.*.source | xargs -n 1 | sort |
		paste -sd' '
}

bans()
{
	in_r sipctl -j ban list | json bans.*.source | xargs -n 1 | sort | paste -sd' '
}

ban_reasons()
{
	in_r sipctl -j ban list | json bans.*.reason
}

are_known()
{
	[ "$(sources)" = "$1" ]
}

# Proves: who registers with his password is known to the kernel, as long as he is registered.
a_registered_phone_is_known()
{
	begin
	assert_eq "" "$(registers register)"
	wait_for are_known "10.0.1.2:5071 10.0.1.2:5072"
	assert_match 'has registered.*has registered' \
		"$(in_r sipctl -j kernel source list registered | json sources.*.reason)"
	# max-expires: 10m
	in_r sipctl -j kernel source list registered | json sources.*.expires_ms | xargs -n 1 |
		while read -r ms; do
			[ "$ms" -gt 500000 ] && [ "$ms" -le 600000 ] || fail "known for $ms ms"
		done
}

# Proves: an honest phone that is given a wrong password once, or an old nonce a few times, is not
# banned, and the next right one is good.
one_wrong_password_bans_nobody()
{
	begin
	# One after the other, or a fast machine takes them for a crowd.
	assert_eq "" "$(registers wrong_passwords)"
	assert_eq "" "$(registers nonces)"
	assert_eq "" "$(bans)"
}

# Proves: nobody can have a phone banned by credentials that he sends in its name, for he has not
# heard what it was asked.
made_up_credentials_ban_nobody()
{
	begin
	assert_eq "" "$(registers made_up made_up)"
	assert_eq "" "$(bans)"
}

# Proves: svmap, svwar and svcrack find nothing; they are banned before a second is over, and an
# honest phone behind their address is not, though it mistypes its password.
scanners_find_nothing()
{
	need svmap svwar svcrack
	begin
	scan 5170 svmap 10.0.1.1
	scan 5171 svwar 10.0.1.1 -e 100-140 -m REGISTER
	scan 5172 svwar 10.0.1.1 -e 100-110 -m INVITE
	scan 5173 svcrack 10.0.1.1 -u al -r 1000-1040
	scans_end
	assert_eq "10.0.1.2:5170 10.0.1.2:5171 10.0.1.2:5172 10.0.1.2:5173" "$(bans)"
	# Each by its first message: none has reached sipd.
	assert_eq "rule rule rule rule" "$(ban_reasons)"
	assert_eq 0 "$(ctl_json status messages.rx)"
	assert_eq "" "$(registers wrong_passwords)"
}

# Of User-Agents: scanners are what they do.
forget_rules()
{
	local id

	for id in $(in_r sipctl -j kernel rule list | json rules.*.id); do
		in_r sipctl kernel rule del "$id"
	done
}

# Proves: svcrack, which knows MD5 only, does not get to a password that is among the first forty.
a_disguised_cracker_is_banned()
{
	need svcrack
	begin
	forget_rules
	in_a timeout $PATIENCE svcrack 10.0.1.1 -P 5174 -u 1000 -r 1000-1040 >"$TMP/svcrack" 2>&1 </dev/null ||
		true
	sed 's/^/# /' "$TMP/svcrack"
	assert_fails grep -qE '^\||1035' "$TMP/svcrack"
	assert_eq "10.0.1.2:5174" "$(bans)"
	assert_eq "wrong credentials" "$(ban_reasons)"
	assert_eq "" "$(registers wrong_passwords)"
}

# Proves: what calls itself something else is judged by what it does. Names that are tried get the
# same answer, there or not, of which svwar makes nothing; who tries passwords is banned by the sixth.
disguised_scanners_find_nothing()
{
	local method

	need svwar
	begin
	forget_rules
	: >"$TMP/svwar"
	printf '%s\n' al bo off nobody zed >"$TMP/names"
	# Unlike most, it knows the domain.
	for method in REGISTER INVITE; do
		in_a timeout $PATIENCE svwar 10.0.1.1 -P 5171 -d "$TMP/names" -m $method --force \
			--domain example.com >>"$TMP/svwar" 2>&1 </dev/null || true
	done
	sed 's/^/# /' "$TMP/svwar"
	assert_eq 2 "$(grep -c 'found nothing' "$TMP/svwar")"
	# No table of what it has found.
	assert_fails grep -q '^|' "$TMP/svwar"
	assert_eq "" "$(registers cracker)"
	assert_eq "10.0.1.2:5173" "$(bans)"
	assert_eq "wrong credentials" "$(ban_reasons)"
	assert_eq "" "$(registers wrong_passwords)"
}

# Each test has a module of its own, all have this.
topology_up
run a_registered_phone_is_known one_wrong_password_bans_nobody \
	made_up_credentials_ban_nobody scanners_find_nothing \
	disguised_scanners_find_nothing a_disguised_cracker_is_banned
