// SPDX-License-Identifier: GPL-2.0-or-later
/* One realm by itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/value.h"

#define MAX_NAME 32
#define DEFAULT_DSCP 46 /* expedited forwarding, RFC 3246 */

static const char name_chars[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

int cfg_check_name(struct cfg_check *check, struct cfg_pos pos, const char *kind, const char *name)
{
	if (strlen(name) <= MAX_NAME && !name[strspn(name, name_chars)])
		return 0;
	cfg_mistake(check->report, pos,
		    "\"%s\" is no name of a %s; use up to %d letters, digits, - _ and .", name,
		    kind, MAX_NAME);
	return -EINVAL;
}

static void check_name(struct cfg_check *check, unsigned int index)
{
	const char *name = check->raw->realms[index].name;
	struct cfg_pos pos = cfg_tree_pos(check->tree, "realms[%u].name", index);
	unsigned int i;

	cfg_check_name(check, pos, "realm", name);
	for (i = 0; i < index; i++) {
		if (!strcmp(check->raw->realms[i].name, name)) {
			cfg_mistake(
				check->report, pos,
				"there is a realm \"%s\" already, in line %zu; choose another name",
				name, cfg_tree_pos(check->tree, "realms[%u].name", i).line);
			return;
		}
	}
}

/* Appends what it says. */
static void check_listen_entry(struct cfg_check *check, unsigned int index, unsigned int entry)
{
	struct cfg_realm *realm = &check->cfg->realms[index];
	struct cfg_listen *listen = &realm->listen[realm->nlisten];
	const char *text = check->raw->realms[index].listen[entry];
	struct cfg_pos pos = cfg_tree_pos(check->tree, "realms[%u].listen[%u]", index, entry);
	bool both;
	int ret = cfg_listen_parse(text, listen, &both);

	realm->nlisten++;
	listen->entry = entry;
	if (ret == -EPROTONOSUPPORT) {
		cfg_mistake(check->report, pos,
			    "\"%s\" begins with no transport known here; write sip:ADDRESS:PORT, "
			    "udp:ADDRESS:PORT, tcp:ADDRESS:PORT or tls:ADDRESS:PORT, or of "
			    "WebSocket ws:ADDRESS:PORT or wss:ADDRESS:PORT",
			    text);
	} else if (ret || !tp_addr_port(&listen->addr)) {
		cfg_mistake(check->report, pos,
			    "\"%s\" is no listen address; write udp:ADDRESS:PORT, such as "
			    "udp:192.0.2.1:5060",
			    text);
	} else if (!cfg_addr_is_host(&listen->addr)) {
		cfg_mistake(
			check->report, pos,
			"\"%s\" is no address that peers can answer to; write one of this host's",
			text);
	} else {
		if (!both)
			return;
		realm->listen[realm->nlisten] = *listen;
		realm->listen[realm->nlisten++].proto = TP_TCP;
		return;
	}
	/* What is told once shall not be told again as a duplicate. */
	memset(listen, 0, sizeof(*listen));
}

static int check_listen(struct cfg_check *check, unsigned int index)
{
	const struct raw_realm *raw = &check->raw->realms[index];
	struct cfg_realm *realm = &check->cfg->realms[index];
	unsigned int i;

	realm->listen = calloc(2 * raw->nlisten, sizeof(*realm->listen));
	if (!realm->listen)
		return -ENOMEM;
	for (i = 0; i < raw->nlisten; i++)
		check_listen_entry(check, index, i);
	return 0;
}

/* One host's address, IPv6 with or without brackets; none unless true. */
static bool read_host(const char *text, struct host *host)
{
	struct view view = view_str(text);
	bool in_brackets = view.len > 2 && view.p[0] == '[' && view.p[view.len - 1] == ']';

	if (in_brackets)
		view = (struct view){ text + 1, view.len - 2 };
	if ((in_brackets || host_parse(host, AF_INET, view)) && host_parse(host, AF_INET6, view))
		return false;
	if (host_is_unicast(host))
		return true;
	*host = (struct host){ .family = AF_UNSPEC };
	return false;
}

/* Does the realm have an address that @host can stand for? */
static bool stands_for_any(const struct cfg_realm *realm, const struct host *host)
{
	for (unsigned int i = 0; i < realm->nlisten; i++)
		if (realm->listen[i].addr.sa.sa_family == host->family)
			return true;
	return realm->media_address.family == host->family;
}

static int check_advertise(struct cfg_check *check, unsigned int index)
{
	struct cfg_pos pos = cfg_tree_pos(check->tree, "realms[%u].advertise", index);
	struct cfg_realm *realm = &check->cfg->realms[index];
	const char *text = check->raw->realms[index].advertise;
	char host[HOST_STRLEN], shown[sizeof("[]") + HOST_STRLEN];

	if (!text)
		return 0;
	if (!read_host(text, &realm->advertise_host)) {
		cfg_mistake(check->report, pos,
			    "advertise cannot be \"%s\"; write the IPv4 or IPv6 address that peers "
			    "see, without a port",
			    text);
		return 0;
	}
	if (!stands_for_any(realm, &realm->advertise_host))
		cfg_mistake(check->report, pos,
			    "advertise is an IPv%c address, but realm \"%s\" has none of that "
			    "family that it could stand for",
			    realm->advertise_host.family == AF_INET6 ? '6' : '4', realm->name);
	snprintf(shown, sizeof(shown), realm->advertise_host.family == AF_INET6 ? "[%s]" : "%s",
		 host_format(&realm->advertise_host, host));
	realm->advertise = strdup(shown);
	return realm->advertise ? 0 : -ENOMEM;
}

static void check_ports(struct cfg_check *check, unsigned int index, const char *text)
{
	struct cfg_pos pos = cfg_tree_pos(check->tree, "realms[%u].media.ports", index);
	struct cfg_realm *realm = &check->cfg->realms[index];
	uint16_t min, max;

	if (cfg_ports_parse(text, &min, &max))
		cfg_mistake(check->report, pos,
			    "ports cannot be \"%s\"; write FIRST-LAST, such as 30000-39999", text);
	else if (min < 1024)
		cfg_mistake(
			check->report, pos,
			"ports %s reach below 1024, where services live; begin at 1024 or above",
			text);
	else if (min % 2)
		cfg_mistake(check->report, pos,
			    "ports %s begin with an odd one; RTP takes even ports, begin with %d",
			    text, min + 1);
	else if (max <= min)
		cfg_mistake(
			check->report, pos,
			"ports %s hold no pair for RTP and RTCP; make the last port greater than "
			"the first",
			text);
	else if ((max + 1u - min) / 2 < check->cfg->shards)
		cfg_mistake(check->report, pos,
			    "ports %s hold fewer pairs for RTP and RTCP than there are shards "
			    "(%u); give each one its part",
			    text, check->cfg->shards);
	else {
		realm->media_port_min = min;
		realm->media_port_max = max;
	}
}

static void check_media(struct cfg_check *check, unsigned int index)
{
	const struct raw_media *raw = check->raw->realms[index].media;
	struct cfg_realm *realm = &check->cfg->realms[index];

	if (!raw) {
		if (check->cfg->media_kernel)
			cfg_mistake(check->report, cfg_tree_pos(check->tree, "realms[%u]", index),
				    "realm \"%s\" has no media; add \"media: { address: ADDRESS, "
				    "ports: "
				    "FIRST-LAST }\", or \"media: none\" for the whole file",
				    realm->name);
		return;
	}
	if (!read_host(raw->address, &realm->media_address))
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, "realms[%u].media.address", index),
			    "media address cannot be \"%s\"; write an IPv4 or IPv6 address of this "
			    "host",
			    raw->address);
	check_ports(check, index, raw->ports);
	realm->media_learn = raw->learn;
	realm->media_dscp = raw->dscp ? *raw->dscp : DEFAULT_DSCP;
	if (realm->media_dscp > 63)
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, "realms[%u].media.dscp", index),
			    "dscp cannot be %u; choose 0 to 63 (46 is expedited forwarding)",
			    realm->media_dscp);
}

static int check_realm(struct cfg_check *check, unsigned int index)
{
	const struct raw_realm *raw = &check->raw->realms[index];
	struct cfg_realm *realm = &check->cfg->realms[index];
	char place[32];
	int ret;

	realm->name = strdup(raw->name);
	if (!realm->name)
		return -ENOMEM;
	realm->inspect = raw->inspect;
	realm->session_timers = raw->session_timers;
	realm->reliable = raw->reliable;
	realm->transfer = raw->transfer;
	realm->path = raw->path == RAW_TRUE;
	realm->border.trusted = raw->trust == CFG_TRUST_FULL;
	realm->border.withhold = raw->privacy == CFG_PRIVACY_APPLY;
	check_name(check, index);
	check_media(check, index);
	snprintf(place, sizeof(place), "realms[%u]", index);
	ret = cfg_check_codecs(check, place, raw->codecs, raw->video_codecs, &realm->codecs);
	if (!ret)
		ret = check_listen(check, index);
	if (!ret)
		ret = cfg_check_tls(check, index);
	if (!ret)
		ret = cfg_check_ws(check, index);
	return ret ? ret : check_advertise(check, index);
}

int cfg_check_realms(struct cfg_check *check)
{
	struct cfg *cfg = check->cfg;
	unsigned int i;
	int ret;

	cfg->realms = calloc(check->raw->nrealms, sizeof(*cfg->realms));
	if (!cfg->realms)
		return -ENOMEM;
	cfg->nrealms = check->raw->nrealms;
	for (i = 0; i < cfg->nrealms; i++) {
		ret = check_realm(check, i);
		if (ret)
			return ret;
	}
	return 0;
}
