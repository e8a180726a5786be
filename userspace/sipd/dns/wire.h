/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to DNS servers and their answers, by c-ares on the shard's loop: retransmission, the
 * next server after one that fails, TCP after a truncated answer. Answers whose ID, question or
 * source is not that of the question are left unread.
 */
#ifndef SIPD_DNS_WIRE_H
#define SIPD_DNS_WIRE_H

#include "base/loop.h"
#include "dns/message.h"
#include "transport/transport.h"

struct dns_wire;

struct dns_wire_config {
	const struct tp_addr *servers;
	unsigned int nservers; /* 0: those of /etc/resolv.conf */
	uint32_t timeout_ms; /* for the first attempt at one server; doubled with each round */
	unsigned int attempts; /* rounds over all servers */
};

/*
 * @answer is the user's to free, NULL without memory. May be called before dns_wire_query()
 * returns.
 */
typedef void (*dns_wire_cb)(void *arg, struct dns_answer *answer);

/* 0 or negative errno; the configuration is copied. Not to be called by two threads at a time. */
int dns_wire_alloc(struct dns_wire **wire, struct loop *loop, const struct dns_wire_config *config);
/* Questions under way are forgotten: their callbacks are not called. */
void dns_wire_free(struct dns_wire *wire);
/* @name is normalized. */
void dns_wire_query(struct dns_wire *wire, const char *name, enum dns_type type, dns_wire_cb cb,
		    void *arg);

#endif
