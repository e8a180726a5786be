// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of the configuration file and their types. */
#include "config/raw.h"

#define MAX_TEXT 255

static const cyaml_strval_t media_modes[] = {
	{ "kernel", RAW_MEDIA_KERNEL },
	{ "none", RAW_MEDIA_NONE },
};

static const cyaml_strval_t learn_modes[] = {
	{ "once", CFG_LEARN_ONCE },
	{ "off", CFG_LEARN_OFF },
};

static const cyaml_strval_t inspect_modes[] = {
	{ "off", CFG_INSPECT_OFF },
	{ "observe", CFG_INSPECT_OBSERVE },
	{ "enforce", CFG_INSPECT_ENFORCE },
};

static const cyaml_strval_t session_timer_modes[] = {
	{ "off", CFG_SESSION_TIMERS_OFF },
	{ "accept", CFG_SESSION_TIMERS_ACCEPT },
	{ "request", CFG_SESSION_TIMERS_REQUEST },
};

static const cyaml_strval_t masks[] = {
	{ "credentials", CFG_MASK_CREDENTIALS },
	{ "keys", CFG_MASK_KEYS },
	{ "dtmf", CFG_MASK_DTMF },
	{ "messages", CFG_MASK_MESSAGES },
	{ "none", CFG_MASK_NONE },
};

static const cyaml_schema_value_t mask = {
	CYAML_VALUE_ENUM(CYAML_FLAG_DEFAULT | CYAML_FLAG_STRICT, enum cfg_mask, masks,
			 CYAML_ARRAY_LEN(masks)),
};

static const cyaml_strval_t transfer_modes[] = {
	{ "handle", CFG_TRANSFER_HANDLE },
	{ "pass", CFG_TRANSFER_PASS },
	{ "refuse", CFG_TRANSFER_REFUSE },
};

static const cyaml_strval_t trust_modes[] = {
	{ "none", CFG_TRUST_NONE },
	{ "full", CFG_TRUST_FULL },
};

static const cyaml_strval_t privacy_modes[] = {
	{ "pass", CFG_PRIVACY_PASS },
	{ "apply", CFG_PRIVACY_APPLY },
};

static const cyaml_strval_t redirect_modes[] = {
	{ "refuse", CFG_REDIRECT_REFUSE },
	{ "pass", CFG_REDIRECT_PASS },
	{ "recurse", CFG_REDIRECT_RECURSE },
};

static const cyaml_strval_t reliable_modes[] = {
	{ "follow", CFG_100REL_FOLLOW },
	{ "always", CFG_100REL_ALWAYS },
	{ "never", CFG_100REL_NEVER },
};

static const cyaml_strval_t modes[] = {
	{ "b2bua", CFG_MODE_B2BUA },
	{ "proxy", CFG_MODE_PROXY },
	{ "redirect", CFG_MODE_REDIRECT },
};

static const cyaml_strval_t strategies[] = {
	{ "priority", CFG_PRIORITY },
	{ "parallel", CFG_PARALLEL },
	{ "round-robin", CFG_ROUND_ROBIN },
	{ "weight", CFG_WEIGHT },
};

static const cyaml_strval_t hunting[] = {
	{ "ring-all", CFG_RING_ALL },
	{ "linear", CFG_LINEAR },
	{ "round-robin", CFG_IN_TURN },
};

static const cyaml_strval_t auth_modes[] = {
	{ "digest", CFG_AUTH_DIGEST },
	{ "none", CFG_AUTH_NONE },
};

static const cyaml_strval_t algorithms[] = {
	{ "SHA-256", RAW_SHA256 },
	{ "MD5", RAW_MD5 },
};

static const cyaml_schema_value_t algorithm = {
	CYAML_VALUE_ENUM(CYAML_FLAG_DEFAULT | CYAML_FLAG_STRICT, enum raw_algorithm, algorithms,
			 CYAML_ARRAY_LEN(algorithms)),
};

static const cyaml_strval_t truths[] = {
	{ "true", RAW_TRUE },
	{ "false", RAW_FALSE },
};

static const cyaml_strval_t presumed[] = {
	{ "true", RAW_SO },
	{ "false", RAW_NOT_SO },
};

static const cyaml_schema_value_t text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, MAX_TEXT),
};

#define TEXT(key, type, member)                                                                \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, \
			       MAX_TEXT)
#define TEXT_NEEDED(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, MAX_TEXT)
#define UINT(key, type, member) CYAML_FIELD_UINT_PTR(key, CYAML_FLAG_OPTIONAL, type, member)
#define ENUM(key, type, member, strings)                                                      \
	CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, type, member, strings, \
			 CYAML_ARRAY_LEN(strings))
#define LIST(key, optional, type, member, entry, max)                                             \
	CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | (optional), type, member, n##member, \
				   entry, 1, max)
#define MAPPING(key, type, member, fields) \
	CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, fields)

static const cyaml_schema_field_t control_fields[] = {
	TEXT("socket", struct raw_control, socket),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t proxy_fields[] = {
	TEXT_NEEDED("key-file", struct raw_proxy, key_file),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t timers_fields[] = {
	TEXT("t1", struct raw_timers, t1),
	TEXT("t2", struct raw_timers, t2),
	TEXT("t4", struct raw_timers, t4),
	TEXT("no-answer", struct raw_timers, no_answer),
	TEXT("media", struct raw_timers, media),
	TEXT("max-call", struct raw_timers, max_call),
	TEXT("failover", struct raw_timers, failover),
	TEXT("session-expires", struct raw_timers, session_expires),
	TEXT("min-se", struct raw_timers, min_se),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t calls_fields[] = {
	UINT("max", struct raw_calls, max),
	UINT("keep-finished", struct raw_calls, keep_finished),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t subscriptions_fields[] = {
	UINT("max", struct raw_subscriptions, max),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t trace_fields[] = {
	UINT("flows", struct raw_trace, flows),
	TEXT("messages", struct raw_trace, messages),
	LIST("mask", CYAML_FLAG_OPTIONAL, struct raw_trace, mask, &mask, CYAML_ARRAY_LEN(masks)),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t dns_fields[] = {
	LIST("servers", CYAML_FLAG_OPTIONAL, struct raw_dns, servers, &text, DNS_MAX_SERVERS),
	TEXT("timeout", struct raw_dns, timeout),
	UINT("attempts", struct raw_dns, attempts),
	TEXT("min-ttl", struct raw_dns, min_ttl),
	TEXT("max-ttl", struct raw_dns, max_ttl),
	TEXT("max-negative-ttl", struct raw_dns, max_negative_ttl),
	TEXT("serve-stale", struct raw_dns, serve_stale),
	TEXT("avoid-failed", struct raw_dns, avoid_failed),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t connections_fields[] = {
	UINT("max", struct raw_connections, max),
	UINT("per-source", struct raw_connections, per_source),
	TEXT("idle", struct raw_connections, idle),
	TEXT("message", struct raw_connections, message),
	TEXT("connect", struct raw_connections, connect),
	TEXT("handshake", struct raw_connections, handshake),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t media_fields[] = {
	TEXT_NEEDED("address", struct raw_media, address),
	TEXT_NEEDED("ports", struct raw_media, ports),
	UINT("dscp", struct raw_media, dscp),
	ENUM("learn", struct raw_media, learn, learn_modes),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t codecs_fields[] = {
	LIST("allow", CYAML_FLAG_OPTIONAL, struct raw_codecs, allow, &text, CFG_MAX_CODECS),
	LIST("deny", CYAML_FLAG_OPTIONAL, struct raw_codecs, deny, &text, CFG_MAX_CODECS),
	LIST("order", CYAML_FLAG_OPTIONAL, struct raw_codecs, order, &text, CFG_MAX_CODECS),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t account_fields[] = {
	TEXT_NEEDED("user", struct raw_account, user),
	TEXT("password", struct raw_account, password),
	TEXT("password-file", struct raw_account, password_file),
	TEXT("realm", struct raw_account, realm),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t registration_fields[] = {
	TEXT("user", struct raw_registration, user),
	TEXT("domain", struct raw_registration, domain),
	TEXT("contact", struct raw_registration, contact),
	TEXT("expires", struct raw_registration, expires),
	TEXT("retry", struct raw_registration, retry),
	TEXT("max-retry", struct raw_registration, max_retry),
	TEXT("refused-retry", struct raw_registration, refused_retry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t health_fields[] = {
	TEXT_NEEDED("interval", struct raw_health, interval),
	UINT("fall", struct raw_health, fall),
	UINT("rise", struct raw_health, rise),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t next_hop_fields[] = {
	TEXT_NEEDED("realm", struct raw_next_hop, realm),
	TEXT("address", struct raw_next_hop, address),
	TEXT("uri", struct raw_next_hop, uri),
	TEXT("tls-name", struct raw_next_hop, tls_name),
	ENUM("redirect", struct raw_next_hop, redirect, redirect_modes),
	MAPPING("credentials", struct raw_next_hop, credentials, account_fields),
	ENUM("mode", struct raw_next_hop, mode, modes),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t tls_pair_fields[] = {
	TEXT_NEEDED("certificate", struct raw_tls_pair, certificate),
	TEXT_NEEDED("key", struct raw_tls_pair, key),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t tls_pair = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_tls_pair, tls_pair_fields),
};

static const cyaml_schema_field_t tls_fields[] = {
	TEXT_NEEDED("certificate", struct raw_tls, certificate),
	TEXT_NEEDED("key", struct raw_tls, key),
	CYAML_FIELD_SEQUENCE_COUNT("more", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct raw_tls,
				   more, nmore, &tls_pair, 1, CFG_MAX_MORE),
	TEXT("ca", struct raw_tls, ca),
	ENUM("verify-client", struct raw_tls, verify_client, truths),
	ENUM("verify-server", struct raw_tls, verify_server, presumed),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t ws_fields[] = {
	TEXT("path", struct raw_ws, path),
	LIST("origins", CYAML_FLAG_OPTIONAL, struct raw_ws, origins, &text, CFG_MAX_ORIGINS),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t realm_fields[] = {
	TEXT_NEEDED("name", struct raw_realm, name),
	LIST("listen", 0, struct raw_realm, listen, &text, CFG_MAX_LISTEN),
	ENUM("inspect", struct raw_realm, inspect, inspect_modes),
	ENUM("session-timers", struct raw_realm, session_timers, session_timer_modes),
	TEXT("advertise", struct raw_realm, advertise),
	ENUM("100rel", struct raw_realm, reliable, reliable_modes),
	MAPPING("media", struct raw_realm, media, media_fields),
	MAPPING("codecs", struct raw_realm, codecs, codecs_fields),
	MAPPING("video-codecs", struct raw_realm, video_codecs, codecs_fields),
	MAPPING("tls", struct raw_realm, tls, tls_fields),
	MAPPING("websocket", struct raw_realm, ws, ws_fields),
	MAPPING("next-hop", struct raw_realm, next_hop, next_hop_fields),
	ENUM("transfer", struct raw_realm, transfer, transfer_modes),
	ENUM("trust", struct raw_realm, trust, trust_modes),
	ENUM("privacy", struct raw_realm, privacy, privacy_modes),
	ENUM("path", struct raw_realm, path, truths),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t realm = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_realm, realm_fields),
};

static const cyaml_schema_field_t trunk_fields[] = {
	TEXT_NEEDED("name", struct raw_trunk, name),
	TEXT_NEEDED("realm", struct raw_trunk, realm),
	TEXT("address", struct raw_trunk, address),
	TEXT("uri", struct raw_trunk, uri),
	TEXT("tls-name", struct raw_trunk, tls_name),
	UINT("weight", struct raw_trunk, weight),
	TEXT("no-answer", struct raw_trunk, no_answer),
	ENUM("redirect", struct raw_trunk, redirect, redirect_modes),
	MAPPING("credentials", struct raw_trunk, credentials, account_fields),
	MAPPING("register", struct raw_trunk, registration, registration_fields),
	MAPPING("health", struct raw_trunk, health, health_fields),
	MAPPING("codecs", struct raw_trunk, codecs, codecs_fields),
	MAPPING("video-codecs", struct raw_trunk, video_codecs, codecs_fields),
	ENUM("trust", struct raw_trunk, trust, trust_modes),
	ENUM("privacy", struct raw_trunk, privacy, privacy_modes),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t trunk = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_trunk, trunk_fields),
};

static const cyaml_schema_field_t route_fields[] = {
	TEXT("match", struct raw_route, match),
	TEXT("from-realm", struct raw_route, from_realm),
	LIST("to", 0, struct raw_route, to, &text, CFG_MAX_ROUTE_TRUNKS),
	ENUM("strategy", struct raw_route, strategy, strategies),
	ENUM("mode", struct raw_route, mode, modes),
	LIST("failover", CYAML_FLAG_OPTIONAL, struct raw_route, failover, &text, CFG_MAX_FAILOVER),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t route = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_route, route_fields),
};

static const cyaml_schema_field_t store_fields[] = {
	TEXT("path", struct raw_store, path),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t domain_fields[] = {
	TEXT_NEEDED("name", struct raw_domain, name),
	TEXT_NEEDED("realm", struct raw_domain, realm),
	ENUM("registrar", struct raw_domain, registrar, truths),
	ENUM("auth", struct raw_domain, auth, auth_modes),
	LIST("algorithms", CYAML_FLAG_OPTIONAL, struct raw_domain, algorithms, &algorithm,
	     CYAML_ARRAY_LEN(algorithms)),
	ENUM("mode", struct raw_domain, mode, modes),
	TEXT("min-expires", struct raw_domain, min_expires),
	TEXT("max-expires", struct raw_domain, max_expires),
	TEXT("default-expires", struct raw_domain, default_expires),
	TEXT("flow-timer", struct raw_domain, flow_timer),
	TEXT("voicemail", struct raw_domain, voicemail),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t domain = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_domain, domain_fields),
};

static const cyaml_schema_field_t group_fields[] = {
	TEXT_NEEDED("name", struct raw_group, name),
	TEXT_NEEDED("domain", struct raw_group, domain),
	LIST("members", 0, struct raw_group, members, &text, CFG_MAX_MEMBERS),
	ENUM("strategy", struct raw_group, strategy, hunting),
	TEXT("member-timeout", struct raw_group, member_timeout),
	TEXT("overflow", struct raw_group, overflow),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t group = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_group, group_fields),
};

static const cyaml_schema_field_t cfg_fields[] = {
	ENUM("media", struct raw_cfg, media, media_modes),
	TEXT("shards", struct raw_cfg, shards),
	MAPPING("control", struct raw_cfg, control, control_fields),
	MAPPING("proxy", struct raw_cfg, proxy, proxy_fields),
	MAPPING("timers", struct raw_cfg, timers, timers_fields),
	MAPPING("calls", struct raw_cfg, calls, calls_fields),
	MAPPING("subscriptions", struct raw_cfg, subscriptions, subscriptions_fields),
	MAPPING("trace", struct raw_cfg, trace, trace_fields),
	MAPPING("connections", struct raw_cfg, connections, connections_fields),
	MAPPING("dns", struct raw_cfg, dns, dns_fields),
	LIST("realms", 0, struct raw_cfg, realms, &realm, CFG_MAX_REALMS),
	LIST("trunks", CYAML_FLAG_OPTIONAL, struct raw_cfg, trunks, &trunk, CFG_MAX_TRUNKS),
	LIST("routes", CYAML_FLAG_OPTIONAL, struct raw_cfg, routes, &route, CFG_MAX_ROUTES),
	MAPPING("store", struct raw_cfg, store, store_fields),
	LIST("domains", CYAML_FLAG_OPTIONAL, struct raw_cfg, domains, &domain, CFG_MAX_DOMAINS),
	LIST("groups", CYAML_FLAG_OPTIONAL, struct raw_cfg, groups, &group, CFG_MAX_GROUPS),
	CYAML_FIELD_END,
};

const cyaml_schema_value_t cfg_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_cfg, cfg_fields),
};
