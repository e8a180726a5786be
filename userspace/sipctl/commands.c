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
	"    component rtp|rtcp|mux|transparent\n" \
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

#define SOURCE \
	"  SOURCE                ADDRESS, ADDRESS/LENGTH, ADDRESS:PORT or [IPV6]:PORT\n"

#define LISTENER \
	"  LISTENER              udp:10.0.1.1:5060, tcp:10.0.1.1:5060, tls:[2001:db8::1]:5061\n" \
	"  mode off|observe|enforce\n" \
	"                        do nothing; count what would be dropped (default); drop it\n" \
	"  workers N             mark the messages of each call for one of N sockets; 0: don't\n"

#define POLICY \
	"  CLASS SCOPE GROUP RATE [burst N]\n" \
	"                        a limit, as in \"unknown source dialog 10/s burst 30\";\n" \
	"                        without burst, as many at once as in a second:\n" \
	"    CLASS               of sources: unknown, registered, trusted\n" \
	"    SCOPE               each source, each prefix, or all: source, prefix, global\n" \
	"    GROUP               dialog: INVITE, SUBSCRIBE, REFER that begin one;\n" \
	"                        register: REGISTER, PUBLISH; other: other requests outside of\n" \
	"                        dialogs; in-dialog: those inside, responses; connect: to TCP\n" \
	"    RATE                10/s, or off\n" \
	"  prefix4 8-32, prefix6 16-128\n" \
	"                        lengths of prefixes\n" \
	"  max-sources N         that are trusted, registered or banned\n" \
	"  malformed pass|drop   what is no SIP\n" \
	"  ban-malformed N|never, ban-failures N|never, ban-refused N|never\n" \
	"                        ban a port after so many messages that are no SIP, requests\n" \
	"                        with wrong credentials, requests refused for other reasons\n" \
	"  ban-ports N|never     ban an address when so many of its ports are banned\n" \
	"  window DURATION       all that within this time\n" \
	"  ban-time DURATION     how long bans by the kernel last\n" \
	"  shed dialogs PERCENT, shed registers PERCENT, shed others PERCENT\n" \
	"                        at what load of the server, or of its queue, that is dropped\n" \
	"  reject RATE           shed INVITEs answered with 503, or off\n" \
	"  retry-after DURATION  in these\n" \
	"  absorb DURATION|never drop repeated requests so long while there is no response\n" \
	"  max-connections N     over TCP whose messages are looked at\n"

#define RULE \
	"  ID                    a number from 1 up; the lowest comes first\n" \
	"  ACTION                count, log (an event, too), drop, ban (the port it came from)\n" \
	"  A rule fits when all its CONDITIONs do:\n" \
	"    method METHOD[,METHOD...]\n" \
	"                        INVITE, REGISTER ..., other\n" \
	"    class CLASS[,CLASS...]\n" \
	"                        unknown (default), registered, trusted\n" \
	"    user-agent PATTERN, user PATTERN\n" \
	"                        User-Agent, and the user part of the Request-URI; in any case,\n" \
	"                        with * as first or last octet for any text\n" \
	"    size OCTETS         messages of that size and larger\n"

#define FLOW_FILTER \
	(1u << CTL_METHOD | 1u << CTL_STATE | 1u << CTL_PEER | 1u << CTL_CODE | \
	 1u << CTL_CALL_ID | 1u << CTL_SINCE)

#define FLOW_FILTERS \
	"[--method METHOD] [--state STATE] [--peer PEER] [--code CODE] [--call-id ID] " \
	"[--since DURATION]"

#define FLOW_FILTER_DETAILS \
	"  --method METHOD       INVITE, REGISTER, OPTIONS ...\n" \
	"  --state STATE         running: no final response yet; or finished\n" \
	"  --peer PEER           ADDRESS or ADDRESS:PORT, whoever asked\n" \
	"  --code CODE           of the last response: 486, or 4xx\n" \
	"  --call-id ID          the header's value\n" \
	"  --since DURATION      begun no longer ago than 30s, 10m, 2h\n"

#define PASSWORD \
	"  The password is asked for on the terminal, or is the first line of standard input:\n" \
	"  arguments can be seen by everybody. Only what it hashes to is kept.\n"

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
		.args = "CALL [--messages]",
		.help = "the messages of a call, drawn; --messages: and in full",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.options = 1u << CTL_MESSAGES,
		.run = call_ladder,
		.complete = call_complete,
	},
	{
		.path = "call why",
		.args = "CALL|FLOW|CALL-ID",
		.help = "why a call or request went as it did",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.run = call_why,
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
		.path = "flow list",
		.args = FLOW_FILTERS,
		.help = "SIP transactions, running and finished; -a: all",
		.details = FLOW_FILTER_DETAILS,
		.watch = true,
		.options = FLOW_FILTER,
		.run = flow_list,
	},
	{
		.path = "flow ladder",
		.args = "FLOW|CALL|CALL-ID [--messages]",
		.help = "the messages of a transaction or call, drawn",
		.details =
			"  What belongs to a call is shown with all of that call. The messages\n"
			"  are those that sipd still has; --messages prints them in full, too.\n",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.options = 1u << CTL_MESSAGES,
		.run = flow_ladder,
	},
	{
		.path = "flow export",
		.args = FLOW_FILTERS " [--secrets] -w FILE",
		.help = "write messages as a capture file",
		.details = FLOW_FILTER_DETAILS
			"  --secrets             nothing is masked; for root\n"
			"  -w FILE               pcap with nanoseconds; -: standard output\n",
		.options = FLOW_FILTER | 1u << CTL_SECRETS | 1u << CTL_FILE,
		.run = flow_export,
	},
	{
		.path = "reg list",
		.help = "who is registered where",
		.watch = true,
		.run = reg_list,
	},
	{
		.path = "reg show",
		.args = "USER@DOMAIN",
		.help = "a user's registrations in full",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.run = reg_show,
		.complete = reg_complete,
	},
	{
		.path = "reg remove",
		.args = "USER@DOMAIN [CONTACT]",
		.help = "end a user's registrations, or that of one contact",
		.min_args = 1, .max_args = 2,
		.run = reg_remove,
		.complete = reg_complete,
	},
	{
		.path = "user list",
		.help = "who may register and call",
		.watch = true,
		.run = user_list,
	},
	{
		.path = "user add",
		.args = "USER@DOMAIN",
		.help = "add a user; asks for his password",
		.details = PASSWORD,
		.min_args = 1, .max_args = 1,
		.run = user_add,
	},
	{
		.path = "user passwd",
		.args = "USER@DOMAIN",
		.help = "give a user another password",
		.details = PASSWORD,
		.min_args = 1, .max_args = 1,
		.run = user_passwd,
		.complete = user_complete,
	},
	{
		.path = "user show",
		.args = "USER@DOMAIN",
		.help = "a user, and what is done with calls to him",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.run = user_show,
		.complete = user_complete,
	},
	{
		.path = "user forward",
		.args = "USER@DOMAIN WHEN TARGET|off [after DURATION]",
		.help = "send calls to a user on to somebody else",
		.details =
			"  always                before he is called\n"
			"  busy                  when he is, or does not want to be disturbed\n"
			"  no-answer             when it rings in vain for DURATION (20s)\n"
			"  unreachable           when he is not registered, or his phones do not\n"
			"                        answer or cannot take calls\n"
			"  TARGET                voicemail; a user or group of his domain;\n"
			"                        USER@DOMAIN; a number, which goes by the routes;\n"
			"                        USER@TRUNK\n",
		.min_args = 3, .max_args = 5,
		.run = user_forward,
		.complete = user_complete_forward,
	},
	{
		.path = "user dnd",
		.args = "USER@DOMAIN on|off|480|486|603",
		.help = "refuse calls to a user, with 486 or another code",
		.min_args = 2, .max_args = 2,
		.run = user_dnd,
		.complete = user_complete_dnd,
	},
	{
		.path = "user disable",
		.args = "USER@DOMAIN",
		.help = "let a user neither register nor call",
		.min_args = 1, .max_args = 1,
		.run = user_disable,
		.complete = user_complete,
	},
	{
		.path = "user enable",
		.args = "USER@DOMAIN",
		.help = "let a user register and call again",
		.min_args = 1, .max_args = 1,
		.run = user_enable,
		.complete = user_complete,
	},
	{
		.path = "user remove",
		.args = "USER@DOMAIN",
		.help = "forget a user and his registrations",
		.min_args = 1, .max_args = 1,
		.run = user_remove,
		.complete = user_complete,
	},
	{
		.path = "group list",
		.help = "hunt groups and whether their members can be called",
		.watch = true,
		.run = group_list,
	},
	{
		.path = "trunk list",
		.help = "configured peers, and sipd's registrations there",
		.watch = true,
		.run = trunk_list,
	},
	{
		.path = "trunk show",
		.args = "TRUNK",
		.help = "a trunk and its registration in full",
		.min_args = 1, .max_args = 1,
		.watch = true,
		.run = trunk_show,
		.complete = trunk_complete,
	},
	{
		.path = "trunk enable",
		.args = "TRUNK",
		.help = "let a trunk take calls again, and register there",
		.min_args = 1, .max_args = 1,
		.run = trunk_enable,
		.complete = trunk_complete,
	},
	{
		.path = "trunk disable",
		.args = "TRUNK",
		.help = "send no more calls to a trunk, end the registration",
		.min_args = 1, .max_args = 1,
		.run = trunk_disable,
		.complete = trunk_complete,
	},
	{
		.path = "config check",
		.help = "could sipd's configuration file be put in force?",
		.run = config_check,
	},
	{
		.path = "config diff",
		.help = "what a reload would change",
		.run = config_diff,
	},
	{
		.path = "config reload",
		.help = "put sipd's configuration file in force; no call ends",
		.run = config_reload,
	},
	{
		.path = "config show",
		.help = "the configuration in force, without secrets",
		.run = config_show,
	},
	{
		.path = "cert list",
		.help = "certificates of TLS, and how long they last",
		.watch = true,
		.run = cert_list,
	},
	{
		.path = "cert reload",
		.help = "read certificates and keys again",
		.run = cert_reload,
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
		.path = "ban list",
		.args = "[SOURCE]",
		.help = "who is banned, or who of a prefix",
		.max_args = 1,
		.watch = true,
		.run = ban_list,
	},
	{
		.path = "ban add",
		.args = "SOURCE [for DURATION] [reason TEXT]",
		.help = "drop what comes from there",
		.details = SOURCE
			"  for DURATION          30s, 10m, 2h, 7d, or never, the default\n"
			"  reason TEXT           up to 31 octets\n"
			"  What was said of the same SOURCE is replaced; what it was is told.\n",
		.min_args = 1, .max_args = 5,
		.run = ban_add,
		.complete = ban_complete_add,
	},
	{
		.path = "ban del",
		.args = "SOURCE...|all",
		.help = "end bans",
		.details = SOURCE,
		.min_args = 1, .max_args = -1,
		.run = ban_del,
		.complete = ban_complete_del,
	},
	{
		.path = "kernel status",
		.help = "version of the module, what it holds, its hooks",
		.watch = true,
		.run = kernel_status,
	},
	{
		.path = "kernel stats",
		.help = "packets and messages by what became of them; -a: all",
		.watch = true,
		.run = kernel_stats,
	},
	{
		.path = "kernel monitor",
		.help = "print events about SIP as they happen",
		.run = kernel_monitor,
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
		.path = "kernel listener add",
		.args = "LISTENER [mode MODE] [workers N]",
		.help = "inspect what comes for a SIP server",
		.details = LISTENER,
		.min_args = 1, .max_args = 5,
		.run = kernel_listener_add,
		.complete = kernel_listener_complete_add,
	},
	{
		.path = "kernel listener set",
		.args = "LISTENER [mode MODE] [workers N] [load PERCENT]",
		.help = "change it; what is not named stays",
		.details = LISTENER
			"  load PERCENT          of the server, for three seconds; sipd tells it\n",
		.min_args = 3, .max_args = 7,
		.run = kernel_listener_set,
		.complete = kernel_listener_complete_set,
	},
	{
		.path = "kernel listener del",
		.args = "LISTENER",
		.help = "inspect it no more",
		.min_args = 1, .max_args = 1,
		.run = kernel_listener_del,
		.complete = kernel_listener_complete_del,
	},
	{
		.path = "kernel listener list",
		.help = "where SIP is inspected; overload, messages",
		.watch = true,
		.run = kernel_listener_list,
	},
	{
		.path = "kernel source add",
		.args = "SOURCE class trusted|registered [for DURATION] [reason TEXT]",
		.help = "say what class a source is of",
		.details = SOURCE
			"  class trusted         never banned by the kernel\n"
			"  class registered      as sipd says of those that have registered\n"
			"  for DURATION          30s, 10m, 2h, 7d, or never, the default\n"
			"  reason TEXT           up to 31 octets\n",
		.min_args = 3, .max_args = 7,
		.run = kernel_source_add,
		.complete = kernel_source_complete_add,
	},
	{
		.path = "kernel source del",
		.args = "SOURCE...",
		.help = "forget sources, whatever their class",
		.details = SOURCE,
		.min_args = 1, .max_args = -1,
		.run = kernel_source_del,
		.complete = kernel_source_complete_del,
	},
	{
		.path = "kernel source list",
		.args = "[trusted|registered|banned]",
		.help = "sources and their classes",
		.max_args = 1,
		.watch = true,
		.run = kernel_source_list,
		.complete = kernel_source_complete_list,
	},
	{
		.path = "kernel policy set",
		.args = "SETTING...",
		.help = "change the policy, all at once; the rest stays",
		.details = POLICY,
		.min_args = 2, .max_args = -1,
		.run = kernel_policy_set,
		.complete = kernel_policy_complete_set,
	},
	{
		/* Behind the one that begins with the same words. */
		.path = "kernel policy",
		.args = "[show]",
		.help = "limits, evidence for bans, overload; rules; -a: all",
		.max_args = 1,
		.watch = true,
		.run = kernel_policy_show,
		.complete = kernel_policy_complete,
	},
	{
		.path = "kernel rule add",
		.args = "ID ACTION [CONDITION...]",
		.help = "a rule on messages; replaces that of the same ID",
		.details = RULE,
		.min_args = 2, .max_args = 12,
		.run = kernel_rule_add,
		.complete = kernel_rule_complete_add,
	},
	{
		.path = "kernel rule del",
		.args = "ID...",
		.help = "delete rules",
		.min_args = 1, .max_args = -1,
		.run = kernel_rule_del,
		.complete = kernel_rule_complete_del,
	},
	{
		.path = "kernel rule list",
		.help = "rules and how often they fit",
		.watch = true,
		.run = kernel_rule_list,
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
