// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom the kernel still trusts of those that an earlier sipd made known. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "libsipfast/libsipfast_sip.h"

/* --- a module with sources, and an engine that has no peers --------------------------------- */

#define SOURCES 200

static struct {
	struct sf_source source[SOURCES];
	bool gone[SOURCES];
	bool refuses[SOURCES]; /* cannot be deleted */
	unsigned int dumps;
} fake;

int sf_open(struct sf_client **client)
{
	*client = (struct sf_client *)&fake;
	return 0;
}

void sf_close(struct sf_client *client)
{
	(void)client;
}

const char *sf_error(const struct sf_client *client)
{
	(void)client;
	return "refused";
}

int sf_source_dump(struct sf_client *client, enum sipfast_class class, sf_source_cb cb, void *arg)
{
	(void)client;
	fake.dumps++;
	for (unsigned int i = 0; i < SOURCES; i++)
		if (!fake.gone[i] && fake.source[i].class == class && cb(&fake.source[i], arg))
			break;
	return 0;
}

int sf_source_del(struct sf_client *client, const struct sf_source *source)
{
	uint32_t i = ntohl(source->addr.v4.s_addr) - 1;

	(void)client;
	assert_true(i < SOURCES);
	if (fake.gone[i])
		return -ENOENT;
	if (fake.refuses[i])
		return -EPERM;
	fake.gone[i] = true;
	return 0;
}

bool sf_sip_helper_check(char *why, size_t size)
{
	(void)why;
	(void)size;
	return false;
}

static const struct cfg cfg = { .media_kernel = true };

const struct cfg *call_engine_cfg(const struct call_engine *engine)
{
	(void)engine;
	return &cfg;
}

void call_engine_set_hooks(struct call_engine *engine, const struct call_hooks *hooks, void *arg)
{
	(void)engine;
	(void)hooks;
	(void)arg;
}

/* --- */

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	for (unsigned int i = 0; i < SOURCES; i++) {
		struct sf_source *source = &fake.source[i];

		source->addr.family = AF_INET;
		source->addr.v4.s_addr = htonl(i + 1);
		source->class = SIPFAST_CLASS_TRUSTED;
		strcpy(source->reason, SF_REASON_SIPD "peer in access");
	}
	return 0;
}

static void start(void)
{
	struct guard *guard;
	struct loop *loop;

	assert_int_equal(loop_alloc(&loop), 0);
	assert_int_equal(guard_alloc(&guard, loop, NULL, NULL, NULL), 0);
	guard_free(guard);
	loop_free(loop);
}

static void all_that_have_gone_are_trusted_no_more(void **state)
{
	(void)state;
	strcpy(fake.source[7].reason, "by an operator");
	start();
	for (unsigned int i = 0; i < SOURCES; i++)
		assert_int_equal(fake.gone[i], i != 7);
}

static void what_cannot_be_deleted_is_left(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < SOURCES; i++)
		fake.refuses[i] = true;
	start();
	assert_int_equal(fake.dumps, 1);
	for (unsigned int i = 0; i < SOURCES; i++)
		assert_false(fake.gone[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_that_have_gone_are_trusted_no_more, reset),
		cmocka_unit_test_setup(what_cannot_be_deleted_is_left, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
