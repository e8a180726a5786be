# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Shows: 3261/10.3j 3261/10.3n 3261/22.2b 3261/22.4a 3261/22.4b 3261/26.3.1d 7616/3.7a 8760/2.3a
# Shows: 3608/6.1
# RFC 7616, RFC 8760: challenges, algorithms, wrong passwords, nonces.
config=$domain
expect_calls=0
more_ips=10.0.1.9

drive()
{
	add_users
	registrar algorithms wrong_passwords nonces made_up another_address
}
