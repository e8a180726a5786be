#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The netlink ABI, asked by clients on libnl that share no code with this project.
. "$(dirname "$0")/lib.sh"

need_module
need nl_abi nl_ranges nl_session nl_set nl_biggest nl_dump nl_batch nl_privilege nl_config nl_events
need nl_sip nl_sip_objects

what_is_refused()
{
	nl_abi
}

ranges()
{
	nl_ranges
}

sessions_as_written()
{
	nl_session
}

sessions_as_changed()
{
	nl_set
}

sessions_as_big_as_can_be()
{
	nl_biggest
}

dumps_and_flushes()
{
	nl_dump
}

many_requests_in_one_send()
{
	nl_batch
}

who_may_write()
{
	nl_privilege
}

what_is_set()
{
	nl_config
}

what_is_refused_about_sip()
{
	nl_sip
}

listeners_sources_policy_and_rules()
{
	nl_sip_objects
}

what_packets_cause()
{
	nl_events
}

run what_is_refused \
	ranges \
	sessions_as_written \
	sessions_as_changed \
	sessions_as_big_as_can_be \
	dumps_and_flushes \
	many_requests_in_one_send \
	who_may_write \
	what_is_set \
	what_is_refused_about_sip \
	listeners_sources_policy_and_rules \
	what_packets_cause
