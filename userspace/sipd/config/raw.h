/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file as it is written, loaded by libcyaml: names and addresses are still text.
 * Pointers are NULL where a key was left out.
 */
#ifndef SIPD_CONFIG_RAW_H
#define SIPD_CONFIG_RAW_H

#include <cyaml/cyaml.h>
#include <stdint.h>

#include "config/config.h"

#define CFG_MAX_LISTEN 16
#define CFG_MAX_TRUNKS 1000
#define CFG_MAX_ROUTES 1000
#define CFG_MAX_FAILOVER 32
#define CFG_MAX_DOMAINS 256
#define CFG_MAX_ORIGINS 64
#define CFG_MAX_CODECS 64
#define CFG_MAX_MORE 63 /* certificates of a realm, besides the first */

enum raw_media_mode { RAW_MEDIA_KERNEL, RAW_MEDIA_NONE };

enum raw_truth { RAW_FALSE, RAW_TRUE };

/* Of digest; others would need other hashes of the users' passwords. */
enum raw_algorithm { RAW_SHA256, RAW_MD5 };

struct raw_proxy {
	char *key_file;
};

struct raw_control {
	char *socket;
};

struct raw_timers {
	char *t1, *t2, *t4;
	char *no_answer;
	char *media;
	char *max_call;
	char *failover;
	char *session_expires, *min_se;
};

struct raw_dns {
	char **servers;
	unsigned int nservers;
	uint32_t *attempts;
	char *timeout;
	char *min_ttl, *max_ttl, *max_negative_ttl;
	char *serve_stale;
	char *avoid_failed;
};

struct raw_calls {
	uint32_t *max;
	uint32_t *keep_finished;
};

struct raw_subscriptions {
	uint32_t *max;
};

struct raw_trace {
	uint32_t *flows;
	char *messages;
	enum cfg_mask *mask;
	unsigned int nmask;
};

struct raw_connections {
	uint32_t *max;
	uint32_t *per_source;
	char *idle, *message, *connect, *handshake;
};

struct raw_media {
	char *address;
	char *ports;
	uint8_t *dscp;
	enum cfg_learn learn;
};

struct raw_account {
	char *user;
	char *password;
	char *password_file;
	char *realm;
};

struct raw_registration {
	char *user, *domain, *contact;
	char *expires, *retry, *max_retry, *refused_retry;
};

struct raw_health {
	char *interval;
	uint32_t *fall, *rise;
};

struct raw_next_hop {
	char *realm;
	char *address;
	char *uri;
	char *tls_name;
	enum cfg_redirect redirect;
	struct raw_account *credentials;
	enum cfg_mode mode;
};

struct raw_codecs {
	char **allow, **deny, **order;
	unsigned int nallow, ndeny, norder;
};

struct raw_trunk {
	char *name;
	char *realm;
	char *address;
	char *uri;
	char *tls_name;
	uint32_t *weight;
	char *no_answer;
	enum cfg_redirect redirect;
	struct raw_account *credentials;
	struct raw_registration *registration;
	struct raw_health *health;
	struct raw_codecs *codecs, *video_codecs;
	enum cfg_trust trust;
	enum cfg_privacy privacy;
};

struct raw_route {
	char *match;
	char *from_realm;
	char **to;
	unsigned int nto;
	enum cfg_strategy strategy;
	enum cfg_mode mode;
	char **failover;
	unsigned int nfailover;
};

/* Of a key that is true unless the file says otherwise. */
enum raw_presumed { RAW_NOT_SAID, RAW_NOT_SO, RAW_SO };

struct raw_tls_pair {
	char *certificate;
	char *key;
};

struct raw_tls {
	char *certificate;
	char *key;
	struct raw_tls_pair *more;
	unsigned int nmore;
	char *ca;
	enum raw_truth verify_client;
	enum raw_presumed verify_server;
};

struct raw_ws {
	char *path;
	char **origins;
	unsigned int norigins;
};

struct raw_realm {
	char *name;
	char **listen;
	unsigned int nlisten;
	enum cfg_inspect inspect;
	enum cfg_session_timers session_timers;
	enum cfg_100rel reliable;
	char *advertise;
	struct raw_media *media;
	struct raw_codecs *codecs, *video_codecs;
	struct raw_tls *tls;
	struct raw_ws *ws;
	struct raw_next_hop *next_hop;
	enum cfg_transfer transfer;
	enum cfg_trust trust;
	enum cfg_privacy privacy;
	enum raw_truth path;
};

struct raw_store {
	char *path;
};

struct raw_domain {
	char *name;
	char *realm;
	enum raw_truth registrar;
	enum cfg_auth auth;
	enum raw_algorithm *algorithms;
	unsigned int nalgorithms;
	enum cfg_mode mode;
	char *min_expires, *max_expires, *default_expires;
	char *flow_timer;
	char *voicemail;
};

struct raw_group {
	char *name;
	char *domain;
	char **members;
	unsigned int nmembers;
	enum cfg_hunting strategy;
	char *member_timeout;
	char *overflow;
};

struct raw_cfg {
	enum raw_media_mode media;
	char *shards;
	struct raw_control *control;
	struct raw_proxy *proxy;
	struct raw_timers *timers;
	struct raw_calls *calls;
	struct raw_subscriptions *subscriptions;
	struct raw_trace *trace;
	struct raw_connections *connections;
	struct raw_dns *dns;
	struct raw_realm *realms;
	unsigned int nrealms;
	struct raw_trunk *trunks;
	unsigned int ntrunks;
	struct raw_route *routes;
	unsigned int nroutes;
	struct raw_store *store;
	struct raw_domain *domains;
	unsigned int ndomains;
	struct raw_group *groups;
	unsigned int ngroups;
};

/* Of a struct raw_cfg. */
extern const cyaml_schema_value_t cfg_schema;

#endif
