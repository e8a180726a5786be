// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "sipctl/command.h"

/* clang-format off */
#define GRAMMAR \
	"  ID                    a number from 1 up, chosen by you\n" \
	"  timeout DURATION      delete it when it is idle so long: 500ms, 30s, 5m, 2h or never\n" \
	"  endpoint N            begins an endpoint; what follows belongs to it:\n" \
	"    local ADDR:PORT     where the module receives; inside a range\n" \
	"    remote ADDR:PORT    where it sends to\n" \
	"    component rtp|rtcp|mux\n" \
	"    learn off|once|window [from ADDR[/PREFIX]|any] [for DURATION]\n" \
	"                        take the source of the first valid packet as the remote;\n" \
	"                        window: and of later ones, for a time (10s)\n" \
	"    source strict|accept\n" \
	"                        drop or forward what comes from elsewhere\n" \
	"    dscp 0-63, ttl 1-255\n" \
	"                        of what leaves here\n" \
	"    clock HZ            of dynamic payload types, 1000 to 192000\n" \
	"    inactive DURATION   report silence of so long, or never\n" \
	"    dtmf TYPE           report telephone events of this payload type, or none\n" \
	"    forward N[,OPTION...][,N...]\n" \
	"                        send what it receives out of these endpoints; changed by\n" \
	"      mode=pass|silence|block, pt=FROM:TO (repeated: more), ssrc=NUMBER,\n" \
	"      seq=OFFSET, timestamp=OFFSET, dscp=0-63, ttl=1-255\n" \
	"  An IPv6 address stands in brackets before a port: [2001:db8::1]:20000\n"

const struct command commands[] = {
	{
		.path = "status",
		.help = "the state of sipd at a glance",
		.watch = true,
		.run = status_show,
	},
	{
		.path = "call list",
		.help = "calls in progress; -a: and those that ended",
		.watch = true,
		.run = call_list,
	},
	{
		.path = "call show",
		.args = "CALL",
		.help = "one call: times, legs and media",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.run = call_show,
		.complete = call_complete,
	},
	{
		.path = "call ladder",
		.args = "CALL",
		.help = "the messages of a call, drawn",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.run = call_ladder,
		.complete = call_complete,
	},
	{
		.path = "call kill",
		.args = "CALL",
		.help = "end a call on both legs",
		.min_args = 1, .max_args = 1,
		.run = call_kill,
		.complete = call_complete,
	},
	{
		.path = "call orphans",
		.args = "[clear]",
		.help = "kernel sessions that belong to no call",
		.max_args = 1,
		.run = call_orphans,
		.complete = call_complete_clear,
	},
	{
		.path = "session add",
		.args = "ID [owner OWNER] [timeout DURATION] [endpoint N [OPTION...]]...",
		.help = "create a session",
		.details = "  owner OWNER           operator (default), sipd or a number\n" GRAMMAR,
		.min_args = 1, .max_args = -1,
		.run = session_add,
		.complete = session_complete_add,
	},
	{
		.path = "session set",
		.args = "ID [timeout DURATION] [endpoint N [OPTION...]]...",
		.help = "change a session; what is not named stays",
		.details = GRAMMAR
			"    no-forwards         remove its forwards\n"
			"    delete              remove this endpoint\n",
		.min_args = 1, .max_args = -1,
		.run = session_set,
		.complete = session_complete_set,
	},
	{
		.path = "session del",
		.args = "ID...",
		.help = "delete sessions; -j: prints their statistics",
		.min_args = 1, .max_args = -1,
		.run = session_del,
		.complete = session_complete_ids,
	},
	{
		.path = "session flush",
		.args = "[owner OWNER]",
		.help = "delete all sessions, or those of an owner",
		.max_args = 2,
		.run = session_flush,
		.complete = session_complete_owner,
	},
	{
		.path = "session list",
		.args = "[owner OWNER]",
		.help = "the kernel's sessions",
		.max_args = 2,
		.watch = true,
		.run = session_list,
		.complete = session_complete_owner,
	},
	{
		.path = "session show",
		.args = "ID",
		.help = "addresses and statistics of each endpoint",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.run = session_show,
		.complete = session_complete_id,
	},
	{
		.path = "session monitor",
		.help = "print events as they happen",
		.run = session_monitor,
	},
	{
		.path = "kernel status",
		.help = "version of the module, what it holds, its hooks",
		.watch = true,
		.run = kernel_status,
	},
	{
		.path = "kernel stats",
		.help = "packets by what became of them; -a: all",
		.watch = true,
		.run = kernel_stats,
	},
	{
		.path = "kernel config show",
		.help = "hooks and limits",
		.watch = true,
		.run = kernel_config_show,
	},
	{
		.path = "kernel config set",
		.args = "[hooks auto|prerouting|listed DEV...] [max-sessions N] [max-endpoints N]",
		.help = "change them; what is not named stays",
		.details =
			"  hooks                 where media is taken from the stack:\n"
			"    auto                at the ingress of every device it can come from\n"
			"    prerouting          at PRE_ROUTING only, for all devices\n"
			"    listed DEV...       at the ingress of these, else at PRE_ROUTING\n"
			"  max-sessions N, max-endpoints N\n"
			"                        the most that this network namespace may have\n",
		.min_args = 2, .max_args = -1,
		.run = kernel_config_set,
		.complete = kernel_config_complete,
	},
	{
		.path = "kernel range add",
		.args = "ADDR:MIN-MAX",
		.help = "give ports to the module",
		.min_args = 1, .max_args = 1,
		.run = kernel_range_add,
	},
	{
		.path = "kernel range del",
		.args = "ADDR:MIN-MAX",
		.help = "take ports back",
		.min_args = 1, .max_args = 1,
		.run = kernel_range_del,
		.complete = kernel_range_complete,
	},
	{
		.path = "kernel range list",
		.help = "the ports that the module has",
		.watch = true,
		.run = kernel_range_list,
	},
	{
		.path = "help",
		.args = "[COMMAND]",
		.help = "this list, or how to use a command",
		.max_args = 3,
		.run = command_help,
	},
	{ .path = NULL },
};
/* clang-format on */
