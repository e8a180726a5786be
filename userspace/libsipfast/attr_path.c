// SPDX-License-Identifier: GPL-2.0-or-later
/* The names of the attributes a request can carry, to tell a person which one is wrong. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

struct level;

struct name {
	const char *text;
	const struct level *nest;
};

struct level {
	const struct name *names;
	unsigned int max;
	unsigned int id; /* the attribute that tells one such nest from another, 0: none */
};

static const struct name forward_names[SIPFAST_A_FORWARD_MAX + 1] = {
	[SIPFAST_A_FORWARD_TO] = { "to", NULL },
	[SIPFAST_A_FORWARD_MODE] = { "mode", NULL },
	[SIPFAST_A_FORWARD_PAYLOAD_TYPES] = { "payload types", NULL },
	[SIPFAST_A_FORWARD_SSRC] = { "ssrc", NULL },
	[SIPFAST_A_FORWARD_SEQ_OFFSET] = { "sequence offset", NULL },
	[SIPFAST_A_FORWARD_TIMESTAMP_OFFSET] = { "timestamp offset", NULL },
	[SIPFAST_A_FORWARD_DSCP] = { "dscp", NULL },
	[SIPFAST_A_FORWARD_TTL] = { "ttl", NULL },
};

static const struct level forward_level = {
	forward_names,
	SIPFAST_A_FORWARD_MAX,
	SIPFAST_A_FORWARD_TO,
};

static const struct name endpoint_names[SIPFAST_A_ENDPOINT_MAX + 1] = {
	[SIPFAST_A_ENDPOINT_ID] = { "id", NULL },
	[SIPFAST_A_ENDPOINT_DELETE] = { "delete", NULL },
	[SIPFAST_A_ENDPOINT_LOCAL_ADDR4] = { "local address", NULL },
	[SIPFAST_A_ENDPOINT_LOCAL_PORT] = { "local port", NULL },
	[SIPFAST_A_ENDPOINT_REMOTE_ADDR4] = { "remote address", NULL },
	[SIPFAST_A_ENDPOINT_REMOTE_PORT] = { "remote port", NULL },
	[SIPFAST_A_ENDPOINT_COMPONENT] = { "component", NULL },
	[SIPFAST_A_ENDPOINT_LEARN] = { "learn", NULL },
	[SIPFAST_A_ENDPOINT_LEARN_ADDR4] = { "learn address", NULL },
	[SIPFAST_A_ENDPOINT_LEARN_PREFIX] = { "learn prefix", NULL },
	[SIPFAST_A_ENDPOINT_SOURCE] = { "source", NULL },
	[SIPFAST_A_ENDPOINT_DSCP] = { "dscp", NULL },
	[SIPFAST_A_ENDPOINT_TTL] = { "ttl", NULL },
	[SIPFAST_A_ENDPOINT_CLOCK_RATE] = { "clock rate", NULL },
	[SIPFAST_A_ENDPOINT_FORWARD] = { "forward", &forward_level },
	[SIPFAST_A_ENDPOINT_NO_FORWARDS] = { "no-forwards", NULL },
	[SIPFAST_A_ENDPOINT_LOCAL_ADDR6] = { "local address", NULL },
	[SIPFAST_A_ENDPOINT_REMOTE_ADDR6] = { "remote address", NULL },
	[SIPFAST_A_ENDPOINT_LEARN_ADDR6] = { "learn address", NULL },
	[SIPFAST_A_ENDPOINT_LEARN_MS] = { "learn time", NULL },
	[SIPFAST_A_ENDPOINT_INACTIVE_MS] = { "inactive", NULL },
	[SIPFAST_A_ENDPOINT_DTMF_TYPE] = { "dtmf", NULL },
};

static const struct level endpoint_level = {
	endpoint_names,
	SIPFAST_A_ENDPOINT_MAX,
	SIPFAST_A_ENDPOINT_ID,
};

static const struct name session_names[SIPFAST_A_SESSION_MAX + 1] = {
	[SIPFAST_A_SESSION_ID] = { "id", NULL },
	[SIPFAST_A_SESSION_OWNER] = { "owner", NULL },
	[SIPFAST_A_SESSION_TIMEOUT_MS] = { "timeout", NULL },
	[SIPFAST_A_SESSION_ENDPOINT] = { "endpoint", &endpoint_level },
	[SIPFAST_A_SESSION_BRIEF] = { "brief", NULL },
};

static const struct level session_level = {
	session_names,
	SIPFAST_A_SESSION_MAX,
	SIPFAST_A_SESSION_ID,
};

static const struct name range_names[SIPFAST_A_RANGE_MAX + 1] = {
	[SIPFAST_A_RANGE_ADDR4] = { "address", NULL },
	[SIPFAST_A_RANGE_PORT_MIN] = { "lowest port", NULL },
	[SIPFAST_A_RANGE_PORT_MAX] = { "highest port", NULL },
	[SIPFAST_A_RANGE_ADDR6] = { "address", NULL },
};

static const struct level range_level = { range_names, SIPFAST_A_RANGE_MAX, 0 };

static const struct name config_names[SIPFAST_A_CONFIG_MAX + 1] = {
	[SIPFAST_A_CONFIG_SESSIONS_MAX] = { "max-sessions", NULL },
	[SIPFAST_A_CONFIG_ENDPOINTS_MAX] = { "max-endpoints", NULL },
	[SIPFAST_A_CONFIG_HOOKS] = { "hooks", NULL },
	[SIPFAST_A_CONFIG_DEVICE] = { "device", NULL },
};

static const struct level config_level = { config_names, SIPFAST_A_CONFIG_MAX, 0 };

#define NAME(attr, text) [SIPFAST_A_##attr] = { text, NULL }

static const struct name listener_names[SIPFAST_A_LISTENER_MAX + 1] = {
	NAME(LISTENER_ADDR4, "address"),     NAME(LISTENER_ADDR6, "address"),
	NAME(LISTENER_PORT, "port"),	     NAME(LISTENER_TRANSPORT, "transport"),
	NAME(LISTENER_MODE, "mode"),	     NAME(LISTENER_WORKERS, "workers"),
	NAME(LISTENER_HASH_KEY, "hash key"), NAME(LISTENER_LOAD, "load"),
};

static const struct level listener_level = { listener_names, SIPFAST_A_LISTENER_MAX, 0 };

static const struct name source_names[SIPFAST_A_SOURCE_MAX + 1] = {
	NAME(SOURCE_ADDR4, "address"), NAME(SOURCE_ADDR6, "address"),
	NAME(SOURCE_PREFIX, "prefix"), NAME(SOURCE_PORT, "port"),
	NAME(SOURCE_CLASS, "class"),   NAME(SOURCE_EXPIRES_MS, "time"),
	NAME(SOURCE_REASON, "reason"),
};

static const struct level source_level = { source_names, SIPFAST_A_SOURCE_MAX, 0 };

static const struct name limit_names[SIPFAST_A_LIMIT_MAX + 1] = {
	NAME(LIMIT_SCOPE, "scope"), NAME(LIMIT_CLASS, "class"), NAME(LIMIT_GROUP, "group"),
	NAME(LIMIT_RATE, "rate"),   NAME(LIMIT_BURST, "burst"),
};

static const struct level limit_level = { limit_names, SIPFAST_A_LIMIT_MAX, 0 };

/* In the words of "sipctl kernel policy set". */
static const struct name policy_names[SIPFAST_A_POLICY_MAX + 1] = {
	[SIPFAST_A_POLICY_LIMIT] = { "limit", &limit_level },
	NAME(POLICY_PREFIX4, "prefix4"),
	NAME(POLICY_PREFIX6, "prefix6"),
	NAME(POLICY_SOURCES_MAX, "max-sources"),
	NAME(POLICY_MALFORMED_DROP, "malformed"),
	NAME(POLICY_MALFORMED_MAX, "ban-malformed"),
	NAME(POLICY_FAILURES_MAX, "ban-failures"),
	NAME(POLICY_REFUSED_MAX, "ban-refused"),
	NAME(POLICY_PORTS_MAX, "ban-ports"),
	NAME(POLICY_WINDOW_MS, "window"),
	NAME(POLICY_BAN_MS, "ban-time"),
	NAME(POLICY_SHED_DIALOGS, "shed dialogs"),
	NAME(POLICY_SHED_REGISTERS, "shed registers"),
	NAME(POLICY_SHED_OTHERS, "shed others"),
	NAME(POLICY_REJECT_RATE, "reject"),
	NAME(POLICY_RETRY_AFTER, "retry-after"),
	NAME(POLICY_ABSORB_MS, "absorb"),
	NAME(POLICY_CONNECTIONS_MAX, "max-connections"),
};

static const struct level policy_level = { policy_names, SIPFAST_A_POLICY_MAX, 0 };

static const struct name rule_names[SIPFAST_A_RULE_MAX + 1] = {
	NAME(RULE_ID, "id"),
	NAME(RULE_ACTION, "action"),
	NAME(RULE_METHODS, "method"),
	NAME(RULE_CLASSES, "class"),
	NAME(RULE_USER_AGENT, "user-agent"),
	NAME(RULE_URI_USER, "user"),
	NAME(RULE_SIZE_MIN, "size"),
};

static const struct level rule_level = { rule_names, SIPFAST_A_RULE_MAX, SIPFAST_A_RULE_ID };

static const struct name top_names[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_RANGE] = { "range", &range_level },
	[SIPFAST_A_SESSION] = { "session", &session_level },
	[SIPFAST_A_CONFIG] = { "config", &config_level },
	[SIPFAST_A_LISTENER] = { "listener", &listener_level },
	[SIPFAST_A_SOURCE] = { "source", &source_level },
	[SIPFAST_A_POLICY] = { "policy", &policy_level },
	[SIPFAST_A_RULE] = { "rule", &rule_level },
};

static const struct level top_level = { top_names, SIPFAST_A_MAX, 0 };

static const struct name *name_of(const struct level *level, unsigned int type)
{
	static const struct name unknown = { "unknown attribute", NULL };

	if (!level || type > level->max || !level->names[type].text)
		return &unknown;
	return &level->names[type];
}

/* Appends ", name" and, for a nest that has one, its ID. */
static void append(char *buf, size_t size, const struct name *name, const struct nlattr *nest)
{
	size_t used = strlen(buf);
	const struct nlattr *attr;

	used += snprintf(buf + used, size - used, "%s%s", used ? ", " : "", name->text);
	if (used >= size || !name->nest || !name->nest->id || !nest)
		return;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != name->nest->id)
			continue;
		if (mnl_attr_get_payload_len(attr) == sizeof(uint64_t))
			snprintf(buf + used, size - used, " %" PRIu64, mnl_attr_get_u64(attr));
		else if (mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			snprintf(buf + used, size - used, " %" PRIu32, mnl_attr_get_u32(attr));
		return;
	}
}

/* Without an offset: the object that the request is about, if it has a name. */
static void append_subject(const struct nlmsghdr *request, char *buf, size_t size)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, request, GENL_HDRLEN) {
		const struct name *name = name_of(&top_level, mnl_attr_get_type(attr));

		if (name->nest && name->nest->id)
			append(buf, size, name, attr);
	}
}

void sf_attr_path(const struct nlmsghdr *request, uint32_t offset, unsigned int missing, char *buf,
		  size_t size)
{
	const char *at = (const char *)request + offset;
	const char *end = mnl_nlmsg_get_payload_tail(request);
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(request, GENL_HDRLEN);
	const struct level *level = &top_level;

	buf[0] = '\0';
	if (request->nlmsg_type == GENL_ID_CTRL)
		return;
	if (!offset && !missing)
		append_subject(request, buf, size);
	while (offset && mnl_attr_ok(attr, end - (const char *)attr) && at >= (const char *)attr) {
		const char *next = (const char *)mnl_attr_next(attr);
		const struct name *name;

		if (at >= next) {
			attr = (const void *)next;
			continue;
		}
		name = name_of(level, mnl_attr_get_type(attr));
		append(buf, size, name, attr);
		level = name->nest;
		if (at == (const char *)attr || !level)
			break;
		end = (const char *)attr + attr->nla_len;
		attr = mnl_attr_get_payload(attr);
	}
	if (missing)
		append(buf, size, name_of(level, missing), NULL);
}
