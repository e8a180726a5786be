// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/destination.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sip/msg.h"

static bool is_at(const struct cfg_peer *peer, const struct sip_uri *uri)
{
	char host[TP_ADDR_STRLEN];

	if (peer->uri.text)
		return view_ieq(uri->host, view_str(peer->uri.host)) &&
		       (!uri->port || uri->port == peer->uri.where.port);
	return view_ieq(uri->host, view_str(tp_addr_host(&peer->addr, host))) &&
	       (!uri->port || uri->port == tp_addr_port(&peer->addr));
}

static const struct cfg_trunk *find_trunk(const struct cfg *cfg, const struct sip_uri *uri)
{
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if ((!uri->port && view_eq(uri->host, view_str(cfg->trunks[i].name))) ||
		    is_at(&cfg->trunks[i].address, uri))
			return &cfg->trunks[i];
	return NULL;
}

static bool begins_with_sip(const char *text)
{
	return view_ieq((struct view){ text, strnlen(text, 4) }, VIEW_LIT("sip:"));
}

int cfg_destination_read(struct cfg_destination *destination, const struct cfg *cfg,
			 const struct cfg_domain *domain, const char *text)
{
	char written[2 * CFG_DESTINATION_MAX + 8];
	struct sip_uri uri;
	bool voicemail = !strcmp(text, "voicemail");

	if (voicemail && !domain->voicemail)
		return -ENODATA;
	if (voicemail)
		text = domain->voicemail;
	snprintf(written, sizeof(written), "%s%s%s%s", begins_with_sip(text) ? "" : "sip:", text,
		 strchr(text, '@') ? "" : "@", strchr(text, '@') ? "" : domain->name);
	if (strlen(text) > CFG_DESTINATION_MAX || sip_uri_parse(&uri, view_str(written)) ||
	    !uri.user.len || uri.password.p || uri.params.p || uri.headers.p)
		return -EINVAL;
	*destination = (struct cfg_destination){ .voicemail = voicemail };
	memcpy(destination->user, uri.user.p, uri.user.len);
	if (!uri.port)
		destination->domain = cfg_find_domain(cfg, uri.host);
	if (!destination->domain)
		destination->trunk = find_trunk(cfg, &uri);
	return destination->domain || destination->trunk ? 0 : -ENOENT;
}

const char *cfg_destination_error(int error)
{
	switch (error) {
	case -ENOENT:
		return "names a host that is neither a domain nor a trunk of the configuration; "
		       "calls are sent on to nobody else";
	case -ENODATA:
		return "is not set for this domain; add its key voicemail to the configuration";
	default:
		return "cannot be read; write a user, a number, USER@DOMAIN or USER@TRUNK";
	}
}
