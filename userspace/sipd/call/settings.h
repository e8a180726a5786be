/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration as one shard works by it: with what has to be made of it there, and how many work
 * by it. Whatever lasts longer than a turn of the loop takes a reference to the settings that it
 * began with, and looks at no others: a call, a request that goes on, a proxied request. What is
 * there only once (listeners, tables, limits) works by the settings in force.
 */
#ifndef SIPD_CALL_SETTINGS_H
#define SIPD_CALL_SETTINGS_H

#include <regex.h>
#include <sys/queue.h>

#include "config/config.h"

struct call_engine;
struct call_known_peer;
struct dns;
struct loop;

LIST_HEAD(call_peer_list, call_known_peer);
LIST_HEAD(call_settings_list, call_settings);

/* What a route needs to work; a compiled pattern has a lock inside. */
struct call_rule {
	regex_t match;
	bool any; /* there is no pattern */
	unsigned int turn; /* trunk that begins next, of round-robin */
};

struct call_settings {
	const struct cfg *cfg; /* one reference for all */
	struct call_engine *engine; /* NULL: never in force */
	LIST_ENTRY(call_settings) link; /* of engine->settings_used */
	unsigned int users; /* being in force is one */
	struct call_rule *rules; /* of cfg->routes */
	unsigned int nrules;
	/* By slot, what every call's way is noted with: "next-hop of realm access: ...". */
	char (*ways)[384];
	/* For what takes them out when it is put in force: */
	struct call_peer_list peers; /* those of the configuration that have names */
	struct dns *dns; /* NULL: nobody has one, or there is a resolver already */
};

/*
 * Takes over one reference to @cfg, in whatever way it ends. From any thread: nothing of a shard is
 * used but its @loop for timers that are set later. @first: there is no resolver yet. NULL: out of
 * memory, or as dns_alloc() has logged.
 */
struct call_settings *call_settings_alloc(const struct cfg *cfg, struct loop *loop, bool first);
static inline struct call_settings *call_settings_get(struct call_settings *settings)
{
	settings->users++;
	return settings;
}

/* NULL is fine. The last one frees them. */
void call_settings_put(struct call_settings *settings);

/*
 * Puts @settings in force in @engine, whose thread this is or whose loop does not run yet; takes
 * over the caller's reference. Cannot fail. What has begun before goes on by what it began with.
 */
void call_settings_enforce(struct call_engine *engine, struct call_settings *settings);

#endif
