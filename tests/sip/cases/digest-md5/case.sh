# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# A domain for phones that know MD5 only. Shows: 8760/2.3b
config=${domain/registrar: true/registrar: true, algorithms: [ MD5 ]}
expect_calls=0

drive()
{
	add_users
	start_caller
	wait_phones
	! grep -q SHA-256 caller.msg || fail "SHA-256 is offered all the same"
}
