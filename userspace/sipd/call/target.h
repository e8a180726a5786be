/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a call may go: its targets, in the order in which they are tried (RFC 3261 s.16.5, s.16.6).
 *
 * Who makes targets (configured routes, bindings of a registrar, addresses of a name, the contacts
 * of a 3xx) calls call_targets_add() for each and lets the hunt do the rest. Targets of the same q
 * are tried at the same time, others one group after the other, the highest q first; among equals
 * the order of addition stands. A target that has a name is one all the same, however many
 * addresses that leads to.
 */
#ifndef SIPD_CALL_TARGET_H
#define SIPD_CALL_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"
#include "call/history.h"
#include "config/config.h"
#include "dns/dns.h"
#include "transport/transport.h"

struct call_realm;

#define CALL_MAX_TARGETS 32 /* of one call, ever */
#define CALL_MAX_REDIRECTS 5 /* of redirections one behind the other */
#define CALL_Q_MAX 1000 /* q=1 */

struct call_target_spec {
	struct tp_flow to; /* next hop, and the listener that it is reached from; or with */
	const struct dns_where *where; /* a name, the next hop is found by DNS, NULL: it is @to */
	struct call_realm *realm; /* that it is reached from; NULL: that of @to's listener */
	struct view ruri; /* Request-URI */
	struct view routes; /* value of a Route header; .p NULL: none */
	struct view label; /* for people: "trunk carrier-a", "binding of alice", "302 from ..." */
	uint16_t q; /* 0 to CALL_Q_MAX */
	uint32_t no_answer_ms; /* then it is left for the next one; 0: never */
	enum cfg_redirect redirect; /* what its 3xx mean */
	const struct cfg_account *account; /* for its challenges, NULL: none */
	const struct cfg_trunk *trunk; /* that it is; NULL: it is none */
	/*
	 * Is it tried after any refusal of those before it but 6xx, as a hunt is? Else only after
	 * those that call_hunt.failover names: it does what they should have done.
	 */
	bool hunted;
	/*
	 * Not 0: of targets of the same number, which lead to the same phone, one is tried, and
	 * another one only when its flow has failed (RFC 5626 s.7).
	 */
	unsigned int instance;
	enum call_found found; /* as the 3xx says that names it */
	/* What is said in its dialogs goes to @to, too, unless they have a route set. */
	bool by_flow;
};

struct call_target {
	struct call_target *next;
	const struct call_target *from; /* whose 3xx named it, NULL: none did */
	struct tp_flow to; /* that it is tried at; of a name not before its turn */
	struct dns_where where; /* host NULL: it has no name */
	struct call_realm *realm; /* that it is reached from */
	const struct cfg_account *account; /* NULL: none */
	const struct cfg_trunk *trunk; /* NULL: it is none */
	uint32_t no_answer_ms;
	uint16_t q;
	uint16_t set; /* of targets that were added together */
	uint8_t depth; /* redirections before it */
	uint8_t redirect; /* enum cfg_redirect */
	uint16_t instance; /* as of the specification */
	bool hunted;
	bool by_flow;
	struct call_past past; /* its URI is @ruri */
	uint32_t silence_ms; /* as of the trait */
	struct view ruri, routes, label; /* each ends with NUL */
	char text[];
};

/* What those have in common that are called for the same user or group of ours. */
struct call_target_trait {
	const struct call_past *by; /* himself; NULL: there is no such one */
	bool contact; /* they are his own, not those of somebody else */
	struct view params; /* of their Request-URIs, each with its semicolon */
	struct view label; /* in the place of theirs; .p NULL: theirs */
	uint32_t no_answer_ms; /* in the place of theirs; 0: theirs */
	uint32_t silence_ms; /* who has not said anything by then is given up, 0: never */
	bool ranked; /* @q is in the place of theirs, and */
	uint16_t q;
	bool hunted; /* each is tried after any refusal */
};

/* All zero: none. */
struct call_targets {
	bool sips; /* the request is for a sips URI: only what is reached by TLS may be added */
	struct call_target *waiting; /* in the order of trial */
	struct call_target *tried;
	struct call_target *reserve; /* other flows to phones of the two */
	unsigned int count; /* of all */
	uint16_t instances; /* numbers that phones have so far */
	uint16_t set; /* the one that is added to; each comes before those before it */
	struct call_target_trait trait; /* of those that are added now, but for those of a 3xx */
	struct call_callee *callees; /* that the call came to, the last one first */
};

/* TLS on every hop up to the domain of it (RFC 3261 s.26.2.2). */
bool call_is_sips(struct view uri);
/*
 * Adds one to the present set; all is copied. -ENOMEM, -E2BIG: CALL_MAX_TARGETS, -EPROTOTYPE: the
 * request is for a sips URI, and this would go on without TLS.
 * @from: the target whose 3xx named it, or NULL.
 */
int call_targets_add(struct call_targets *targets, const struct call_target_spec *spec,
		     const struct call_target *from);
/* What is added from now on is tried before what waits already. */
void call_targets_begin(struct call_targets *targets);
/* Gives @past, unless it has one, the next index of those of its level that have been called. */
void call_targets_count_in(const struct call_targets *targets, struct call_past *past);
/* Is there one at the same next hop as @spec's, for the same user, tried or not? */
bool call_targets_have(const struct call_targets *targets, const struct call_target_spec *spec);
/*
 * Takes the next one to be tried: the first of a group with @group NULL, else another one of
 * @group's; NULL: there is none. It lives as long as the targets.
 */
struct call_target *call_targets_take(struct call_targets *targets,
				      const struct call_target *group);
/* What a target that cannot be reached has failed with: 503, or 430 if it is a flow to a phone. */
int call_target_unreachable(const struct call_target *target);
/*
 * Was it not the phone that refused, but the flow to it that failed (RFC 5626 s.7)? @status is that
 * of a response, or else made here; @heard: something has come back by it before.
 */
bool call_flow_failed(int status, bool response, bool heard);
/* Is there another flow to the same phone? */
bool call_targets_have_flow(const struct call_targets *targets, const struct call_target *failed);
/* Takes the next flow to the same phone as @failed's, tried there and then; NULL: there is none. */
struct call_target *call_targets_take_flow(struct call_targets *targets,
					   const struct call_target *failed);
/*
 * Is @target (NULL: none) tried after what has failed before it, with @status as the best of it?
 * @failover: what lets others than hunted ones follow, NULL: nothing.
 */
bool call_target_follows(const struct call_target *target, const struct cfg_statuses *failover,
			 int status);
/* None of those that wait is tried. */
void call_targets_drop(struct call_targets *targets);
void call_targets_clean(struct call_targets *targets);

#endif
