/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which targets a call has by configuration: the first route that fits, else the next hop. */
#ifndef SIPD_CALL_ROUTE_H
#define SIPD_CALL_ROUTE_H

#include "call/exchange.h"
#include "call/gruu.h"
#include "call/target.h"
#include "sip/msg.h"

struct call_choice {
	struct call_settings *settings; /* that it is made by; borrowed */
	struct call_targets targets; /* the caller's to clean; they borrow from the settings */
	const struct cfg_route *route; /* NULL: the next hop of the realm, or a user of ours */
	unsigned int diversions; /* by others before */
	int refused; /* the status that a user refuses the call with */
	char why[CALL_NOTE_MAX]; /* what decided, for people; "": nothing to be said */
};

/* What decides where a request goes. */
struct call_way {
	enum cfg_mode mode;
	const struct cfg_domain *domain; /* of whose users one is called; NULL: */
	const struct cfg_route *route; /* that fits; NULL too: the next hop of the realm */
	const char *user; /* of @domain, NULL: it can have none of that name */
	struct aor aor;
	struct gruu gruu; /* with @is_gruu: which of the user's phones */
	bool is_gruu;
	struct view routes; /* with that Route, of a phone's registration; VIEW_NONE: none */
	const struct cfg_trunk *trunk; /* with @routes: to it; NULL: to the next hop */
};

/* By the settings in force. 0; -ENOENT: nothing does; -ENOMEM. */
int call_way_find(struct call_engine *engine, const struct call_realm *realm,
		  const struct sip_uri *ruri, struct call_way *way);
/*
 * Where that leads. @ruri is what the targets get as their Request-URI, with the host of theirs; or
 * with @as_is as it is, unless it is for a user of ours. Otherwise as call_route().
 */
int call_way_targets(struct call_engine *engine, const struct call_realm *realm,
		     const struct call_way *way, const struct sip_uri *ruri, struct view as_is,
		     struct call_choice *choice);

/*
 * Chooses for @invite, which came to @realm, by the settings in force. 0; -ENOENT: it goes nowhere;
 * -ESRCH: it is for a domain of ours that has no such user; -EAGAIN: it has, but he is registered
 * nowhere; -EAFNOSUPPORT: no listener reaches where it goes; -EHOSTDOWN: no trunk there is enabled;
 * -ENOMEM; -EBADMSG: its Request-URI cannot be read; or as of call_treat_enter(). With an error,
 * @choice has no targets.
 */
int call_route(struct call_engine *engine, const struct call_realm *realm,
	       const struct sip_msg *invite, struct call_choice *choice);

/* --- targets of other choices, by choice->settings; each as the trait of the targets says --- */

/* By the routes, at most @max trunks, or the next hop of @realm. As call_route(). */
int call_route_out(struct call_engine *engine, const struct call_realm *realm,
		   const struct sip_uri *ruri, unsigned int max, struct call_choice *choice);
/* What leads from @realm to @peer, which has an address. 0 or -EAFNOSUPPORT. */
int call_peer_flow(const struct call_realm *realm, const struct cfg_peer *peer, struct tp_flow *to);
/* At random, 0 to @n - 1. */
uint32_t call_chance(struct call_engine *engine, uint32_t n);
/* @user at a trunk. */
int call_route_trunk(struct call_engine *engine, const struct cfg_trunk *trunk, struct view user,
		     struct call_targets *targets);
struct registrar_targets;
/*
 * Where a user of ours is registered: each by the flow that his phone keeps, whatever its Contact
 * says, or along its Path.
 */
int call_route_bindings(struct call_engine *engine, const struct registrar_targets *bindings,
			struct call_targets *targets);

#endif
