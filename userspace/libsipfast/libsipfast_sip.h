/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The half of libsipfast that is about SIP: listeners, sources and bans, policy, rules, counters,
 * events. What libsipfast.h says of clients, errors and dumps holds here, too.
 */
#ifndef LIBSIPFAST_SIP_H
#define LIBSIPFAST_SIP_H

#include "libsipfast/libsipfast.h"

/* --- listeners ----------------------------------------------------------------------------- */

/* Which optional fields of struct sf_listener a request carries. */
enum sf_listener_has {
	SF_LISTENER_MODE = 1 << 0,
	SF_LISTENER_WORKERS = 1 << 1, /* with hash_key */
	SF_LISTENER_LOAD = 1 << 2, /* sf_listener_set() only */
	SF_LISTENER_CONNECTIONS = 1 << 3, /* from the kernel only */
};

struct sf_listener {
	struct sf_address addr;
	enum sipfast_transport transport;
	uint32_t has; /* enum sf_listener_has */
	enum sipfast_mode mode;
	uint8_t workers; /* 0: no mark */
	uint64_t hash_key[2]; /* not in what the kernel sends */
	uint8_t load; /* percent */
	/* From the kernel only: */
	uint8_t queue; /* percent of the socket's buffer */
	enum sipfast_level level;
	uint64_t messages;
	uint64_t dropped; /* in SIPFAST_MODE_OBSERVE: would have been */
	uint32_t connections; /* of SIPFAST_TRANSPORT_TCP: that are followed */
};

int sf_listener_add(struct sf_client *client, const struct sf_listener *listener);
int sf_listener_set(struct sf_client *client, const struct sf_listener *listener);
int sf_listener_del(struct sf_client *client, const struct sf_listener *listener);
typedef int (*sf_listener_cb)(const struct sf_listener *listener, void *arg);
int sf_listener_dump(struct sf_client *client, sf_listener_cb cb, void *arg);

/* --- sources and bans ---------------------------------------------------------------------- */

/* What the reasons that sipd gives begin with, to tell them from an operator's. */
#define SF_REASON_SIPD "sipd: "

struct sf_source {
	struct sf_address addr; /* port 0: any */
	bool has_prefix; /* of a request: prefix is meant; else one host */
	uint8_t prefix; /* in what the kernel sends always set, of one host 32 or 128 */
	enum sipfast_class class;
	uint64_t expires_ms; /* 0: never */
	char reason[SIPFAST_MAX_REASON + 1]; /* "": none */
	/* From the kernel only: */
	bool by_kernel;
	bool observed; /* of SF_SIP_EVENT_BAN: it would have been */
	uint64_t age_ms;
	uint64_t packets;
};

int sf_source_add(struct sf_client *client, const struct sf_source *source);

/*
 * Adds @n sources in as few system calls as possible. Returns 0 or the first error; the others are
 * added all the same.
 */
int sf_source_add_batch(struct sf_client *client, const struct sf_source *sources, size_t n);

/* Only if it is of @source->class; SIPFAST_CLASS_UNKNOWN: whatever it is of. */
int sf_source_del(struct sf_client *client, const struct sf_source *source);

/* The source that counts for @addr, of any port when that is 0; -ENOENT when it is unknown. */
int sf_source_get(struct sf_client *client, const struct sf_address *addr,
		  struct sf_source *source);

/* Those of @class; SIPFAST_CLASS_UNKNOWN: all. @source is borrowed until @cb returns. */
typedef int (*sf_source_cb)(const struct sf_source *source, void *arg);
int sf_source_dump(struct sf_client *client, enum sipfast_class class, sf_source_cb cb, void *arg);

/* Deletes those of @class; SIPFAST_CLASS_UNKNOWN: all. */
int sf_source_flush(struct sf_client *client, enum sipfast_class class);

/* --- policy -------------------------------------------------------------------------------- */

/* Classes that have limits: those before SIPFAST_CLASS_BANNED. */
#define SF_LIMITED_CLASSES SIPFAST_CLASS_BANNED

/* Which fields of struct sf_limit a request carries; in what the kernel sends, all are. */
enum sf_limit_has {
	SF_LIMIT_RATE = 1 << 0,
	SF_LIMIT_BURST = 1 << 1,
};

struct sf_limit {
	uint32_t has; /* enum sf_limit_has */
	uint32_t rate; /* a second; 0: no limit */
	uint32_t burst;
};

/* Which fields of struct sf_policy a request carries; in what the kernel sends, all are. */
enum sf_policy_has {
	SF_POLICY_PREFIX4 = 1 << 0,
	SF_POLICY_PREFIX6 = 1 << 1,
	SF_POLICY_SOURCES_MAX = 1 << 2,
	SF_POLICY_MALFORMED_DROP = 1 << 3,
	SF_POLICY_MALFORMED_MAX = 1 << 4,
	SF_POLICY_FAILURES_MAX = 1 << 5,
	SF_POLICY_REFUSED_MAX = 1 << 6,
	SF_POLICY_PORTS_MAX = 1 << 7,
	SF_POLICY_WINDOW_MS = 1 << 8,
	SF_POLICY_BAN_MS = 1 << 9,
	SF_POLICY_SHED_DIALOGS = 1 << 10,
	SF_POLICY_SHED_REGISTERS = 1 << 11,
	SF_POLICY_SHED_OTHERS = 1 << 12,
	SF_POLICY_REJECT_RATE = 1 << 13,
	SF_POLICY_RETRY_AFTER = 1 << 14,
	SF_POLICY_ABSORB_MS = 1 << 15,
	SF_POLICY_CONNECTIONS_MAX = 1 << 16,
};

struct sf_policy {
	struct sf_limit limits[SIPFAST_SCOPE_MAX + 1][SF_LIMITED_CLASSES][SIPFAST_GROUP_MAX + 1];
	uint32_t has; /* enum sf_policy_has */
	uint8_t prefix4;
	uint8_t prefix6;
	uint32_t sources_max;
	uint8_t malformed_drop; /* 0 or 1 */
	/* Evidence that leads to a ban; 0: never. */
	uint32_t malformed_max;
	uint32_t failures_max;
	uint32_t refused_max;
	uint32_t ports_max;
	uint32_t window_ms;
	uint64_t ban_ms;
	/* Percent of queue or load. */
	uint8_t shed_dialogs;
	uint8_t shed_registers;
	uint8_t shed_others;
	uint32_t reject_rate; /* a second; 0: drop */
	uint16_t retry_after; /* seconds */
	uint32_t absorb_ms; /* 0: never */
	uint32_t connections_max; /* that are followed */
};

int sf_policy_get(struct sf_client *client, struct sf_policy *policy);
/* Sets what @policy has, at once or not at all. */
int sf_policy_set(struct sf_client *client, const struct sf_policy *policy);

/* --- rules --------------------------------------------------------------------------------- */

struct sf_rule {
	uint32_t id; /* not 0 */
	enum sipfast_action action;
	uint32_t methods; /* bits by enum sipfast_sip_kind; 0: any message */
	uint8_t classes; /* bits by enum sipfast_class; 0: unknown */
	char user_agent[SIPFAST_MAX_PATTERN + 1]; /* "": any, as in the next */
	char uri_user[SIPFAST_MAX_PATTERN + 1];
	uint32_t size_min; /* 0: any */
	uint64_t hits; /* from the kernel only */
};

int sf_rule_add(struct sf_client *client, const struct sf_rule *rule);
int sf_rule_del(struct sf_client *client, uint32_t id);
typedef int (*sf_rule_cb)(const struct sf_rule *rule, void *arg);
int sf_rule_dump(struct sf_client *client, sf_rule_cb cb, void *arg);

/* --- counters ------------------------------------------------------------------------------ */

struct sf_sip_counter {
	enum sipfast_sip_kind kind;
	enum sipfast_class class;
	enum sipfast_verdict verdict;
	bool observed; /* in SIPFAST_MODE_OBSERVE: it was let through */
	uint64_t messages;
};

/* Those that are not 0. */
typedef int (*sf_sip_counter_cb)(const struct sf_sip_counter *counter, void *arg);
int sf_sip_counter_dump(struct sf_client *client, sf_sip_counter_cb cb, void *arg);

/* --- events -------------------------------------------------------------------------------- */

/*
 * A socket that joined the group "sip". It is another than that of sf_monitor_open(): what
 * strangers send must not push out what is said of media.
 */
struct sf_sip_monitor;

enum sf_sip_event_type {
	SF_SIP_EVENT_BAN, /* source, whole */
	SF_SIP_EVENT_OVERLOAD, /* listener with address, transport, level, queue, load */
	SF_SIP_EVENT_RULE, /* rule with id and action; source with address and port */
	SF_SIP_EVENT_MALFORMED, /* source with address and port; sample */
	SF_SIP_EVENT_OVERRUN, /* events were lost: dump to catch up; nothing else */
};

struct sf_sip_event {
	enum sf_sip_event_type type;
	struct sf_source source;
	struct sf_listener listener;
	struct sf_rule rule;
	size_t sample_len;
	uint8_t sample[SIPFAST_MAX_SAMPLE];
};

/* @event is borrowed until it returns; it must not close the monitor. */
typedef void (*sf_sip_event_cb)(const struct sf_sip_event *event, void *arg);

/* As sf_monitor_open() and those that follow it. */
int sf_sip_monitor_open(struct sf_sip_monitor **monitor);
void sf_sip_monitor_close(struct sf_sip_monitor *monitor);
int sf_sip_monitor_fd(const struct sf_sip_monitor *monitor);
int sf_sip_monitor_read(struct sf_sip_monitor *monitor, sf_sip_event_cb cb, void *arg);

/* --- what stands in the way ---------------------------------------------------------------- */

/*
 * Whether the kernel's SIP connection-tracking helper is loaded, or built in and in use: it changes
 * messages on their way and drops some. Then @why says so in a sentence, and what to do.
 */
bool sf_sip_helper_check(char *why, size_t size);

#endif /* LIBSIPFAST_SIP_H */
