// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/sip_names.h"

#include <stdlib.h>
#include <string.h>

#include "sipctl/names.h"
#include "sipctl/text.h"

const char *const transport_names[] = {
	[SIPFAST_TRANSPORT_UDP] = "udp",
	[SIPFAST_TRANSPORT_TCP] = "tcp",
	[SIPFAST_TRANSPORT_TLS] = "tls",
	[SIPFAST_TRANSPORT_MAX + 1] = NULL,
};

const char *const inspect_names[] = {
	[SIPFAST_MODE_OFF] = "off",
	[SIPFAST_MODE_OBSERVE] = "observe",
	[SIPFAST_MODE_ENFORCE] = "enforce",
	[SIPFAST_MODE_MAX + 1] = NULL,
};

const char *const level_names[] = {
	[SIPFAST_LEVEL_NONE] = "none",		 [SIPFAST_LEVEL_DIALOGS] = "dialogs",
	[SIPFAST_LEVEL_REGISTERS] = "registers", [SIPFAST_LEVEL_OTHERS] = "others",
	[SIPFAST_LEVEL_MAX + 1] = NULL,
};

const char *const class_names[] = {
	[SIPFAST_CLASS_UNKNOWN] = "unknown", [SIPFAST_CLASS_REGISTERED] = "registered",
	[SIPFAST_CLASS_TRUSTED] = "trusted", [SIPFAST_CLASS_BANNED] = "banned",
	[SIPFAST_CLASS_MAX + 1] = NULL,
};

const char *const scope_names[] = {
	[SIPFAST_SCOPE_SOURCE] = "source",
	[SIPFAST_SCOPE_PREFIX] = "prefix",
	[SIPFAST_SCOPE_GLOBAL] = "global",
	[SIPFAST_SCOPE_MAX + 1] = NULL,
};

const char *const group_names[] = {
	[SIPFAST_GROUP_DIALOG] = "dialog",   [SIPFAST_GROUP_REGISTER] = "register",
	[SIPFAST_GROUP_OTHER] = "other",     [SIPFAST_GROUP_IN_DIALOG] = "in-dialog",
	[SIPFAST_GROUP_CONNECT] = "connect", [SIPFAST_GROUP_MAX + 1] = NULL,
};

const char *const action_names[] = {
	[SIPFAST_ACTION_COUNT] = "count", [SIPFAST_ACTION_LOG] = "log",
	[SIPFAST_ACTION_DROP] = "drop",	  [SIPFAST_ACTION_BAN] = "ban",
	[SIPFAST_ACTION_MAX + 1] = NULL,
};

const char *const kind_names[] = {
	[SIPFAST_SIP_NONE] = "none",
	[SIPFAST_SIP_OTHER] = "other",
	[SIPFAST_SIP_INVITE] = "INVITE",
	[SIPFAST_SIP_ACK] = "ACK",
	[SIPFAST_SIP_BYE] = "BYE",
	[SIPFAST_SIP_CANCEL] = "CANCEL",
	[SIPFAST_SIP_OPTIONS] = "OPTIONS",
	[SIPFAST_SIP_REGISTER] = "REGISTER",
	[SIPFAST_SIP_PRACK] = "PRACK",
	[SIPFAST_SIP_UPDATE] = "UPDATE",
	[SIPFAST_SIP_INFO] = "INFO",
	[SIPFAST_SIP_MESSAGE] = "MESSAGE",
	[SIPFAST_SIP_SUBSCRIBE] = "SUBSCRIBE",
	[SIPFAST_SIP_NOTIFY] = "NOTIFY",
	[SIPFAST_SIP_REFER] = "REFER",
	[SIPFAST_SIP_PUBLISH] = "PUBLISH",
	[SIPFAST_SIP_1XX] = "1xx",
	[SIPFAST_SIP_2XX] = "2xx",
	[SIPFAST_SIP_3XX] = "3xx",
	[SIPFAST_SIP_4XX] = "4xx",
	[SIPFAST_SIP_5XX] = "5xx",
	[SIPFAST_SIP_6XX] = "6xx",
	[SIPFAST_SIP_MAX + 1] = NULL,
};

const char *const verdict_names[] = {
	[SIPFAST_VERDICT_ACCEPT] = "accept",
	[SIPFAST_VERDICT_KEEPALIVE] = "keepalive",
	[SIPFAST_VERDICT_ABSORBED] = "absorbed",
	[SIPFAST_VERDICT_BANNED] = "banned",
	[SIPFAST_VERDICT_RULE] = "rule",
	[SIPFAST_VERDICT_MALFORMED] = "malformed",
	[SIPFAST_VERDICT_LIMIT_SOURCE] = "limit-source",
	[SIPFAST_VERDICT_LIMIT_PREFIX] = "limit-prefix",
	[SIPFAST_VERDICT_LIMIT_GLOBAL] = "limit-global",
	[SIPFAST_VERDICT_NOT_REPEATED] = "not-repeated",
	[SIPFAST_VERDICT_OVERLOAD] = "overload",
	[SIPFAST_VERDICT_REJECTED] = "rejected",
	[SIPFAST_VERDICT_NO_MEMORY] = "no-memory",
	[SIPFAST_VERDICT_MAX + 1] = NULL,
};

char *name_listener(const struct sf_listener *listener)
{
	char *address = name_address(&listener->addr);
	char *name = text_format("%s:%s", name_of(transport_names, listener->transport), address);

	free(address);
	return name;
}

char *name_source(const struct sf_source *source)
{
	unsigned int most = source->addr.family == AF_INET ? 32 : 128;
	char *host, *name;

	if (source->addr.port)
		return name_address(&source->addr);
	host = name_host(&source->addr);
	if (!source->has_prefix || source->prefix == most)
		return host;
	name = text_format("%s/%u", host, source->prefix);
	free(host);
	return name;
}

char *name_set(const char *const *names, uint32_t set)
{
	char *text = text_format("%s", ""), *longer;

	for (unsigned int i = 0; names[i]; i++) {
		if (!(set & 1u << i))
			continue;
		longer = text_format("%s%s%s", text, *text ? "," : "", names[i]);
		free(text);
		text = longer;
	}
	return text;
}

static bool is_of_sipd(const struct sf_source *source)
{
	return !strncmp(source->reason, SF_REASON_SIPD, strlen(SF_REASON_SIPD));
}

const char *name_maker(const struct sf_source *source)
{
	if (source->by_kernel)
		return "kernel";
	return is_of_sipd(source) ? "sipd" : "operator";
}

const char *name_reason(const struct sf_source *source)
{
	return source->reason + (is_of_sipd(source) ? strlen(SF_REASON_SIPD) : 0);
}
