/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file: YAML, read by a typed schema, checked as a whole before any of it is
 * used. Everything a struct points to belongs to the struct cfg.
 */
#ifndef SIPD_CONFIG_CONFIG_H
#define SIPD_CONFIG_CONFIG_H

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/siphash.h"
#include "dns/dns.h"
#include "sdp/sdp_codecs.h"
#include "transport/transport.h"

#define CFG_MAX_SHARDS 64
#define CFG_MAX_REALMS 64
#define CFG_MAX_GROUPS 1000
#define CFG_MAX_ROUTE_TRUNKS 16

struct cfg_listen {
	enum tp_proto proto;
	struct tp_addr addr;
	unsigned int entry; /* of the list in the file: one may stand for UDP and TCP */
};

/* What the kernel does with SIP that comes to a realm; see sipd.yaml(5). */
enum cfg_inspect { CFG_INSPECT_OBSERVE, CFG_INSPECT_OFF, CFG_INSPECT_ENFORCE };
enum cfg_learn { CFG_LEARN_ONCE, CFG_LEARN_OFF };

/* RFC 4028: never, when the peer asks, or always. */
enum cfg_session_timers {
	CFG_SESSION_TIMERS_ACCEPT,
	CFG_SESSION_TIMERS_OFF,
	CFG_SESSION_TIMERS_REQUEST,
};
#define CFG_MIN_SE_DEFAULT 90 /* seconds; what a peer presumes (s.5) */

/* Reliable provisional responses (RFC 3262): for who takes them, for all, or for nobody. */
enum cfg_100rel { CFG_100REL_FOLLOW, CFG_100REL_ALWAYS, CFG_100REL_NEVER };
/* What becomes of a 3xx: a refusal, or the caller's business, or ours (RFC 3261 s.8.1.3.4). */
enum cfg_redirect { CFG_REDIRECT_REFUSE, CFG_REDIRECT_PASS, CFG_REDIRECT_RECURSE };
/* What becomes of a REFER (RFC 3515): sipd does what it asks for, or refuses it. */
enum cfg_transfer { CFG_TRANSFER_HANDLE, CFG_TRANSFER_REFUSE, CFG_TRANSFER_PASS };
/* Does identity that is asserted come from there, and go there (RFC 3325)? */
enum cfg_trust { CFG_TRUST_UNSAID, CFG_TRUST_NONE, CFG_TRUST_FULL };
/* Is sipd the privacy service for what goes there (RFC 3323)? */
enum cfg_privacy { CFG_PRIVACY_UNSAID, CFG_PRIVACY_PASS, CFG_PRIVACY_APPLY };
/* In which order the trunks of a route are tried. */
enum cfg_strategy { CFG_PRIORITY, CFG_PARALLEL, CFG_ROUND_ROBIN, CFG_WEIGHT };
/*
 * What sipd is to the requests of a domain, a route or a next hop: two user agents, a proxy (RFC
 * 3261 s.16) or a redirect server (s.8.3).
 */
enum cfg_mode { CFG_MODE_B2BUA, CFG_MODE_PROXY, CFG_MODE_REDIRECT };

/* A peer that is named by a URI. */
struct cfg_uri {
	uint32_t id; /* of that peer and no other one, in this configuration and later ones */
	char *text; /* as written, for people */
	char *host; /* name or address, without brackets */
	char *target; /* what stands behind sip: or sips: and a user of a Request-URI */
	struct dns_where where; /* where.host is @host */
};

/* What a peer is told who asks for credentials (RFC 7616). */
struct cfg_account {
	char *user, *password;
	char *realm; /* that they are for; NULL: whichever that peer names */
	bool in_file; /* the password is not in the configuration, but in a file that it names */
};

/* As whom sipd registers with a trunk (RFC 3261 s.10.2), and how often it tries. */
struct cfg_registration {
	char *user, *domain; /* the address of record */
	char *contact; /* user part of the Contact: calls from there come for it */
	uint32_t expires_s; /* that is asked for */
	/* After failures: RFC 5626 s.4.5, base-time and max-time. */
	uint32_t retry_ms, max_retry_ms;
	uint32_t refused_ms; /* after it has refused the credentials */
};

/* Where calls go: an address, or what a URI leads to. */
struct cfg_peer {
	struct cfg_uri uri; /* text NULL: it has an address */
	struct tp_addr addr;
	enum tp_proto proto;
	bool any_proto; /* the file names none, so TCP may take what is large */
	char *tls_name; /* whom its certificate must name; NULL: the address */
	struct cfg_account *account; /* NULL: there are no credentials for it */
};

/* What is told those who are there of who others are. */
struct cfg_border {
	bool trusted;
	bool withhold; /* what Privacy names */
};

struct cfg_realm {
	char *name;
	unsigned int slot; /* below cfg->nrealms; stays the same in later configurations */
	struct cfg_listen *listen;
	unsigned int nlisten;
	enum cfg_inspect inspect;
	enum cfg_100rel reliable;
	/*
	 * Host put into Via, Contact and SDP for an address of its family, IPv6 in brackets; NULL:
	 * that address itself.
	 */
	char *advertise;
	struct host advertise_host; /* the same */
	struct tp_tls *tls; /* NULL: it has no TLS; used by all shards and configurations */
	struct tp_tls *tls_next; /* what the files had when this configuration was read, or NULL */
	struct tp_ws_policy ws; /* of its listeners of WebSocket */
	struct host media_address; /* none only with media: none */
	uint16_t media_port_min, media_port_max;
	uint8_t media_dscp;
	enum cfg_learn media_learn;
	struct sdp_codec_rules codecs; /* of offers that go there */
	enum cfg_session_timers session_timers; /* with its peers */
	/* Calls that arrive in this realm go out here; NULL next_hop_realm: it takes none. */
	const struct cfg_realm *next_hop_realm;
	struct cfg_peer next_hop;
	enum cfg_redirect next_hop_redirect;
	enum cfg_mode next_hop_mode;
	enum cfg_transfer transfer; /* of calls by who is in this realm */
	struct cfg_border border;
	bool path; /* REGISTERs that are proxied from there get one */
};

/* A peer that routes name. */
struct cfg_trunk {
	char *name;
	const struct cfg_realm *realm; /* that it is reached from */
	struct cfg_peer address;
	uint32_t weight; /* 1 to 1000, default 1 */
	uint32_t no_answer_ms; /* 0: as long as the call may wait */
	enum cfg_redirect redirect;
	struct cfg_border border; /* where it says nothing its realm's */
	struct sdp_codec_rules codecs; /* where it sets them, in the place of its realm's */
	struct cfg_registration *registration; /* NULL: sipd does not register there */
	/* OPTIONS: how often it is asked, 0: never; and how many in a row change its state. */
	uint32_t health_ms;
	uint32_t health_fall, health_rise;
};

/* A set of final responses of the classes 4xx and 5xx. */
#define CFG_STATUS_MIN 400
#define CFG_STATUS_MAX 599
struct cfg_statuses {
	uint32_t bits[(CFG_STATUS_MAX - CFG_STATUS_MIN) / 32 + 1];
};

static inline bool cfg_status_in(const struct cfg_statuses *set, int status)
{
	unsigned int i = (unsigned int)(status - CFG_STATUS_MIN);

	return i <= CFG_STATUS_MAX - CFG_STATUS_MIN && set->bits[i / 32] >> i % 32 & 1;
}

/* Where calls go whose called user matches: the first route that fits is taken. */
struct cfg_route {
	char *match; /* POSIX extended regular expression, known to compile; NULL: any user */
	const struct cfg_realm *from; /* NULL: from any realm */
	const struct cfg_trunk **to;
	unsigned int nto; /* at most CFG_MAX_ROUTE_TRUNKS */
	enum cfg_strategy strategy;
	enum cfg_mode mode;
	struct cfg_statuses failover; /* that let the next trunk be tried */
};

/* What is kept of the SIP that was seen; see sipd.yaml(5). */
struct cfg_trace {
	uint32_t flows; /* of all shards together; 0: nothing is kept */
	uint64_t messages; /* octets, of all shards together; 0: no messages are kept */
	unsigned int mask; /* 1 << enum cfg_mask */
};

enum cfg_mask {
	CFG_MASK_CREDENTIALS,
	CFG_MASK_KEYS,
	CFG_MASK_DTMF,
	CFG_MASK_MESSAGES,
	CFG_MASK_NONE, /* in a list that is to be empty; never set */
};

/* What a request that begins in a domain's realm must show. */
enum cfg_auth { CFG_AUTH_DIGEST, CFG_AUTH_NONE };

struct cfg_domain {
	char *name; /* in small letters */
	const struct cfg_realm *realm; /* that its users are in */
	bool registrar; /* its users register here, and calls to them go to where they are */
	enum cfg_auth auth;
	bool no_sha256, no_md5; /* left out of the algorithms that are offered */
	enum cfg_mode mode; /* of what its users are called or sent; only with registrar */
	/* Seconds that a registration lasts: at least, at most, and when nothing is said. */
	uint32_t min_expires, max_expires, default_expires;
	uint32_t flow_timer; /* s that phones may be silent on connections (RFC 5626) */
	char *voicemail; /* what that word means to its users: a destination; NULL: nothing */
};

enum cfg_hunting { CFG_RING_ALL, CFG_LINEAR, CFG_IN_TURN };

#define CFG_MAX_MEMBERS 16

/* One address for several, who are called by it as the strategy says. */
struct cfg_group {
	char *name; /* user part of its address */
	unsigned int slot; /* below CFG_MAX_GROUPS; stays the same in later configurations */
	const struct cfg_domain *domain;
	char **members; /* destinations */
	unsigned int nmembers; /* at most CFG_MAX_MEMBERS */
	enum cfg_hunting strategy;
	uint32_t member_timeout_ms;
	char *overflow; /* destination when none of them answers; NULL: none */
};

struct cfg {
	atomic_uint refs;
	uint32_t generation; /* 1: what sipd started with */
	uint32_t last_id; /* of struct cfg_uri, ever given out */
	bool has_registrar; /* this configuration or an earlier one has domains */
	bool has_store; /* the one that sipd started with has something to keep in it */
	bool has_dns; /* the same of names to resolve, or redirections that may have some */
	bool in_force; /* cfg_enforce() */
	double loaded; /* Unix time */
	char *path, *text; /* the file */
	size_t len;
	struct cfg_realm *by_slot[CFG_MAX_REALMS];
	bool media_kernel; /* media: kernel | none */
	bool modes; /* something has another mode than b2bua */
	bool trunk_codecs; /* some trunk sets them */
	bool trunk_borders; /* some trunk's is another than its realm's */
	/* Signs the Record-Routes of sipd's proxy: of proxy: key-file, or random. */
	struct siphash_key proxy_key;
	bool proxy_key_file;
	uint32_t proxy_start; /* random: tells what they say of this process from earlier ones */
	struct cfg_realm *realms;
	unsigned int nrealms;
	struct cfg_trunk *trunks;
	unsigned int ntrunks;
	struct cfg_route *routes;
	unsigned int nroutes;
	char *control_socket; /* default /run/sipfast/sipd.sock */
	uint32_t no_answer_ms; /* timers: no-answer, default 180 s */
	uint32_t media_timeout_ms; /* timers: media, default 60 s; 0: never */
	uint32_t max_duration_ms; /* timers: max-call, default 0: none */
	uint32_t t1_ms, t2_ms, t4_ms; /* timers: t1, t2, t4 */
	uint32_t failover_ms; /* timers: failover, default 4 s; 0: only after 64*T1 */
	uint32_t session_expires; /* timers: session-expires, seconds, default 1800 */
	uint32_t min_se; /* timers: min-se, seconds, default 90 */
	struct dns_config dns;
	uint32_t keep_finished; /* calls: keep-finished, default 1000 */
	unsigned int shards; /* 1 (the default) to CFG_MAX_SHARDS */
	uint32_t max_calls; /* calls: max, default 0: no limit */
	uint32_t max_subscriptions; /* subscriptions: max, default 100000 */
	struct cfg_trace trace;
	char *store_path; /* store: path, default /var/lib/sipfast/sipd.db */
	struct cfg_domain *domains;
	unsigned int ndomains;
	struct cfg_group *groups;
	unsigned int ngroups;
	struct tp_limits connections; /* connections: max, per-source, idle ... */
};

/*
 * Reads and checks @path. NULL on failure; every mistake is told to @report, a newline-terminated
 * line at a time: "file:line:column: what; what to do". The caller has its only reference.
 */
struct cfg *cfg_load(const char *path, void (*report)(void *arg, const char *line), void *arg);
/*
 * The same for what is to take the place of @present: what cannot change while sipd runs is a
 * mistake too, told after all others. Waits for the disk.
 */
struct cfg *cfg_load_next(const char *path, const struct cfg *present,
			  void (*report)(void *arg, const char *line), void *arg);

/*
 * A configuration does not change once it is loaded. Whoever works by it has a reference, and the
 * last one frees it; from any thread.
 */
const struct cfg *cfg_get(const struct cfg *cfg);
/* NULL is fine. */
void cfg_put(const struct cfg *cfg);
/* The certificates that were read with it are those in use now, also by the one before it. */
void cfg_enforce_certs(struct cfg *cfg);
/* Puts it in force, once, with them: it is counted from now on. */
void cfg_enforce(struct cfg *cfg);
/* How many that were in force are still there. */
unsigned int cfg_count(void);
/* Whoever refers to it. */
void cfg_free(struct cfg *cfg);

/* The domain of that name, whatever its case, or NULL. */
const struct cfg_domain *cfg_find_domain(const struct cfg *cfg, struct view name);
/* As the file has it: "ring-all". */
const char *cfg_hunting_name(enum cfg_hunting strategy);
/* The group of that address, or NULL. */
const struct cfg_group *cfg_find_group(const struct cfg *cfg, const struct cfg_domain *domain,
				       const char *name);

#endif
