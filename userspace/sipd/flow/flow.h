/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went over the wire, for questions after the fact: a record for each transaction, running
 * and finished, and the octets of the messages seen last. One store per shard, one thread.
 *
 * All memory is taken when the store is made: config->flows times sizeof(struct flow), and
 * config->messages octets. A message costs a copy and no allocation; nothing is parsed but the
 * first message of a transaction, and of that only From and To.
 *
 * What is forgotten: of messages the oldest; of records that which finished first. Only when all
 * of them are of running transactions the oldest of these goes.
 */
#ifndef SIPD_FLOW_FLOW_H
#define SIPD_FLOW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "sip/transaction.h"

struct flow_store;

struct flow_config {
	uint32_t flows; /* records, at most FLOW_MAX_FLOWS; 0: nothing is kept at all */
	size_t messages; /* octets of the ring, 0: no messages are kept */
};

#define FLOW_MAX_FLOWS (1u << 24)
/* Each message has a copy in the ring, however long: it holds several of the longest. */
#define FLOW_MIN_MESSAGES (256u << 10)

/* How a transaction stands. */
enum flow_end {
	FLOW_RUNNING, /* no final response yet */
	FLOW_ANSWERED, /* with a final response */
	FLOW_TIMEOUT, /* no final response came in time */
	FLOW_NO_ACK, /* a final response of ours was not acknowledged */
	FLOW_UNANSWERED, /* it ended here without a final response */
	FLOW_SINGLE, /* an ACK or a response that belongs to no transaction known here */
	FLOW_IGNORED, /* not used at all: flow->error says why */
};

const char *flow_end_name(enum flow_end end);

#define FLOW_CALL_STRLEN 17

/* Pieces of text, as far as there is room. */
enum flow_text {
	FLOW_CALL_ID,
	FLOW_FROM, /* URI */
	FLOW_TO, /* URI */
	FLOW_METHOD,
	FLOW_NOTE, /* what flow_note() said */
	FLOW_TEXTS
};

#define FLOW_TEXT_ROOM 248
/* Of a longer one only the beginning is kept. */
#define FLOW_CALL_ID_MAX 72

struct flow {
	TAILQ_ENTRY(flow) by_age; /* all that are in use */
	TAILQ_ENTRY(flow) by_end; /* all but the running ones */
	uint64_t start_ns; /* monotonic */
	uint64_t newest; /* its last message in the ring, plus 1; 0: none */
	const char *realm; /* "": none */
	const char *error; /* why its first message was not used; static, NULL: it was */
	uint32_t generation; /* how often the record has been used */
	uint32_t messages; /* seen so far */
	uint32_t first_us,
		final_us; /* from the start to the first response, and to the final one */
	uint32_t cseq;
	uint16_t first, status; /* first response, 0: none; last one, the final one if there is */
	uint16_t rx_again, tx_again; /* retransmissions; 65535: or more */
	struct tp_addr local, peer;
	uint8_t proto; /* enum tp_proto */
	uint8_t method; /* enum sip_method */
	uint8_t end; /* enum flow_end */
	bool outgoing; /* sipd is the client */
	bool acked;
	uint8_t len[FLOW_TEXTS];
	char call[FLOW_CALL_STRLEN]; /* id of the call that it is part of, "": none */
	char text[FLOW_TEXT_ROOM]; /* all of enum flow_text, one behind the other */
};

/* 0 or -ENOMEM. */
int flow_store_alloc(struct flow_store **store, const struct flow_config *config);
void flow_store_free(struct flow_store *store);

/*
 * A message was seen. @mark is the transaction's word (struct sip_trace), NULL: it has none. @realm
 * lives as long as the store, @call is copied, NULL: not known (yet).
 */
void flow_trace(struct flow_store *store, uint64_t *mark, const struct sip_trace *trace,
		const char *realm, const char *call);
/* sip_handlers.ended */
void flow_ended(struct flow_store *store, uint64_t mark, enum sip_ending how);
/* The transaction belongs to this call. */
void flow_own(struct flow_store *store, uint64_t mark, const char *call);
/* Why it was answered as it was, for people; the last one counts. */
void flow_note(struct flow_store *store, uint64_t mark, const char *note);

/* --- reading --- */

struct flow_filter {
	uint64_t mark; /* this one only; 0: any */
	const char *call; /* id of a call; NULL: any */
	const char *call_id; /* NULL: any */
	const char *method; /* NULL: any */
	enum { FLOW_ANY_STATE, FLOW_ONLY_RUNNING, FLOW_ONLY_FINISHED } state;
	struct tp_addr peer; /* family 0: any; port 0: any */
	int code_min, code_max; /* of the last response; 0: any */
	uint64_t since_ns; /* monotonic; begun then or later */
};

/* Where to go on. All zero: from the newest flow on. */
struct flow_cursor {
	uint64_t mark; /* of the flow that was looked at last */
	uint64_t start_ns;
	uint64_t message; /* it has older messages, from this one on; 0: it is done with */
};

/* What flow_trace() has put into the transaction's word. Never 0. */
uint64_t flow_mark(const struct flow_store *store, const struct flow *flow);
struct view flow_text(const struct flow *flow, enum flow_text which);

/* Most flows that one call looks at, so that it takes a bounded time. */
#define FLOW_SCAN_MAX 2000

/*
 * Calls @cb for up to @max flows that fit, newest first, from @cursor on, which it moves. True:
 * there may be more.
 */
bool flow_each(const struct flow_store *store, const struct flow_filter *filter,
	       struct flow_cursor *cursor, unsigned int max,
	       void (*cb)(void *arg, const struct flow *flow), void *arg);

struct flow_message {
	const struct flow *flow;
	uint64_t time_ns; /* monotonic */
	bool outgoing;
	bool retransmission;
	struct view octets; /* as they were on the wire: secrets too */
};

/*
 * The messages that are still there of the flows that fit: flow by flow as flow_each(), each
 * flow's newest first. It stops once @max octets have been told.
 */
bool flow_each_message(const struct flow_store *store, const struct flow_filter *filter,
		       struct flow_cursor *cursor, size_t max,
		       void (*cb)(void *arg, const struct flow_message *message), void *arg);

struct flow_counts {
	uint32_t flows, max_flows;
	uint64_t total; /* since the start */
	uint64_t replaced_running; /* records given up while their transactions ran */
};

void flow_counts(const struct flow_store *store, struct flow_counts *counts);

/* Monotonic nanoseconds, and what they are as Unix time by the clock of now. */
uint64_t flow_now_ns(void);
uint64_t flow_unix_ns(uint64_t monotonic_ns);

#endif
