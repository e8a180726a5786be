/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module that is not there, for sipctl's commands about SIP: libsipfast's functions on a few
 * objects in memory, and a shell. Included by one test program each; these functions come before
 * those of the library.
 */
#ifndef TESTS_UNIT_FAKE_SIP_H
#define TESTS_UNIT_FAKE_SIP_H

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libsipfast/libsipfast_sip.h"
#include "sipctl/command.h"

#define FAKE_MAX 8

static struct {
	bool no_module;
	int refuse; /* the next change fails with this */
	bool helper; /* the kernel's own SIP helper is loaded */
	unsigned int changes; /* requests carried out */
	struct sf_listener listeners[FAKE_MAX]; /* no family: none */
	struct sf_source sources[FAKE_MAX]; /* the same */
	struct sf_rule rules[FAKE_MAX]; /* id 0: none */
	struct sf_sip_counter counters[FAKE_MAX]; /* messages 0: none */
	struct sf_policy policy; /* as it is */
	struct sf_policy asked; /* the last change of it */
} fake;

struct sf_client {
	char unused;
};

static struct sf_client fake_client;

int sf_open(struct sf_client **client)
{
	if (fake.no_module)
		return -ENOENT;
	*client = &fake_client;
	return 0;
}

void sf_close(struct sf_client *client)
{
	assert_ptr_equal(client, &fake_client);
}

const char *sf_error(const struct sf_client *client)
{
	return client ? "the fake module says so" : "the sipfast kernel module is not loaded";
}

static int fake_change(void)
{
	int err = fake.refuse;

	fake.refuse = 0;
	fake.changes += !err;
	return err;
}

/* --- listeners ----------------------------------------------------------------------------- */

static struct sf_listener *fake_listener(const struct sf_listener *like)
{
	for (unsigned int i = 0; i < FAKE_MAX; i++) {
		struct sf_listener *l = &fake.listeners[i];

		if (sf_address_equal(&l->addr, &like->addr) && l->transport == like->transport)
			return l;
	}
	return NULL;
}

int sf_listener_add(struct sf_client *client, const struct sf_listener *listener)
{
	static const struct sf_listener none;
	int err = fake_change();

	(void)client;
	if (err || fake_listener(listener))
		return err ? err : -EEXIST;
	*fake_listener(&none) = *listener;
	return 0;
}

int sf_listener_set(struct sf_client *client, const struct sf_listener *listener)
{
	struct sf_listener *l = fake_listener(listener);
	int err = fake_change();

	(void)client;
	if (err || !l)
		return err ? err : -ENOENT;
	if (listener->has & SF_LISTENER_MODE)
		l->mode = listener->mode;
	if (listener->has & SF_LISTENER_WORKERS)
		l->workers = listener->workers;
	if (listener->has & SF_LISTENER_LOAD)
		l->load = listener->load;
	l->has |= listener->has;
	return 0;
}

int sf_listener_del(struct sf_client *client, const struct sf_listener *listener)
{
	struct sf_listener *l = fake_listener(listener);
	int err = fake_change();

	(void)client;
	if (err || !l)
		return err ? err : -ENOENT;
	*l = (struct sf_listener){ 0 };
	return 0;
}

int sf_listener_dump(struct sf_client *client, sf_listener_cb cb, void *arg)
{
	(void)client;
	for (unsigned int i = 0; i < FAKE_MAX; i++)
		if (fake.listeners[i].addr.family)
			cb(&fake.listeners[i], arg);
	return 0;
}

/* --- sources ------------------------------------------------------------------------------- */

/* As the kernel tells it. */
static struct sf_source fake_whole(const struct sf_source *source)
{
	struct sf_source whole = *source;

	if (!whole.has_prefix)
		whole.prefix = whole.addr.family == AF_INET ? 32 : 128;
	whole.has_prefix = true;
	return whole;
}

static struct sf_source *fake_source(const struct sf_source *like)
{
	struct sf_source whole = fake_whole(like);

	for (unsigned int i = 0; i < FAKE_MAX; i++) {
		struct sf_source *s = &fake.sources[i];

		if (sf_address_equal(&s->addr, &whole.addr) && s->prefix == whole.prefix)
			return s;
	}
	return NULL;
}

int sf_source_add(struct sf_client *client, const struct sf_source *source)
{
	struct sf_source *s = fake_source(source);
	int err = fake_change();

	(void)client;
	for (unsigned int i = 0; !s && i < FAKE_MAX; i++)
		if (!fake.sources[i].addr.family)
			s = &fake.sources[i];
	assert_non_null(s);
	if (!err)
		*s = fake_whole(source);
	return err;
}

int sf_source_del(struct sf_client *client, const struct sf_source *source)
{
	struct sf_source *s = fake_source(source);
	int err = fake_change();

	(void)client;
	if (err)
		return err;
	if (!s || (source->class && source->class != s->class))
		return -ENOENT;
	*s = (struct sf_source){ 0 };
	return 0;
}

static bool fake_fits(const struct sf_source *source, const struct sf_address *addr)
{
	const unsigned char *x = (const void *)&source->addr.v6, *y = (const void *)&addr->v6;

	if (source->addr.family != addr->family)
		return false;
	if (source->addr.port && source->addr.port != addr->port)
		return false;
	for (unsigned int bit = 0; bit < source->prefix; bit++)
		if ((x[bit / 8] ^ y[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return true;
}

int sf_source_get(struct sf_client *client, const struct sf_address *addr, struct sf_source *source)
{
	const struct sf_source *best = NULL;

	(void)client;
	for (unsigned int i = 0; i < FAKE_MAX; i++) {
		const struct sf_source *s = &fake.sources[i];

		if (!s->addr.family || !fake_fits(s, addr))
			continue;
		if (!best || s->addr.port || (!best->addr.port && s->prefix > best->prefix))
			best = s;
	}
	if (!best)
		return -ENOENT;
	*source = *best;
	return 0;
}

int sf_source_dump(struct sf_client *client, enum sipfast_class class, sf_source_cb cb, void *arg)
{
	(void)client;
	for (unsigned int i = 0; i < FAKE_MAX; i++) {
		const struct sf_source *s = &fake.sources[i];

		if (s->addr.family && (!class || s->class == class))
			cb(s, arg);
	}
	return 0;
}

int sf_source_flush(struct sf_client *client, enum sipfast_class class)
{
	int err = fake_change();

	(void)client;
	for (unsigned int i = 0; i < FAKE_MAX && !err; i++)
		if (!class || fake.sources[i].class == class)
			fake.sources[i] = (struct sf_source){ 0 };
	return err;
}

/* --- policy, rules, counters --------------------------------------------------------------- */

int sf_policy_get(struct sf_client *client, struct sf_policy *policy)
{
	(void)client;
	*policy = fake.policy;
	return 0;
}

int sf_policy_set(struct sf_client *client, const struct sf_policy *policy)
{
	(void)client;
	fake.asked = *policy;
	return fake_change();
}

static struct sf_rule *fake_rule(uint32_t id)
{
	for (unsigned int i = 0; i < FAKE_MAX; i++)
		if (fake.rules[i].id == id)
			return &fake.rules[i];
	return NULL;
}

int sf_rule_add(struct sf_client *client, const struct sf_rule *rule)
{
	struct sf_rule *r = fake_rule(rule->id);
	int err = fake_change();

	(void)client;
	if (!err)
		*(r ? r : fake_rule(0)) = *rule;
	return err;
}

int sf_rule_del(struct sf_client *client, uint32_t id)
{
	struct sf_rule *r = fake_rule(id);
	int err = fake_change();

	(void)client;
	if (err || !r)
		return err ? err : -ENOENT;
	*r = (struct sf_rule){ 0 };
	return 0;
}

int sf_rule_dump(struct sf_client *client, sf_rule_cb cb, void *arg)
{
	(void)client;
	for (unsigned int i = 0; i < FAKE_MAX; i++)
		if (fake.rules[i].id)
			cb(&fake.rules[i], arg);
	return 0;
}

int sf_counter_dump(struct sf_client *client, sf_counter_cb cb, void *arg)
{
	static const struct sf_counter counters[] = { { "forwarded", 7 }, { "drop-route", 0 } };

	(void)client;
	for (unsigned int i = 0; i < 2; i++)
		cb(&counters[i], arg);
	return 0;
}

int sf_sip_counter_dump(struct sf_client *client, sf_sip_counter_cb cb, void *arg)
{
	(void)client;
	for (unsigned int i = 0; i < FAKE_MAX; i++)
		if (fake.counters[i].messages)
			cb(&fake.counters[i], arg);
	return fake.refuse;
}

bool sf_sip_helper_check(char *why, size_t size)
{
	snprintf(why, size, "it is there, nf_conntrack_sip, unload it");
	return fake.helper;
}

/* --- the shell ----------------------------------------------------------------------------- */

static char *said_out, *said_err;
static bool as_json, as_all;

/* Cuts @line at blanks that are not in quotes, in place. */
static int fake_split(char *line, char **words)
{
	bool quoted = false;
	char *to = line;
	int n = 0;

	for (words[0] = line; *line; line++) {
		if (*line == '"') {
			quoted = !quoted;
		} else if (*line == ' ' && !quoted) {
			*to++ = '\0';
			words[++n] = to;
		} else {
			*to++ = *line;
		}
	}
	*to = '\0';
	return n + 1;
}

/* Runs "ban add 10.0.0.1"; what it says is in said_out and said_err, the exit code is returned. */
static int run(const char *text)
{
	FILE *out = stdout, *err = stderr;
	char *line = strdup(text), *argv[64];
	struct ctl ctl = { .json = as_json, .all = as_all };
	size_t out_len, err_len;
	int argc, words, code;

	free(said_out);
	free(said_err);
	argc = fake_split(line, argv);
	ctl.command = command_find(argc, argv, &words);
	assert_non_null(ctl.command);
	stdout = open_memstream(&said_out, &out_len);
	stderr = open_memstream(&said_err, &err_len);
	code = ctl.command->run(&ctl, argc - words, argv + words);
	ctl_flush_error(&ctl);
	fclose(stdout);
	fclose(stderr);
	stdout = out;
	stderr = err;
	free(line);
	return code;
}

/* It is done, and says this. */
static inline void assert_says(const char *text, const char *expected)
{
	int code = run(text);

	if (code || *said_err)
		fail_msg("%s: exit %d, %s", text, code, said_err);
	assert_string_equal(said_out, expected);
}

/* The same with -j. */
static inline void assert_json(const char *text, const char *expected)
{
	as_json = true;
	assert_says(text, expected);
	as_json = false;
}

/* It fails with this code and this sentence, and says nothing else. */
static inline void assert_refused(const char *text, int code, const char *expected)
{
	assert_int_equal(run(text), code);
	assert_string_equal(said_err, expected);
	assert_string_equal(said_out, "");
}

static inline int fake_setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	as_json = as_all = false;
	return 0;
}

static inline int fake_teardown(void **state)
{
	(void)state;
	free(said_out);
	free(said_err);
	said_out = said_err = NULL;
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

#endif
