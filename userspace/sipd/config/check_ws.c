// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may begin a WebSocket with a realm. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"

static bool listens_by_ws(const struct cfg_realm *realm)
{
	for (unsigned int i = 0; i < realm->nlisten; i++)
		if (tp_is_ws(realm->listen[i].proto))
			return true;
	return false;
}

/* As browsers write it (RFC 6454 s.6.1): scheme and host, and a port if it is another one. */
static bool is_origin(const char *text)
{
	const char *host = strstr(text, "://");

	return host && host > text && host[3] && !strpbrk(host + 3, "/?# ");
}

static int check_origins(struct cfg_check *check, unsigned int index)
{
	const struct raw_ws *raw = check->raw->realms[index].ws;
	struct tp_ws_policy *policy = &check->cfg->realms[index].ws;

	if (!raw->norigins)
		return 0;
	policy->origins = calloc(raw->norigins, sizeof(*policy->origins));
	if (!policy->origins)
		return -ENOMEM;
	for (unsigned int i = 0; i < raw->norigins; i++) {
		if (!is_origin(raw->origins[i]))
			cfg_mistake(
				check->report,
				cfg_tree_pos(check->tree, "realms[%u].websocket.origins[%u]", index,
					     i),
				"\"%s\" is no origin of pages; write it as browsers do, such as "
				"https://phone.example.com",
				raw->origins[i]);
		policy->origins[i] = strdup(raw->origins[i]);
		if (!policy->origins[i])
			return -ENOMEM;
		policy->norigins++;
	}
	return 0;
}

static int check_path(struct cfg_check *check, unsigned int index)
{
	const struct raw_ws *raw = check->raw->realms[index].ws;

	if (!raw->path)
		return 0;
	if (*raw->path != '/' || strpbrk(raw->path, "?# "))
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, "realms[%u].websocket.path", index),
			    "path \"%s\" is none that a browser asks for; begin it with /, and "
			    "leave out what stands behind ?",
			    raw->path);
	check->cfg->realms[index].ws.path = strdup(raw->path);
	return check->cfg->realms[index].ws.path ? 0 : -ENOMEM;
}

int cfg_check_ws(struct cfg_check *check, unsigned int index)
{
	const struct cfg_realm *realm = &check->cfg->realms[index];
	int ret;

	if (!check->raw->realms[index].ws)
		return 0;
	if (!listens_by_ws(realm))
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "realms[%u].websocket", index),
			    "realm \"%s\" does not listen by WebSocket; add \"ws:ADDRESS:PORT\" or "
			    "\"wss:ADDRESS:PORT\" to listen, or leave websocket out",
			    realm->name);
	ret = check_path(check, index);
	return ret ? ret : check_origins(check, index);
}

void cfg_ws_clean(struct tp_ws_policy *policy)
{
	for (unsigned int i = 0; i < policy->norigins; i++)
		free(policy->origins[i]);
	free(policy->origins);
	free(policy->path);
}
