/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ENDPOINT_H
#define SF_ENDPOINT_H

#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/spinlock.h>

#include "addr.h"
#include "dtmf.h"
#include "range.h"
#include "route.h"
#include "rtp.h"
#include "rtp_rewrite.h"

struct sf_session;

/**
 * struct sf_report - what RTCP of the remote says of what it is sent
 * @rtt_us: valid with @has_rtt
 * @lost: cumulative; this and the next two are valid with @has_report
 * @fraction: of 256
 */
struct sf_report {
	u32 rtt_us;
	s32 lost;
	u32 jitter_us;
	u8 fraction;
	bool has_report;
	bool has_rtt;
};

/**
 * struct sf_rx_stats - what an endpoint received; the ABI says what each means
 * @last: ns of ktime_get(), of the last accepted packet; 0: none yet
 * @payload_types: bit for each that came
 */
struct sf_rx_stats {
	u64 packets;
	u64 octets;
	u64 last;
	struct rtp_source source;
	u64 duplicate;
	u64 reordered;
	u64 bad_source;
	u64 malformed;
	DECLARE_BITMAP(payload_types, RTP_PAYLOAD_TYPES);
	u32 ssrc_changes;
	struct sf_report report;
};

/**
 * struct sf_limit - of the events that packets for an endpoint can cause
 * @second: of ktime_get(), roughly, that @n is about
 * @n: how many there were in it
 */
struct sf_limit {
	u32 second;
	u32 n;
};

/* What the next packet must not be let pass without a look at. */
enum sf_watch {
	SF_WATCH_INACTIVE = BIT(0),	/* EVENT_INACTIVE was the last word */
	SF_WATCH_DTMF = BIT(1),		/* a telephone event is on */
};

/**
 * struct sf_rx - receiving side, written by the CPU that the flow arrives on
 * @lock: protects what follows, and the latch of the endpoint while it is set
 * @closed: the endpoint is deleted, nothing here changes any more
 * @watch: enum sf_watch
 * @rtcp_ssrc: of the last sender of RTCP, read without @lock, too
 * @dtmf: telephone events
 * @limit: of events
 * @rejected: ns of ktime_get() of the last EVENT_REJECTED, 0: none yet
 */
struct sf_rx {
	spinlock_t lock; /* of the rest */
	bool closed;
	u8 watch;
	struct sf_rx_stats stats;
	u32 rtcp_ssrc;
	struct dtmf_state dtmf;
	struct sf_limit limit;
	u64 rejected;
};

/* What left from an endpoint; the ABI says what each means. */
struct sf_tx_stats {
	u64 packets;
	u64 octets;
	u64 dropped;
	u64 blocked;
	u64 icmp;
};

/**
 * struct sf_sent_report - a sender report that left
 * @at: ns of ktime_get(); 0: there is none
 * @ntp: middle 32 bits of its NTP timestamp
 * @ssrc: of its sender
 */
struct sf_sent_report {
	u64 at;
	u32 ntp;
	u32 ssrc;
};

/* Answers to a report may cross the next one. */
#define SF_SENT_REPORTS		2

/**
 * struct sf_tx - sending side, written by the CPU that the flow forwarded here arrives on
 * @lock: protects what follows
 * @closed: the endpoint is deleted, nothing here changes any more
 * @sent: the last sender reports, the last one first
 * @icmp_told: ns of ktime_get() of the last EVENT_ICMP, 0: none yet
 */
struct sf_tx {
	spinlock_t lock; /* of the rest */
	bool closed;
	struct sf_tx_stats stats;
	struct sf_route route;
	struct sf_sent_report sent[SF_SENT_REPORTS];
	u64 icmp_told;
};

/**
 * struct sf_endpoint - identity and statistics of an endpoint
 * @session: that it belongs to; lives as long as it does
 * @range: that it lies in
 * @local: its own address
 * @id: unique in the session
 * @index: its place in every &struct sf_conf of the session
 * @rx: apart from @tx: the two directions of a call arrive on different CPUs
 *
 * How it behaves is in the session's &struct sf_conf. Read-only after publication but for
 * @rx and @tx.
 */
struct sf_endpoint {
	struct sf_session *session;
	struct sf_range *range;
	struct sf_addr local;
	u32 id;
	u32 index;
	struct rcu_head rcu;

	struct sf_rx rx ____cacheline_aligned_in_smp;
	struct sf_tx tx ____cacheline_aligned_in_smp;
};

struct sf_endpoint *sf_endpoint_alloc(struct sf_session *session, struct sf_range *range,
				      const struct sf_addr *local, u32 id, u32 index);

/* Of one that was never published. */
void sf_endpoint_free(struct sf_endpoint *ep);

/* Makes an endpoint known to packets, and unknown. Called with &sf_net.lock held. */
void sf_endpoint_add(struct sf_net *sn, struct sf_endpoint *ep);

/*
 * After it returns the statistics are final. The endpoint itself must be given to
 * sf_endpoint_release() then.
 */
void sf_endpoint_del(struct sf_net *sn, struct sf_endpoint *ep);

/* Frees it after a grace period. */
void sf_endpoint_release(struct sf_endpoint *ep);

/* Silence begins anew. */
void sf_endpoint_awake(struct sf_endpoint *ep);

/* Consistent copies. */
void sf_endpoint_rx_stats(struct sf_endpoint *ep, struct sf_rx_stats *stats);
void sf_endpoint_tx_stats(struct sf_endpoint *ep, struct sf_tx_stats *stats);

#endif /* SF_ENDPOINT_H */
