/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads certificates and keys of all realms again, in a thread of its own: the disk may be slow,
 * and a key takes time to check. New connections have them from then on, others keep what they
 * have. A realm whose files are not right keeps what it had.
 */
#ifndef SIPD_CONFIG_CERTS_H
#define SIPD_CONFIG_CERTS_H

#include "base/loop.h"
#include "config/config.h"
#include "transport/tls.h"

struct cfg_certs;

/* What became of one realm. */
struct cfg_certs_realm {
	const struct cfg_realm *realm;
	int ret; /* of tp_tls_load() */
	struct tp_tls_error error;
	const char *file; /* that @error is about */
};

/*
 * In the loop. @realms: of all realms that have TLS; gone after it. NULL: the program ends, nobody
 * knows.
 */
typedef void (*cfg_certs_cb)(void *arg, const struct cfg_certs_realm *realms, unsigned int count);

/* 0 or negative errno. */
int cfg_certs_alloc(struct cfg_certs **certs, const struct cfg *cfg, struct loop *loop);
/* Waits for what is being read. NULL is fine. */
void cfg_certs_free(struct cfg_certs *certs);
/* 0, then @cb will be called; -EBUSY while it is under way, -EAGAIN: no thread can be had. */
int cfg_certs_reload(struct cfg_certs *certs, cfg_certs_cb cb, void *arg);

/*
 * Nothing is read until cfg_certs_release(), as what the configuration names may change meanwhile;
 * false: it is being read, or held already. @cfg is what is in force then.
 */
bool cfg_certs_hold(struct cfg_certs *certs);
void cfg_certs_release(struct cfg_certs *certs, const struct cfg *cfg);

#endif
