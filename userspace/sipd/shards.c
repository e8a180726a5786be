// SPDX-License-Identifier: GPL-2.0-or-later
#include "shards.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mailbox.h"
#include "call/call.h"
#include "call/registrar.h"
#include "call/settings.h"
#include "call/trunk.h"
#include "guard.h"
#include "store/store.h"

/* Carriers that do not answer hold up the end no longer. */
#define LEAVE_MS 2000

/* Of messages that wait for a shard; some 5000. */
#define MAILBOX_OCTETS (4u << 20)

struct shard {
	struct shards *shards;
	unsigned int index;
	struct loop *loop;
	struct mailbox *box;
	struct call_engine *engine;
	struct guard *guard;
	pthread_t thread;
	bool started;
	struct mail stop; /* to it */
	struct mail enforce; /* to it, and back */
	struct call_settings *next; /* that it brings */
	struct mail failed; /* from it, to the first one */
	int error; /* of its loop */
};

struct shards {
	struct call_shards common;
	struct store *store; /* NULL: nothing has to survive a restart */
	struct registrar *registrar; /* NULL: there are no domains */
	struct admin_shard admin[CFG_MAX_SHARDS];
	bool has_dns; /* each has a resolver */
	unsigned int enforcing; /* shards that have not answered yet */
	void (*enforced)(void *arg);
	void *enforced_arg;
	unsigned int count;
	bool stopping;
	struct shard shard[];
};

static int shard_init(struct shard *shard, const struct cfg *cfg)
{
	struct shards *shards = shard->shards;
	struct call_shard place = { .shards = &shards->common, .index = shard->index };
	bool alone = shards->count == 1;
	int ret;

	ret = loop_alloc(&shard->loop);
	if (!ret && (!alone || shards->registrar))
		ret = mailbox_alloc(&shard->box, shard->loop, MAILBOX_OCTETS);
	if (ret) {
		log_error("cannot make an event loop: %s", strerror(-ret));
		return ret;
	}
	place.box = shard->box;
	ret = call_engine_alloc(&shard->engine, shard->loop, cfg, alone ? NULL : &place);
	if (ret)
		return ret;
	call_engine_set_store(shard->engine, shards->store);
	if (shards->registrar)
		call_engine_set_registrar(shard->engine, shards->registrar, shard->box);
	shards->admin[shard->index] = (struct admin_shard){ shard->engine, shard->box };
	return guard_alloc(&shard->guard, shard->loop, shard->engine, shards_sip(shards),
			   shard->index ? shards->shard[0].guard : NULL);
}

int shards_alloc(struct shards **out, const struct cfg *cfg)
{
	struct shards *shards;
	int ret = 0;

	*out = NULL;
	shards = calloc(1, sizeof(*shards) + cfg->shards * sizeof(*shards->shard));
	if (!shards)
		return -ENOMEM;
	shards->count = cfg->shards;
	shards->has_dns = cfg->has_dns;
	if (shards->count > 1)
		call_shards_init(&shards->common, shards->count);
	if (cfg->has_store)
		ret = store_open(&shards->store, cfg->store_path);
	if (!ret && cfg->ndomains)
		ret = registrar_alloc(&shards->registrar, cfg, shards->store);
	/* Their sockets are counted in this order, and the first one claims what all share. */
	for (unsigned int i = 0; !ret && i < shards->count; i++) {
		shards->shard[i].shards = shards;
		shards->shard[i].index = i;
		ret = shard_init(&shards->shard[i], cfg);
		if (ret && i)
			log_error("shard %u of %u cannot start", i, shards->count);
	}
	if (!ret && shards->store)
		ret = call_engine_read_store(shards->shard[0].engine);
	if (!ret && shards->store)
		ret = store_start(shards->store);
	if (ret) {
		shards_free(shards);
		return ret;
	}
	if (shards->registrar)
		registrar_start(shards->registrar, shards->shard[0].loop);
	*out = shards;
	return 0;
}

void shards_free(struct shards *shards)
{
	if (!shards)
		return;
	for (unsigned int i = shards->count; i--;)
		guard_free(shards->shard[i].guard);
	/* No thread of theirs is left. */
	shards->common.sip.tp.single = true;
	for (unsigned int i = shards->count; i--;)
		if (shards->shard[i].engine)
			call_engine_end(shards->shard[i].engine);
	for (unsigned int i = shards->count; i--;)
		call_engine_free(shards->shard[i].engine);
	registrar_stop(shards->registrar);
	/* Its receipts go to the mailboxes. */
	store_close(shards->store);
	for (unsigned int i = 0; i < shards->count; i++) {
		mailbox_free(shards->shard[i].box);
		loop_free(shards->shard[i].loop);
	}
	registrar_free(shards->registrar);
	if (shards->count > 1)
		call_shards_clean(&shards->common);
	free(shards);
}

int shards_settings_make(const struct shards *shards, const struct cfg *cfg,
			 struct shards_settings *next)
{
	for (unsigned int i = 0; i < shards->count; i++) {
		next->settings[i] =
			call_settings_alloc(cfg_get(cfg), shards->shard[i].loop, !shards->has_dns);
		if (next->settings[i])
			continue;
		shards_settings_drop(next);
		return -ENOMEM;
	}
	return 0;
}

void shards_settings_drop(struct shards_settings *next)
{
	for (unsigned int i = 0; i < CFG_MAX_SHARDS; i++) {
		call_settings_put(next->settings[i]);
		next->settings[i] = NULL;
	}
}

static void enforced(struct shards *shards)
{
	if (!--shards->enforcing)
		shards->enforced(shards->enforced_arg);
}

static void on_enforced(struct mail *mail, bool alive)
{
	struct shard *shard = (struct shard *)((char *)mail - offsetof(struct shard, enforce));

	if (alive)
		enforced(shard->shards);
}

/* In the shard's thread, if it still runs. */
static void on_enforce(struct mail *mail, bool alive)
{
	struct shard *shard = (struct shard *)((char *)mail - offsetof(struct shard, enforce));

	if (!alive) {
		call_settings_put(shard->next);
		return;
	}
	call_settings_enforce(shard->engine, shard->next);
	mailbox_post(shard->shards->shard[0].box, mail, 0, on_enforced);
}

void shards_enforce(struct shards *shards, struct shards_settings *next, void (*done)(void *arg),
		    void *arg)
{
	struct shard *first = &shards->shard[0];
	const struct cfg *was = cfg_get(call_engine_cfg(first->engine));

	shards->enforcing = shards->count;
	shards->enforced = done;
	shards->enforced_arg = arg;
	for (unsigned int i = 1; i < shards->count; i++) {
		shards->shard[i].next = next->settings[i];
		mailbox_post(shards->shard[i].box, &shards->shard[i].enforce, 0, on_enforce);
	}
	call_settings_enforce(first->engine, next->settings[0]);
	guard_change(first->guard, was);
	cfg_put(was);
	shards->has_dns |= call_engine_cfg(first->engine)->has_dns;
	*next = (struct shards_settings){ .settings = { NULL } };
	enforced(shards);
}

struct loop *shards_loop(struct shards *shards)
{
	return shards->shard[0].loop;
}

const struct admin_shard *shards_admin(const struct shards *shards)
{
	return shards->admin;
}

const struct sip_shards *shards_sip(const struct shards *shards)
{
	return shards->count > 1 ? &shards->common.sip : NULL;
}

static void on_stop(struct mail *mail, bool alive)
{
	struct shard *shard = (struct shard *)((char *)mail - offsetof(struct shard, stop));

	if (alive)
		loop_stop(shard->loop);
}

static void on_failed(struct mail *mail, bool alive)
{
	struct shard *shard = (struct shard *)((char *)mail - offsetof(struct shard, failed));

	if (alive)
		loop_stop(shard->shards->shard[0].loop);
}

static void *run_thread(void *arg)
{
	struct shard *shard = arg;

	shard->error = loop_run(shard->loop);
	if (shard->error)
		mailbox_post(shard->shards->shard[0].box, &shard->failed, 0, on_failed);
	return NULL;
}

static void join_threads(struct shards *shards)
{
	for (unsigned int i = 1; i < shards->count; i++)
		if (shards->shard[i].started)
			mailbox_post(shards->shard[i].box, &shards->shard[i].stop, 0, on_stop);
	for (unsigned int i = 1; i < shards->count; i++) {
		if (shards->shard[i].started)
			pthread_join(shards->shard[i].thread, NULL);
		shards->shard[i].started = false;
	}
}

int shards_start(struct shards *shards)
{
	char name[16];
	int ret;

	for (unsigned int i = 1; i < shards->count; i++) {
		struct shard *shard = &shards->shard[i];

		ret = -pthread_create(&shard->thread, NULL, run_thread, shard);
		if (ret) {
			log_error("shard %u of %u cannot start a thread: %s", i, shards->count,
				  strerror(-ret));
			join_threads(shards);
			return ret;
		}
		shard->started = true;
		snprintf(name, sizeof(name), "sipd/%u", i);
		pthread_setname_np(shard->thread, name);
	}
	return 0;
}

int shards_run(struct shards *shards)
{
	struct shard *first = &shards->shard[0];
	int ret = 0;

	first->error = loop_run(first->loop);
	join_threads(shards);
	for (unsigned int i = 0; i < shards->count; i++) {
		if (!shards->shard[i].error)
			continue;
		ret = shards->shard[i].error;
		log_error("the event loop of shard %u failed: %s", i, strerror(-ret));
	}
	return ret;
}

static void on_left(void *arg)
{
	struct shards *shards = arg;

	loop_stop(shards->shard[0].loop);
}

void shards_stop(struct shards *shards)
{
	if (shards->stopping) {
		loop_stop(shards->shard[0].loop);
		return;
	}
	shards->stopping = true;
	call_trunks_leave(shards->shard[0].engine, LEAVE_MS, on_left, shards);
}
