// SPDX-License-Identifier: GPL-2.0-or-later
/* Who works by a configuration, and how many there are. */
#include "config/config.h"
#include "transport/tls.h"

static atomic_uint count;

const struct cfg *cfg_get(const struct cfg *cfg)
{
	atomic_fetch_add_explicit(&((struct cfg *)cfg)->refs, 1, memory_order_relaxed);
	return cfg;
}

void cfg_put(const struct cfg *cfg)
{
	struct cfg *last = (struct cfg *)cfg;

	if (!last || atomic_fetch_sub_explicit(&last->refs, 1, memory_order_acq_rel) != 1)
		return;
	if (last->in_force)
		atomic_fetch_sub(&count, 1);
	cfg_free(last);
}

void cfg_enforce_certs(struct cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		if (cfg->realms[i].tls_next)
			tp_tls_take(cfg->realms[i].tls, cfg->realms[i].tls_next);
		tp_tls_free(cfg->realms[i].tls_next);
		cfg->realms[i].tls_next = NULL;
	}
}

void cfg_enforce(struct cfg *cfg)
{
	cfg->in_force = true;
	atomic_fetch_add(&count, 1);
	cfg_enforce_certs(cfg);
}

unsigned int cfg_count(void)
{
	return atomic_load(&count);
}
