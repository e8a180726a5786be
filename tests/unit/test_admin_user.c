// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When a user who is removed is gone, and where he is registered with him; changes of one user that
 * are under way at once.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "admin/change.h"

static struct registrar registrar;
static char domain_name[] = "example.com";
static const struct cfg_domain domain = { .name = domain_name };
static struct store_receipt *submitted;
static unsigned int removals;
static bool there_at_removal;
static const char *refused;

struct registrar *admin_account(struct admin_request *request, struct aor *aor)
{
	(void)request;
	*aor = (struct aor){ .domain = &domain, .user = "bob" };
	return &registrar;
}

int registrar_remove(struct registrar *of, const char *user, const char *name, const char *contact)
{
	assert_null(contact);
	there_at_removal = users_find(of->users, user, name, NULL);
	removals++;
	return 1;
}

int store_submit(struct store *store, struct store_job *job, struct store_receipt *receipt,
		 bool insist)
{
	(void)store;
	(void)insist;
	submitted = receipt;
	store_job_free(job);
	return 0;
}

const struct cfg *admin_cfg(const struct admin_request *request)
{
	(void)request;
	return NULL;
}

const struct cfg *cfg_get(const struct cfg *cfg)
{
	return cfg;
}

void cfg_put(const struct cfg *cfg)
{
	(void)cfg;
}

json_t *admin_wait(struct admin_request *request, admin_finish_cb finish)
{
	(void)request;
	(void)finish;
	return NULL;
}

void admin_resume(struct admin_request *request, bool alive)
{
	(void)alive;
	json_decref(request->kept);
	request->kept = NULL;
}

const char *admin_string_arg(struct admin_request *request, const char *name)
{
	return json_string_value(json_object_get(request->args, name));
}

json_t *admin_refuse(struct admin_request *request, const char *code, const char *format, ...)
{
	(void)format;
	refused = request->error_code = code;
	return NULL;
}

static void remove_bob(int result)
{
	static const struct admin_shard shard;
	struct admin_request request = { .context = { .shards = &shard, .nshards = 1 } };

	removals = 0;
	refused = NULL;
	submitted = NULL;
	assert_null(admin_user_remove(&request));
	assert_non_null(submitted);
	assert_int_equal(removals, 0);
	submitted->result = result;
	submitted->cb(&submitted->mail, true);
}

/* What is asked for, for the store to write; its receipt is still to come. */
static struct store_receipt *ask(struct admin_request *request,
				 json_t *(*handler)(struct admin_request *request))
{
	refused = NULL;
	submitted = NULL;
	assert_null(handler(request));
	assert_non_null(submitted);
	return submitted;
}

static void on_disk(struct store_receipt *receipt)
{
	receipt->result = 0;
	receipt->cb(&receipt->mail, true);
	assert_null(refused);
}

static bool bob_is_there(void)
{
	return users_find(registrar.users, "bob", domain.name, NULL);
}

static int setup(void **state)
{
	const struct store_user bob = { .user = "bob", .domain = domain.name, .enabled = true };

	(void)state;
	registrar.users = users_alloc();
	return !registrar.users || users_put(registrar.users, &bob);
}

static int teardown(void **state)
{
	(void)state;
	users_free(registrar.users);
	return 0;
}

/* He cannot register any more when his bindings go, so that none comes behind them. */
static void bindings_go_after_the_user(void **state)
{
	(void)state;
	remove_bob(0);
	assert_null(refused);
	assert_false(bob_is_there());
	assert_int_equal(removals, 1);
	assert_false(there_at_removal);
}

static void a_store_that_fails_changes_nothing(void **state)
{
	(void)state;
	remove_bob(-EIO);
	assert_string_equal(refused, "failed");
	assert_true(bob_is_there());
	assert_int_equal(removals, 0);
}

/* Each writes only what it is about, so neither takes the other one back. */
static void a_user_is_disabled_beside_his_new_password(void **state)
{
	static const struct admin_shard shard;
	const struct admin_context context = { .shards = &shard, .nshards = 1 };
	json_t *args = json_pack("{s:s}", "password", "secret");
	struct admin_request passwd = { .context = context, .args = args };
	struct admin_request disable = { .context = context }, again = passwd;
	struct store_receipt *first, *second;
	struct user_secret secret;
	static const uint8_t nothing[sizeof(secret.md5)];

	(void)state;
	first = ask(&passwd, admin_user_passwd);
	second = ask(&disable, admin_user_disable);
	on_disk(first);
	on_disk(second);
	assert_true(users_find(registrar.users, "bob", domain.name, &secret));
	assert_false(secret.enabled);
	assert_memory_not_equal(secret.md5, nothing, sizeof(nothing));
	on_disk(ask(&again, admin_user_passwd));
	assert_true(users_find(registrar.users, "bob", domain.name, &secret));
	assert_false(secret.enabled);
	json_decref(args);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bindings_go_after_the_user, setup, teardown),
		cmocka_unit_test_setup_teardown(a_store_that_fails_changes_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_user_is_disabled_beside_his_new_password, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
