// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/hop.h"

#include <errno.h>
#include <stdlib.h>

#include "call/target.h"
#include "sip/dialog.h"

/* A Retry-After beyond it is not taken at its word: servers come back. */
#define MAX_RETRY_AFTER_S 600

struct dns_reach call_realm_reach(const struct call_realm *realm)
{
	struct dns_reach reach = { 0 };

	for (unsigned int i = 0; i < realm->nlisteners; i++) {
		const struct tp_listener *listener = realm->listeners[i].tp;

		if (!tp_is_ws(listener->proto))
			reach.families[listener->proto] |=
				listener->local.sa.sa_family == AF_INET ? DNS_IPV4 : DNS_IPV6;
	}
	return reach;
}

bool call_realm_flow(const struct call_realm *realm, enum tp_proto proto,
		     const struct tp_addr *addr, struct tp_flow *flow)
{
	for (unsigned int i = 0; i < realm->nlisteners; i++) {
		struct tp_listener *listener = realm->listeners[i].tp;

		if (listener->proto != proto || listener->local.sa.sa_family != addr->sa.sa_family)
			continue;
		*flow = (struct tp_flow){ .listener = listener, .remote = *addr };
		return true;
	}
	return false;
}

bool call_is_own(const struct call_engine *engine, const struct tp_addr *addr)
{
	for (unsigned int i = 0; i < engine->nrealms; i++) {
		const struct call_realm *realm = &engine->realms[i];

		for (unsigned int j = 0; j < realm->nlisteners; j++)
			if (tp_addr_eq(&realm->listeners[j].tp->local, addr))
				return true;
	}
	return false;
}

static const char *check(const struct call_hop *hop, const struct dns_target *target)
{
	struct tp_flow flow;

	if (call_is_own(hop->engine, &target->addr))
		return " leads back to a listener of this sipd";
	if (!call_realm_flow(hop->realm, target->proto, &target->addr, &flow) ||
	    (hop->by && !sip_dialog_admits(hop->by, &target->addr)))
		return " leads to where nothing is sent from there";
	return NULL;
}

/* Targets that cannot be used are taken out. */
static void sift(struct call_hop *hop)
{
	struct dns_request *request = &hop->request;
	const char *refused = NULL;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < request->count; i++) {
		const char *why = check(hop, &request->targets[i]);

		if (!why)
			request->targets[kept++] = request->targets[i];
		refused = why ? why : refused;
	}
	if (!kept && refused) {
		struct sip_out out;

		sip_out_init(&out, request->why, sizeof(request->why) - 1);
		sip_out_str(&out, request->host);
		sip_out_str(&out, refused);
		request->why[out.len] = '\0';
	}
	request->count = kept;
}

static void on_resolved(struct dns_request *request)
{
	struct call_hop *hop = (void *)((char *)request - offsetof(struct call_hop, request));

	sift(hop);
	hop->done(hop);
}

int call_hop_resolve(struct call_hop *hop, struct call_engine *engine,
		     const struct call_realm *realm, const struct dns_where *where,
		     void (*done)(struct call_hop *hop))
{
	struct dns_reach reach = call_realm_reach(realm);
	int ret;

	hop->engine = engine;
	hop->realm = realm;
	hop->done = done;
	hop->next = 0;
	hop->present = NULL;
	ret = dns_resolve(engine->dns, &hop->request, where, &reach, on_resolved);
	if (!ret)
		sift(hop);
	return ret;
}

int call_hop_start(struct call_hop **hop, void *user, struct call_engine *engine,
		   const struct call_target *target, void (*done)(struct call_hop *hop))
{
	*hop = calloc(1, sizeof(**hop));
	if (!*hop)
		return -ENOMEM;
	(*hop)->user = user;
	(*hop)->by = target->from ? &target->from->to : NULL;
	return call_hop_resolve(*hop, engine, target->realm, &target->where, done);
}

void call_hop_clean(struct call_hop *hop)
{
	dns_cancel(&hop->request);
	memset(hop, 0, sizeof(*hop));
}

unsigned int call_hop_count(const struct call_hop *hop)
{
	return hop->request.count;
}

const char *call_hop_why(const struct call_hop *hop)
{
	return hop->request.why;
}

bool call_hop_has_next(const struct call_hop *hop)
{
	return hop->next < hop->request.count;
}

static bool is_numeric(const struct call_hop *hop)
{
	struct tp_addr addr;

	return !tp_addr_parse(&addr, view_str(hop->request.host), 0);
}

bool call_hop_next(struct call_hop *hop, struct tp_flow *to)
{
	if (!call_hop_has_next(hop))
		return false;
	hop->present = &hop->request.targets[hop->next++];
	/* What cannot be reached has been taken out. */
	call_realm_flow(hop->realm, hop->present->proto, &hop->present->addr, to);
	/* RFC 5922 s.4: the name that was looked up, not one that it led to. */
	if (to->listener->proto == TP_TLS && !is_numeric(hop))
		to->name = tp_name_id(to->listener->tp, hop->request.host);
	return true;
}

const char *call_hop_name(const struct call_hop *hop, char buf[TP_ADDR_STRLEN])
{
	return tp_addr_format(&hop->present->addr, buf);
}

void call_hop_failed(struct call_hop *hop, enum call_hop_failure why, uint32_t retry_after_s)
{
	if (retry_after_s > MAX_RETRY_AFTER_S)
		retry_after_s = MAX_RETRY_AFTER_S;
	/* RFC 3261 s.21.5.4: without Retry-After a 503 speaks of that request alone. */
	if (why == CALL_HOP_UNAVAILABLE && !retry_after_s)
		return;
	dns_failed(hop->engine->dns, hop->present,
		   why == CALL_HOP_UNAVAILABLE ? retry_after_s * 1000 : 0);
}

uint32_t call_hop_retry_after(const struct sip_msg *response)
{
	const struct sip_header *header = sip_msg_header(response, SIP_HDR_RETRY_AFTER, NULL);
	uint32_t seconds = 0;
	struct view digits;

	if (!header)
		return 0;
	digits = header->value;
	for (size_t i = 0; i < digits.len; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			digits.len = i;
	view_to_u32(digits, UINT32_MAX, &seconds);
	return seconds;
}

void call_hop_served(struct call_hop *hop)
{
	dns_served(hop->engine->dns, hop->present);
}
