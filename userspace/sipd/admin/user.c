// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The noun "user": first the store, then, when it is on disk, the memory that requests are
 * authenticated by.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/account.h"
#include "admin/text.h"
#include "sip/digest.h"

/* A change on its way to the disk. */
struct change {
	struct store_receipt receipt; /* first */
	struct admin_request *request;
	struct registrar *registrar;
	bool removes;
	struct aor aor;
	struct store_user user;
};

/* What the request is told at its end. */
static json_t *done(struct admin_request *request)
{
	return json_incref(request->kept);
}

static void on_receipt(struct mail *mail, bool alive)
{
	struct change *change = (struct change *)mail;
	struct admin_request *request = change->request;

	if (alive && change->receipt.result)
		admin_refuse(request, "failed",
			     "the store cannot be written, see sipctl status; nothing was "
			     "changed");
	else if (alive && change->removes)
		users_del(change->registrar->users, change->aor.user, change->aor.domain->name);
	else if (alive && users_put(change->registrar->users, &change->user))
		admin_refuse(request, "failed", "out of memory; restart sipd to make it known");
	if (request->error_code) {
		json_decref(request->kept);
		request->kept = NULL;
	}
	explicit_bzero(&change->user, sizeof(change->user));
	free(change);
	admin_resume(request, alive);
}

static struct change *change_alloc(struct admin_request *request, struct registrar *registrar,
				   const struct aor *aor)
{
	struct change *change = calloc(1, sizeof(*change));

	if (!change)
		return NULL;
	change->receipt.box = request->context.shards[0].box;
	change->receipt.cb = on_receipt;
	change->request = request;
	change->registrar = registrar;
	change->aor = *aor;
	change->user.user = change->aor.user;
	change->user.domain = aor->domain->name;
	change->user.enabled = true;
	request->kept =
		json_pack("{s:o, s:s}", "user", admin_text(aor->user), "domain", aor->domain->name);
	if (request->kept)
		return change;
	free(change);
	return NULL;
}

/* Takes @change, which may be NULL. */
static json_t *submit(struct change *change)
{
	struct store_job *job = change ? store_job_alloc() : NULL;
	struct admin_request *request;
	int ret;

	if (!job) {
		free(change);
		return NULL;
	}
	request = change->request;
	ret = change->removes ? store_del_user(job, change->aor.user, change->user.domain) :
				store_put_user(job, &change->user);
	if (!ret)
		ret = store_submit(change->registrar->store, job, &change->receipt, false);
	if (!ret)
		return admin_wait(request, done);
	store_job_free(job);
	free(change);
	return admin_refuse(request, "failed", "too many changes wait to be written; try again");
}

static bool exists(struct admin_request *request, const struct registrar *registrar,
		   const struct aor *aor, struct user_secret *secret)
{
	if (users_find(registrar->users, aor->user, aor->domain->name, secret))
		return true;
	admin_refuse(request, "not-found", "there is no user %s@%s; see sipctl user list",
		     aor->user, aor->domain->name);
	return false;
}

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
			      const struct aor *aor)
{
	struct change *change = change_alloc(request, registrar, aor);

	if (change && !take_password(request, &change->user)) {
		free(change);
		return NULL;
	}
	return submit(change);
}

json_t *admin_user_add(struct admin_request *request)
{
	struct registrar *registrar;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar)
		return NULL;
	if (users_find(registrar->users, aor.user, aor.domain->name, NULL))
		return admin_refuse(request, "failed",
				    "there is a user %s@%s already; change his password with "
				    "sipctl user passwd",
				    aor.user, aor.domain->name);
	return write_password(request, registrar, &aor);
}

json_t *admin_user_passwd(struct admin_request *request)
{
	struct registrar *registrar;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar || !exists(request, registrar, &aor, NULL))
		return NULL;
	return write_password(request, registrar, &aor);
}

static json_t *set_enabled(struct admin_request *request, bool enabled)
{
	struct registrar *registrar;
	struct user_secret secret;
	struct change *change;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar || !exists(request, registrar, &aor, &secret))
		return NULL;
	change = change_alloc(request, registrar, &aor);
	if (change) {
		memcpy(change->user.md5, secret.md5, sizeof(secret.md5));
		memcpy(change->user.sha256, secret.sha256, sizeof(secret.sha256));
		change->user.enabled = enabled;
	}
	return submit(change);
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
	struct change *change;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar || !exists(request, registrar, &aor, NULL))
		return NULL;
	/* Where he is goes with him. */
	if (registrar_remove(registrar, aor.user, aor.domain->name, NULL) < 0)
		return NULL;
	change = change_alloc(request, registrar, &aor);
	if (change)
		change->removes = true;
	return submit(change);
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
