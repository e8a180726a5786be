// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/certs.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mailbox.h"

struct cfg_certs {
	const struct cfg *cfg; /* a reference */
	struct mailbox *box;
	struct mail done;
	pthread_t thread;
	bool running, held;
	cfg_certs_cb cb;
	void *arg;
	unsigned int count;
	struct cfg_certs_realm realms[];
};

static void on_done(struct mail *mail, bool alive)
{
	struct cfg_certs *certs =
		(struct cfg_certs *)((char *)mail - offsetof(struct cfg_certs, done));

	if (alive)
		pthread_join(certs->thread, NULL);
	certs->running = false;
	certs->cb(certs->arg, alive ? certs->realms : NULL, certs->count);
}

static void *read_all(void *arg)
{
	struct cfg_certs *certs = arg;

	for (unsigned int i = 0; i < certs->count; i++) {
		struct cfg_certs_realm *realm = &certs->realms[i];

		realm->ret = tp_tls_load(realm->realm->tls, &realm->error);
		if (realm->ret)
			realm->file = tp_tls_file(realm->realm->tls, &realm->error);
	}
	mailbox_post(certs->box, &certs->done, 0, on_done);
	return NULL;
}

int cfg_certs_alloc(struct cfg_certs **out, const struct cfg *cfg, struct loop *loop)
{
	struct cfg_certs *certs = calloc(1, sizeof(*certs) + cfg->nrealms * sizeof(*certs->realms));
	int err;

	if (!certs)
		return -ENOMEM;
	err = mailbox_alloc(&certs->box, loop, 0);
	if (err) {
		free(certs);
		return err;
	}
	certs->cfg = cfg_get(cfg);
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].tls)
			certs->realms[certs->count++].realm = &cfg->realms[i];
	*out = certs;
	return 0;
}

void cfg_certs_free(struct cfg_certs *certs)
{
	if (!certs)
		return;
	if (certs->running)
		pthread_join(certs->thread, NULL);
	mailbox_free(certs->box);
	cfg_put(certs->cfg);
	free(certs);
}

bool cfg_certs_hold(struct cfg_certs *certs)
{
	if (certs->running || certs->held)
		return false;
	certs->held = true;
	return true;
}

void cfg_certs_release(struct cfg_certs *certs, const struct cfg *cfg)
{
	const struct cfg *was = certs->cfg;

	certs->held = false;
	certs->cfg = cfg_get(cfg);
	for (unsigned int i = 0; i < certs->count; i++)
		certs->realms[i].realm = cfg->by_slot[certs->realms[i].realm->slot];
	cfg_put(was);
}

int cfg_certs_reload(struct cfg_certs *certs, cfg_certs_cb cb, void *arg)
{
	int err;

	if (certs->running || certs->held)
		return -EBUSY;
	certs->cb = cb;
	certs->arg = arg;
	err = -pthread_create(&certs->thread, NULL, read_all, certs);
	if (!err)
		certs->running = true;
	return err;
}
