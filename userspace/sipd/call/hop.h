/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of a name, one after the other (RFC 3263 s.4): found by DNS, those that failed
 * lately last. Knows nothing of what is sent there: its user tells how each one fared.
 */
#ifndef SIPD_CALL_HOP_H
#define SIPD_CALL_HOP_H

#include "call/engine.h"
#include "dns/dns.h"
#include "sip/msg.h"

struct call_target;

enum call_hop_failure {
	CALL_HOP_SILENT, /* no response, not even a 100 */
	CALL_HOP_UNREACHABLE, /* nothing can be sent there */
	CALL_HOP_UNAVAILABLE, /* 503 */
};

/* Embedded in its user; all zero before call_hop_resolve() and after call_hop_clean(). */
struct call_hop {
	struct call_engine *engine;
	const struct call_realm *realm; /* that it is reached from */
	const struct tp_flow *by; /* who named it, NULL: the configuration */
	void *user;
	void (*done)(struct call_hop *hop);
	struct dns_request request;
	unsigned int next; /* of request.targets */
	const struct dns_target *present; /* NULL: none was given out */
};

/*
 * Looks for the addresses that @where leads to from @realm. 0: they are known, as far as there are
 * any; -EINPROGRESS: @done will tell when. The engine has a resolver. hop->user and hop->by are set
 * before: only addresses that somebody may send us to are taken from him (sip_dialog_admits()).
 */
int call_hop_resolve(struct call_hop *hop, struct call_engine *engine,
		     const struct call_realm *realm, const struct dns_where *where,
		     void (*done)(struct call_hop *hop));
/* A new one, *@hop, for a target that has a name; or -ENOMEM. */
int call_hop_start(struct call_hop **hop, void *user, struct call_engine *engine,
		   const struct call_target *target, void (*done)(struct call_hop *hop));
/* In whatever state it is. */
void call_hop_clean(struct call_hop *hop);

/* Of the addresses found. */
unsigned int call_hop_count(const struct call_hop *hop);
/* Why there are none: what was asked and what came of it. Shows names: not for the other side. */
const char *call_hop_why(const struct call_hop *hop);

/* The next address to try; false: there is none left. */
bool call_hop_next(struct call_hop *hop, struct tp_flow *to);
bool call_hop_has_next(const struct call_hop *hop);
/* "10.0.0.2:5060", the one that call_hop_next() gave last; returns @buf. */
const char *call_hop_name(const struct call_hop *hop, char buf[TP_ADDR_STRLEN]);
/*
 * That one failed, @retry_after_s: for how long it said (0: it did not). Every call of this shard
 * then tries it last for a while.
 */
void call_hop_failed(struct call_hop *hop, enum call_hop_failure why, uint32_t retry_after_s);
/* What a 503 says for how long, in seconds; 0: nothing. */
uint32_t call_hop_retry_after(const struct sip_msg *response);
/* That one answered. */
void call_hop_served(struct call_hop *hop);

/* What the realm's listeners reach. */
struct dns_reach call_realm_reach(const struct call_realm *realm);
/* What leads from the realm to @addr by @proto; false: it has no such listener. */
bool call_realm_flow(const struct call_realm *realm, enum tp_proto proto,
		     const struct tp_addr *addr, struct tp_flow *flow);
/* Is that a listener of ours? What is sent there makes a call of its own call. */
bool call_is_own(const struct call_engine *engine, const struct tp_addr *addr);

#endif
