// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/account.h"

#include <errno.h>
#include <stdio.h>

struct registrar *admin_registrar(struct admin_request *request)
{
	struct registrar *registrar = call_engine_registrar(request->context.shards[0].engine);

	if (!registrar)
		admin_refuse(request, "failed",
			     "there are no domains; add \"domains\" to the configuration");
	return registrar;
}

struct registrar *admin_account(struct admin_request *request, struct aor *aor)
{
	struct registrar *registrar = admin_registrar(request);
	const char *name = registrar ? admin_string_arg(request, "user") : NULL;
	char text[2 * AOR_USER_MAX + 160];
	struct sip_uri uri;

	if (!name)
		return NULL;
	if (snprintf(text, sizeof(text), "sip:%s", name) >= (int)sizeof(text) ||
	    sip_uri_parse(&uri, view_str(text)) || !uri.user.p || uri.port || uri.params.p ||
	    uri.headers.p || uri.password.p) {
		admin_refuse(request, "usage", "\"%.80s\" is no user; write USER@DOMAIN", name);
		return NULL;
	}
	switch (aor_read(aor, admin_cfg(request), &uri)) {
	case 0:
		return registrar;
	case -ENOENT:
		admin_refuse(request, "not-found",
			     "the domain of \"%.80s\" is not in the configuration", name);
		return NULL;
	default:
		admin_refuse(request, "usage",
			     "\"%.80s\" is no user; write USER@DOMAIN, with up to %u octets for "
			     "USER",
			     name, AOR_USER_MAX - 3);
		return NULL;
	}
}
