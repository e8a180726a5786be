// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin/text.h"

/* What the request is told at its end. */
static json_t *done(struct admin_request *request)
{
	return json_incref(request->kept);
}

void admin_change_free(struct admin_change *change)
{
	if (!change)
		return;
	cfg_put(change->cfg);
	explicit_bzero(change, sizeof(*change));
	free(change);
}

/* 0, -ENOMEM, or -ENOENT: he has been removed meanwhile, with all that he had set. */
static int make_known(const struct admin_change *change)
{
	struct users *users = change->registrar->users;
	const char *domain = change->aor.domain->name;
	int ret;

	switch (change->kind) {
	case ADMIN_PUTS_USER:
		return users_put(users, &change->user);
	case ADMIN_SETS_PASSWORD:
		return users_set_password(users, &change->user);
	case ADMIN_SETS_ENABLED:
		return users_set_enabled(users, &change->user);
	case ADMIN_REMOVES_USER:
		users_del(users, change->aor.user, domain);
		/* Where he is goes with him, once he can register no more. */
		ret = registrar_remove(change->registrar, change->aor.user, domain, NULL);
		return ret < 0 ? ret : 0;
	default:
		return users_set(users, change->aor.user, domain, &change->setting);
	}
}

static void tell(struct admin_request *request, int err)
{
	if (err == -ENOENT)
		admin_refuse(request, "not-found", "the user has just been removed");
	else if (err)
		admin_refuse(request, "failed", "out of memory; restart sipd to make it known");
}

static void on_receipt(struct mail *mail, bool alive)
{
	struct admin_change *change = (struct admin_change *)mail;
	struct admin_request *request = change->request;

	if (alive && change->receipt.result)
		admin_refuse(request, "failed",
			     "the store cannot be written, see sipctl status; nothing was "
			     "changed");
	else if (alive)
		tell(request, make_known(change));
	if (request->error_code) {
		json_decref(request->kept);
		request->kept = NULL;
	}
	admin_change_free(change);
	admin_resume(request, alive);
}

struct admin_change *admin_change_alloc(struct admin_request *request, struct registrar *registrar,
					const struct aor *aor)
{
	struct admin_change *change = calloc(1, sizeof(*change));

	if (!change)
		return NULL;
	change->receipt.box = request->context.shards[0].box;
	change->receipt.cb = on_receipt;
	change->request = request;
	change->registrar = registrar;
	change->cfg = cfg_get(admin_cfg(request));
	change->aor = *aor;
	change->user.user = change->aor.user;
	change->user.domain = aor->domain->name;
	change->user.enabled = true;
	request->kept =
		json_pack("{s:o, s:s}", "user", admin_text(aor->user), "domain", aor->domain->name);
	if (request->kept)
		return change;
	admin_change_free(change);
	return NULL;
}

static int fill(struct store_job *job, const struct admin_change *change)
{
	const struct treat_setting *setting = &change->setting;
	const struct store_setting row = {
		.user = change->user.user,
		.domain = change->user.domain,
		.key = treat_word(setting->key),
		.value = setting->to,
		.number = setting->number,
	};

	switch (change->kind) {
	case ADMIN_PUTS_USER:
		return store_put_user(job, &change->user);
	case ADMIN_SETS_PASSWORD:
		return store_set_password(job, &change->user);
	case ADMIN_SETS_ENABLED:
		return store_set_enabled(job, &change->user);
	case ADMIN_REMOVES_USER:
		return store_del_user(job, row.user, row.domain);
	default:
		return *setting->to || (setting->key == TREAT_DND && setting->number) ?
			       store_put_setting(job, &row) :
			       store_del_setting(job, row.user, row.domain, row.key);
	}
}

json_t *admin_change_submit(struct admin_change *change)
{
	struct store_job *job = change ? store_job_alloc() : NULL;
	struct admin_request *request;
	int ret;

	if (!job) {
		admin_change_free(change);
		return NULL;
	}
	request = change->request;
	ret = fill(job, change);
	if (!ret)
		ret = store_submit(change->registrar->store, job, &change->receipt, false);
	if (!ret)
		return admin_wait(request, done);
	store_job_free(job);
	admin_change_free(change);
	return admin_refuse(request, "failed", "too many changes wait to be written; try again");
}

bool admin_user_exists(struct admin_request *request, const struct registrar *registrar,
		       const struct aor *aor, struct user_secret *secret)
{
	if (users_find(registrar->users, aor->user, aor->domain->name, secret))
		return true;
	admin_refuse(request, "not-found", "there is no user %s@%s; see sipctl user list",
		     aor->user, aor->domain->name);
	return false;
}
