// SPDX-License-Identifier: GPL-2.0-or-later
/* The noun "user": who may register and call. */
#include <stdlib.h>
#include <string.h>

#include "admin/change.h"
#include "admin/text.h"
#include "sip/digest.h"

/* Is his password good? Then its hashes are in @user. */
static bool take_password(struct admin_request *request, struct store_user *user)
{
	const char *password = admin_string_arg(request, "password");
	struct view name = view_str(user->user), realm = view_str(user->domain);
	uint8_t md5[SIP_DIGEST_MAX], sha256[SIP_DIGEST_MAX];

	if (!password)
		return false;
	if (!sip_digest_ha1(SIP_DIGEST_MD5, name, realm, view_str(password), md5) &&
	    !sip_digest_ha1(SIP_DIGEST_SHA256, name, realm, view_str(password), sha256)) {
		memcpy(user->md5, md5, sizeof(user->md5));
		memcpy(user->sha256, sha256, sizeof(user->sha256));
		return true;
	}
	admin_refuse(request, "failed", "the crypto library offers no MD5 or SHA-256");
	return false;
}

static json_t *write_password(struct admin_request *request, struct registrar *registrar,
			      const struct aor *aor, enum admin_change_kind kind)
{
	struct admin_change *change = admin_change_alloc(request, registrar, aor);

	if (change)
		change->kind = kind;
	if (change && !take_password(request, &change->user)) {
		admin_change_free(change);
		return NULL;
	}
	return admin_change_submit(change);
}

json_t *admin_user_add(struct admin_request *request)
{
	struct registrar *registrar;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar)
		return NULL;
	if (cfg_find_group(admin_cfg(request), aor.domain, aor.user))
		return admin_refuse(request, "failed",
				    "%s@%s is a group of the configuration; choose another name",
				    aor.user, aor.domain->name);
	if (users_find(registrar->users, aor.user, aor.domain->name, NULL))
		return admin_refuse(request, "failed",
				    "there is a user %s@%s already; change his password with "
				    "sipctl user passwd",
				    aor.user, aor.domain->name);
	return write_password(request, registrar, &aor, ADMIN_PUTS_USER);
}

json_t *admin_user_passwd(struct admin_request *request)
{
	struct registrar *registrar;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar || !admin_user_exists(request, registrar, &aor, NULL))
		return NULL;
	return write_password(request, registrar, &aor, ADMIN_SETS_PASSWORD);
}

static json_t *set_enabled(struct admin_request *request, bool enabled)
{
	struct registrar *registrar;
	struct admin_change *change;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar || !admin_user_exists(request, registrar, &aor, NULL))
		return NULL;
	change = admin_change_alloc(request, registrar, &aor);
	if (change) {
		change->kind = ADMIN_SETS_ENABLED;
		change->user.enabled = enabled;
	}
	return admin_change_submit(change);
}

json_t *admin_user_enable(struct admin_request *request)
{
	return set_enabled(request, true);
}

json_t *admin_user_disable(struct admin_request *request)
{
	return set_enabled(request, false);
}

json_t *admin_user_remove(struct admin_request *request)
{
	struct registrar *registrar;
	struct admin_change *change;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar || !admin_user_exists(request, registrar, &aor, NULL))
		return NULL;
	change = admin_change_alloc(request, registrar, &aor);
	if (change)
		change->kind = ADMIN_REMOVES_USER;
	return admin_change_submit(change);
}

/* --- the list ------------------------------------------------------------------------------- */

static void list_user(void *arg, const char *user, const char *domain, bool enabled)
{
	json_array_append_new(arg, json_pack("{s:o, s:s, s:b}", "user", admin_text(user), "domain",
					     domain, "enabled", (int)enabled));
}

json_t *admin_user_list(struct admin_request *request)
{
	struct registrar *registrar = admin_registrar(request);
	unsigned int from;
	json_t *list;

	if (!registrar || !admin_page_arg(request, &from))
		return NULL;
	list = json_array();
	from = users_each(registrar->users, from, ADMIN_PAGE, list_user, list);
	return admin_page("users", list, from);
}
