/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the file as written to what sipd works with; tells every mistake of meaning. */
#ifndef SIPD_CONFIG_CHECK_H
#define SIPD_CONFIG_CHECK_H

#include "config/raw.h"
#include "config/report.h"
#include "config/tree.h"

struct cfg_check {
	struct cfg_report *report;
	struct cfg_tree *tree;
	const struct raw_cfg *raw;
	struct cfg *cfg; /* all zero at first */
};

/* Fills check->cfg. 0, also with mistakes told, or -ENOMEM; the caller frees check->cfg always. */
int cfg_check(struct cfg_check *check);
/* The realms: part of cfg_check(). */
int cfg_check_realms(struct cfg_check *check);
/* 0: @name, at @pos, is a name for a @kind ("realm"); else the mistake is told. */
int cfg_check_name(struct cfg_check *check, struct cfg_pos pos, const char *kind, const char *name);
/* Tells that there is no @kind of the name in @near, and which one was meant perhaps. */
struct near;
void cfg_check_unknown(struct cfg_check *check, struct cfg_pos pos, const char *kind,
		       const struct near *near);
/* The realm of that name, or NULL with the mistake told. */
const struct cfg_realm *cfg_check_realm_named(struct cfg_check *check, struct cfg_pos pos,
					      const char *name);
/*
 * The address of a peer, @text of key @key at @pos, that is reached from @via (NULL: a mistake that
 * has been told). 0, or -EINVAL with the mistake told.
 */
int cfg_check_peer(struct cfg_check *check, struct cfg_pos pos, const char *key, const char *text,
		   const struct cfg_realm *via, struct cfg_peer *peer);
/*
 * The name that the certificate of @peer must have, @name (NULL: none) at @pos, becomes
 * @peer->tls_name; mistakes are told. 0 or -ENOMEM.
 */
int cfg_check_tls_name(struct cfg_check *check, struct cfg_pos pos, const char *name,
		       struct cfg_peer *peer);
/* Trunks and routes, once the realms are filled. 0 or -ENOMEM. */
int cfg_check_trunks(struct cfg_check *check);
int cfg_check_routes(struct cfg_check *check);
/* The TLS of one, once its listen addresses are filled: part of that. 0 or -ENOMEM. */
int cfg_check_tls(struct cfg_check *check, unsigned int index);
/* What realms have to do with each other, once all are filled. */
int cfg_check_next_hops(struct cfg_check *check);
void cfg_check_overlaps(struct cfg_check *check);
/* The domains and the store; the realms are filled. 0 or -ENOMEM. */
int cfg_check_domains(struct cfg_check *check);

#endif
