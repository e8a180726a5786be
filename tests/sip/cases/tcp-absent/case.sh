# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# RFC 3261 s.8.1.3.1: who cannot be connected to is as one that answers 503, which is 500 to the
# caller (s.16.7); at once, not after 64*T1.
expect_code=500
core=tcp

check()
{
	control call ladder "$(call_field id)" |
		json "any('Connection refused' in e['label'] for e in d['events'])" |
		grep -qx True || fail "the ladder does not say why: $(control call ladder "$(call_field id)")"
}
