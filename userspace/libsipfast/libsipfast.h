/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libsipfast: typed client of the sipfast generic netlink family.
 *
 * The only code in userspace that builds or reads netlink messages of the family. What
 * the objects mean is documented in <linux/sipfast.h>.
 *
 * A client belongs to one thread. Calls are synchronous: the kernel carries a request out
 * before it returns, so a call never waits for anything but the kernel's own locks.
 *
 * Every function returns 0 or a negative errno; then sf_error() tells why in a sentence, the
 * kernel's own when it gave one. -ENOENT from sf_open() means the module is not loaded.
 */
#ifndef LIBSIPFAST_H
#define LIBSIPFAST_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/sipfast.h>

/* Who made a session: 0 an operator by hand, sipd its own. Others choose what they like. */
#define SF_OWNER_OPERATOR 0
#define SF_OWNER_SIPD 0x73697064 /* "sipd" */

/* Most pairs of a forward's payload type map. */
#define SF_MAX_PAYLOAD_TYPES 16

/* The dtmf_type of an endpoint that looks for no telephone events. */
#define SF_DTMF_NONE 255

struct sf_client;

/* An address and, where it is one of a socket, a port in network byte order. */
struct sf_address {
	sa_family_t family; /* AF_INET or AF_INET6; AF_UNSPEC: there is none */
	in_port_t port;
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

bool sf_address_equal(const struct sf_address *a, const struct sf_address *b);

struct sf_status {
	char version[32];
	uint32_t ranges;
	uint32_t sessions;
	uint32_t endpoints;
	bool prerouting;
};

/* Which fields of struct sf_config a request carries; in what the kernel sends, all are. */
enum sf_config_has {
	SF_HAS_SESSIONS_MAX = 1 << 0,
	SF_HAS_ENDPOINTS_MAX = 1 << 1,
	SF_HAS_HOOKS = 1 << 2, /* with the devices */
};

struct sf_config {
	uint32_t has; /* enum sf_config_has */
	uint32_t sessions_max;
	uint32_t endpoints_max;
	enum sipfast_hooks hooks;
	const char *const *devices; /* of a request with SIPFAST_HOOKS_LISTED */
	unsigned int ndevices;
};

struct sf_counter {
	const char *name; /* borrowed until the callback returns */
	uint64_t packets;
};

/* Ports in host byte order. */
struct sf_range {
	struct sf_address addr;
	uint16_t port_min;
	uint16_t port_max;
	uint32_t endpoints; /* from the kernel only */
	uint64_t unknown; /* from the kernel only */
};

/* Which optional fields of struct sf_endpoint a request carries. */
enum sf_endpoint_has {
	SF_HAS_LOCAL = 1 << 0,
	SF_HAS_REMOTE = 1 << 1,
	SF_HAS_COMPONENT = 1 << 2,
	SF_HAS_LEARN = 1 << 3,
	SF_HAS_LEARN_FROM = 1 << 4,
	SF_HAS_SOURCE = 1 << 5,
	SF_HAS_DSCP = 1 << 6,
	SF_HAS_TTL = 1 << 7,
	SF_HAS_CLOCK_RATE = 1 << 8,
	SF_HAS_FORWARDS = 1 << 9, /* nforwards == 0: remove them all */
	SF_DELETE = 1 << 10, /* sf_session_set() only */
	SF_HAS_LEARN_MS = 1 << 11,
	SF_HAS_INACTIVE = 1 << 12,
	SF_HAS_DTMF_TYPE = 1 << 13,
	/* In what the kernel sends: */
	SF_HAS_SSRC = 1 << 16,
	SF_HAS_PAYLOAD_TYPE = 1 << 17,
	SF_HAS_IDLE = 1 << 18,
	SF_HAS_PAYLOAD_TYPES = 1 << 19,
	SF_HAS_RTT = 1 << 20,
	SF_HAS_REPORT = 1 << 21, /* report_lost, report_fraction, report_jitter_us */
	SF_HAS_QUALITY = 1 << 22, /* lost, duplicate, reordered, jitter_us, ssrc_changes */
};

/* Which optional fields struct sf_forward has. */
enum sf_forward_has {
	SF_FORWARD_SSRC = 1 << 0,
	SF_FORWARD_DSCP = 1 << 1,
	SF_FORWARD_TTL = 1 << 2,
};

struct sf_payload_type {
	uint8_t from;
	uint8_t to;
};

struct sf_forward {
	uint32_t to; /* endpoint ID */
	uint32_t has; /* enum sf_forward_has */
	enum sipfast_forward_mode mode;
	uint32_t ssrc;
	uint32_t timestamp_offset; /* 0: not changed */
	uint16_t seq_offset; /* the same */
	uint8_t dscp;
	uint8_t ttl;
	uint8_t npayload_types; /* 0: not changed */
	struct sf_payload_type payload_types[SF_MAX_PAYLOAD_TYPES];
};

struct sf_rx {
	uint64_t packets;
	uint64_t octets;
	int64_t lost;
	uint64_t duplicate;
	uint64_t reordered;
	uint32_t jitter_us;
	uint32_t ssrc;
	uint8_t payload_type;
	uint64_t idle_ms;
	uint64_t bad_source;
	uint64_t malformed;
	uint8_t payload_types[16]; /* bit n % 8 of octet n / 8: payload type n came */
	uint32_t ssrc_changes;
	uint32_t rtt_us;
	int32_t report_lost;
	uint8_t report_fraction; /* of 256 */
	uint32_t report_jitter_us;
};

struct sf_tx {
	uint64_t packets;
	uint64_t octets;
	uint64_t dropped;
	uint64_t icmp;
	uint64_t blocked;
};

struct sf_endpoint {
	uint32_t id;
	uint32_t has; /* enum sf_endpoint_has */
	struct sf_address local;
	struct sf_address remote;
	enum sipfast_component component;
	enum sipfast_learn learn;
	struct sf_address learn_addr; /* AF_UNSPEC: from anywhere */
	uint8_t learn_prefix;
	uint32_t learn_ms; /* in what the kernel sends: what is left of it */
	enum sipfast_source source;
	uint8_t dscp;
	uint8_t ttl;
	uint8_t dtmf_type; /* SF_DTMF_NONE: none */
	uint32_t clock_rate; /* Hz */
	uint32_t inactive_ms; /* 0: never */
	bool learned;
	struct sf_rx rx;
	struct sf_tx tx;
	unsigned int nforwards;
	struct sf_forward forwards[SIPFAST_MAX_FORWARDS]; /* nforwards of them are valid */
};

struct sf_session {
	uint64_t id;
	uint32_t owner;
	bool has_timeout; /* sf_session_set(): timeout_ms is meant */
	uint32_t timeout_ms;
	uint64_t age_ms;
	uint64_t idle_ms;
	unsigned int nendpoints;
	struct sf_endpoint endpoints[SIPFAST_MAX_ENDPOINTS];
};

/* Opens a client and resolves the family. @client is NULL on failure. */
int sf_open(struct sf_client **client);
void sf_close(struct sf_client *client);

/*
 * The last failure's reason and what it is about, as in "integer out of range, session 17,
 * endpoint 2, dscp"; valid until the next call on @client; never NULL. @client may
 * be NULL: then why the last sf_open() or sf_monitor_open() of this thread failed.
 */
const char *sf_error(const struct sf_client *client);

/*
 * @cb, unless NULL, is called with each device whose ingress packets are taken at; a non-zero
 * return ends that and is returned. @name is borrowed until it returns.
 */
typedef int (*sf_device_cb)(const char *name, void *arg);
int sf_status_get(struct sf_client *client, struct sf_status *status, sf_device_cb cb, void *arg);

/* @cb, unless NULL, is called with each device of SIPFAST_HOOKS_LISTED, as by sf_status_get(). */
int sf_config_get(struct sf_client *client, struct sf_config *config, sf_device_cb cb, void *arg);
int sf_config_set(struct sf_client *client, const struct sf_config *config);

/*
 * Dumps call @cb for each object; a non-zero return ends the walk and is returned. @cb must not
 * use the same client. An object that exists all the while is delivered exactly once, one that
 * comes or goes meanwhile at most once.
 */
typedef int (*sf_counter_cb)(const struct sf_counter *counter, void *arg);
int sf_counter_dump(struct sf_client *client, sf_counter_cb cb, void *arg);

int sf_range_add(struct sf_client *client, const struct sf_range *range);
int sf_range_del(struct sf_client *client, const struct sf_range *range);
typedef int (*sf_range_cb)(const struct sf_range *range, void *arg);
int sf_range_dump(struct sf_client *client, sf_range_cb cb, void *arg);

int sf_session_add(struct sf_client *client, const struct sf_session *session);
int sf_session_set(struct sf_client *client, const struct sf_session *session);

/* @last, unless NULL, receives the session as it was, with its final statistics. */
int sf_session_del(struct sf_client *client, uint64_t id, struct sf_session *last);

int sf_session_get(struct sf_client *client, uint64_t id, struct sf_session *session);

/*
 * The same with what has flowed and nothing else, which costs a fraction: endpoints that no packet
 * came to or left from are not there, and of the others only id, remote, learned, and packets,
 * octets, lost and jitter_us of rx, and packets of tx. From a module that knows no brief answers
 * comes all.
 */
int sf_session_del_brief(struct sf_client *client, uint64_t id, struct sf_session *last);
int sf_session_get_brief(struct sf_client *client, uint64_t id, struct sf_session *session);

/* @owner: only that owner's; NULL: all. @session is borrowed until @cb returns. */
typedef int (*sf_session_cb)(const struct sf_session *session, void *arg);
int sf_session_dump(struct sf_client *client, const uint32_t *owner, sf_session_cb cb, void *arg);

/* Deletes all sessions of @owner; NULL: all sessions of the namespace. */
int sf_session_flush(struct sf_client *client, const uint32_t *owner);

/*
 * Deletes @n sessions in as few system calls as possible. Returns 0, or the first error that
 * is not -ENOENT; the others are deleted all the same.
 */
int sf_session_del_batch(struct sf_client *client, const uint64_t *ids, size_t n);

/* Events: a second, non-blocking socket that joined the "media" group. */
struct sf_monitor;

enum sf_event_type {
	SF_EVENT_LEARNED, /* one endpoint with id and remote set */
	SF_EVENT_TIMEOUT, /* the whole session with its final statistics */
	SF_EVENT_INACTIVE, /* one endpoint with id and rx, as in the next two */
	SF_EVENT_RESUMED, /* gap_ms */
	SF_EVENT_SSRC, /* old_ssrc */
	SF_EVENT_REJECTED, /* one endpoint with id, as in the next two; rejected */
	SF_EVENT_DTMF, /* dtmf */
	SF_EVENT_ICMP, /* icmp */
	SF_EVENT_OVERRUN, /* events were lost: dump to catch up; no session */
};

/* A telephone event that has ended (RFC 4733). */
struct sf_dtmf {
	uint8_t event; /* 0-9, 10 *, 11 #, 12-15 A-D, others as registered */
	uint8_t volume; /* -dBm0 */
	uint32_t duration_ms;
};

struct sf_icmp {
	uint8_t type;
	uint8_t code;
	uint32_t mtu; /* 0: not what it is about */
};

struct sf_event {
	enum sf_event_type type;
	const struct sf_session *session; /* borrowed until the callback returns */
	uint64_t gap_ms;
	uint32_t old_ssrc;
	struct sf_address rejected;
	struct sf_dtmf dtmf;
	struct sf_icmp icmp;
};

typedef void (*sf_event_cb)(const struct sf_event *event, void *arg);

int sf_monitor_open(struct sf_monitor **monitor);
void sf_monitor_close(struct sf_monitor *monitor);
/* For poll(): readable when events wait. */
int sf_monitor_fd(const struct sf_monitor *monitor);
/*
 * Delivers what waits and returns the number of events, 0 when there was none. @cb must not
 * close the monitor.
 */
int sf_monitor_read(struct sf_monitor *monitor, sf_event_cb cb, void *arg);

#endif /* LIBSIPFAST_H */
