// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of transactions: which message belongs to which, and how each of them stands. */
#include "flow/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t flow_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t flow_unix_ns(uint64_t monotonic_ns)
{
	return clock_ns(CLOCK_REALTIME) - flow_now_ns() + monotonic_ns;
}

const char *flow_end_name(enum flow_end end)
{
	static const char *const names[] = {
		[FLOW_RUNNING] = "",
		[FLOW_ANSWERED] = "answered",
		[FLOW_TIMEOUT] = "timeout",
		[FLOW_NO_ACK] = "no-ack",
		[FLOW_UNANSWERED] = "unanswered",
		[FLOW_SINGLE] = "single",
		[FLOW_IGNORED] = "ignored",
	};

	return names[end];
}

int flow_store_alloc(struct flow_store **out, const struct flow_config *config)
{
	struct flow_store *store = calloc(1, sizeof(*store));

	*out = NULL;
	if (!store)
		return -ENOMEM;
	TAILQ_INIT(&store->by_age);
	TAILQ_INIT(&store->by_end);
	store->max = config->flows;
	if (store->max) {
		store->flows = mmap(NULL, store->max * sizeof(*store->flows),
				    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (store->flows == MAP_FAILED) {
			free(store);
			return -ENOMEM;
		}
	}
	if (flow_ring_init(&store->ring, store->max ? config->messages : 0)) {
		flow_store_free(store);
		return -ENOMEM;
	}
	*out = store;
	return 0;
}

void flow_store_free(struct flow_store *store)
{
	if (!store)
		return;
	flow_ring_clean(&store->ring);
	if (store->max)
		munmap(store->flows, store->max * sizeof(*store->flows));
	free(store);
}

/* Generation above, number of the record below: a mark of a record's former use fits no more. */
uint64_t flow_mark(const struct flow_store *store, const struct flow *flow)
{
	return (uint64_t)flow->generation << 32 | (uint32_t)(flow - store->flows);
}

struct flow *flow_of(const struct flow_store *store, uint64_t mark)
{
	uint32_t index = (uint32_t)mark;
	struct flow *flow;

	if (index >= store->used)
		return NULL;
	flow = &store->flows[index];
	return flow->generation == mark >> 32 ? flow : NULL;
}

static struct flow *record_get(struct flow_store *store)
{
	struct flow *flow;

	if (store->used < store->max)
		return &store->flows[store->used++];
	flow = TAILQ_FIRST(&store->by_end);
	if (flow) {
		TAILQ_REMOVE(&store->by_end, flow, by_end);
	} else {
		flow = TAILQ_FIRST(&store->by_age);
		store->replaced_running++;
	}
	TAILQ_REMOVE(&store->by_age, flow, by_age);
	return flow;
}

static void finish(struct flow_store *store, struct flow *flow, enum flow_end end)
{
	if (flow->end == FLOW_RUNNING)
		TAILQ_INSERT_TAIL(&store->by_end, flow, by_end);
	flow->end = (uint8_t)end;
}

static struct flow *begin(struct flow_store *store, const struct sip_trace *trace, uint64_t now,
			  const char *realm)
{
	struct flow *flow = record_get(store);

	flow->generation++;
	if (!flow->generation)
		flow->generation = 1;
	flow->start_ns = now;
	flow->newest = 0;
	flow->realm = realm;
	flow->error = trace->error;
	flow->messages = 0;
	flow->first_us = flow->final_us = 0;
	flow->cseq = trace->cseq;
	flow->first = flow->status = 0;
	flow->rx_again = flow->tx_again = 0;
	flow->local = trace->flow->listener->local;
	flow->peer = trace->flow->remote;
	flow->proto = (uint8_t)trace->flow->listener->proto;
	flow->method = (uint8_t)trace->method;
	flow->end = FLOW_RUNNING;
	flow->outgoing = trace->status ? !trace->outgoing : trace->outgoing;
	flow->acked = false;
	flow->call[0] = '\0';
	flow_text_read(flow, trace);
	TAILQ_INSERT_TAIL(&store->by_age, flow, by_age);
	store->total++;
	return flow;
}

static uint32_t since_us(const struct flow *flow, uint64_t now)
{
	uint64_t us = (now - flow->start_ns) / 1000;

	return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

static void count(uint16_t *counter)
{
	if (*counter < UINT16_MAX)
		(*counter)++;
}

static void responded(struct flow_store *store, struct flow *flow, uint16_t status, uint64_t now)
{
	if (flow->status >= 200)
		return;
	flow->status = status;
	if (!flow->first) {
		flow->first = status;
		flow->first_us = since_us(flow, now);
	}
	if (status < 200)
		return;
	flow->final_us = since_us(flow, now);
	if (flow->end == FLOW_RUNNING)
		finish(store, flow, FLOW_ANSWERED);
}

void flow_trace(struct flow_store *store, uint64_t *mark, const struct sip_trace *trace,
		const char *realm, const char *call)
{
	struct flow_entry entry = { .outgoing = trace->outgoing,
				    .retransmission = trace->retransmission };
	struct flow *flow = NULL;

	if (!store->max)
		return;
	entry.time_ns = flow_now_ns();
	if (mark && *mark) {
		flow = flow_of(store, *mark);
		/* Its record was needed for another one. */
		if (!flow)
			return;
	} else {
		flow = begin(store, trace, entry.time_ns, realm);
		if (mark)
			*mark = flow_mark(store, flow);
	}
	if (call && !flow->call[0])
		memcpy(flow->call, call, FLOW_CALL_STRLEN);
	flow->messages++;
	if (trace->retransmission)
		count(trace->outgoing ? &flow->tx_again : &flow->rx_again);
	if (trace->status && !trace->error)
		responded(store, flow, (uint16_t)trace->status, entry.time_ns);
	else if (trace->method == SIP_ACK)
		flow->acked = true;
	entry.prev = flow->newest;
	flow->newest = flow_ring_add(&store->ring, &entry, trace->raw);
	/* Nothing more comes of what has no transaction. */
	if (!mark)
		finish(store, flow, trace->error ? FLOW_IGNORED : FLOW_SINGLE);
}

void flow_ended(struct flow_store *store, uint64_t mark, enum sip_ending how)
{
	struct flow *flow = mark ? flow_of(store, mark) : NULL;

	if (!flow)
		return;
	if (how == SIP_ENDED_NO_ACK)
		finish(store, flow, FLOW_NO_ACK);
	else if (flow->end == FLOW_RUNNING)
		finish(store, flow,
		       how == SIP_ENDED_TIMEOUT ? FLOW_TIMEOUT :
		       flow->error		? FLOW_IGNORED :
						  FLOW_UNANSWERED);
}

void flow_own(struct flow_store *store, uint64_t mark, const char *call)
{
	struct flow *flow = mark ? flow_of(store, mark) : NULL;

	if (flow)
		memcpy(flow->call, call, FLOW_CALL_STRLEN);
}

void flow_note(struct flow_store *store, uint64_t mark, const char *note)
{
	struct flow *flow = mark ? flow_of(store, mark) : NULL;

	if (flow)
		flow_text_note(flow, note);
}

void flow_counts(const struct flow_store *store, struct flow_counts *counts)
{
	*counts = (struct flow_counts){
		.flows = store->used,
		.max_flows = store->max,
		.total = store->total,
		.replaced_running = store->replaced_running,
	};
}
