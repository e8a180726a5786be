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
	const struct cfg *present; /* what is in force; NULL: nothing yet */
	struct cfg *cfg; /* all zero at first */
};

struct cfg_duration {
	const char *key;
	const char *text; /* NULL: left out */
	uint32_t *value;
	uint32_t preset;
	uint32_t min, max; /* min 0: 0 is allowed and means never */
};

/* The value of a key of @section that is a duration, in milliseconds. */
void cfg_check_duration(struct cfg_check *check, const char *section,
			const struct cfg_duration *rule);

/* Fills check->cfg. 0, also with mistakes told, or -ENOMEM; the caller frees check->cfg always. */
int cfg_check(struct cfg_check *check);
/* The realms: part of cfg_check(). */
int cfg_check_realms(struct cfg_check *check);
void cfg_check_dns(struct cfg_check *check);
/* 0: @name, at @pos, is a name for a @kind ("realm"); else the mistake is told. */
int cfg_check_name(struct cfg_check *check, struct cfg_pos pos, const char *kind, const char *name);
/* Tells that there is no @kind of the name in @near, and which one was meant perhaps. */
struct near;
void cfg_check_unknown(struct cfg_check *check, struct cfg_pos pos, const char *kind,
		       const struct near *near);
/* The realm of that name, or NULL with the mistake told. */
const struct cfg_realm *cfg_check_realm_named(struct cfg_check *check, struct cfg_pos pos,
					      const char *name);
/* Where a peer is, as written. */
struct cfg_place {
	char path[48]; /* of the mapping: "trunks[0]" */
	const char *kind; /* "trunk" */
	const char *address, *uri; /* one is due */
	const char *tls_name; /* of an @address; NULL: none */
	const struct cfg_realm *via; /* that it is reached from; NULL: wrong, which has been told */
};

/* 0, -EINVAL with the mistake told, or -ENOMEM. */
int cfg_check_place(struct cfg_check *check, const struct cfg_place *place, struct cfg_peer *peer);
/* The same of one that has a URI. */
int cfg_check_uri(struct cfg_check *check, const struct cfg_place *place, struct cfg_uri *uri);
/* The credentials in @place ("trunks[0]"), NULL: none; 0 or -ENOMEM. */
int cfg_check_account(struct cfg_check *check, const char *place, const struct raw_account *raw,
		      struct cfg_account **account);
void cfg_account_free(struct cfg_account *account);
void cfg_peer_clean(struct cfg_peer *peer);
/* The "register" of trunk @index, whose address and credentials are filled. 0 or -ENOMEM. */
int cfg_check_registration(struct cfg_check *check, unsigned int index);
void cfg_registration_free(struct cfg_registration *registration);
/* Trunks and routes, once the realms are filled. 0 or -ENOMEM. */
int cfg_check_trunks(struct cfg_check *check);
int cfg_check_routes(struct cfg_check *check);
/* The TLS of one, once its listen addresses are filled: part of that. 0 or -ENOMEM. */
int cfg_check_tls(struct cfg_check *check, unsigned int index);
int cfg_check_ws(struct cfg_check *check, unsigned int index);
/* The codecs of @place ("realms[0]"), NULL: not set. 0 or -ENOMEM. */
int cfg_check_codecs(struct cfg_check *check, const char *place, const struct raw_codecs *audio,
		     const struct raw_codecs *video, struct sdp_codec_rules *rules);
void cfg_codecs_clean(struct sdp_codec_rules *rules);
void cfg_ws_clean(struct tp_ws_policy *policy);
/* What realms have to do with each other, once all are filled. */
int cfg_check_next_hops(struct cfg_check *check);
void cfg_check_overlaps(struct cfg_check *check);
/* What proxies need, once all else is filled. */
void cfg_check_proxy(struct cfg_check *check);
/* The domains and the store; the realms are filled. 0 or -ENOMEM. */
int cfg_check_domains(struct cfg_check *check);
/*
 * What stays the same from check->present on: numbers of realms, groups and peers, and the key of
 * the proxy. Tells what cannot change. The rest is filled, without mistakes.
 */
void cfg_check_next(struct cfg_check *check);
/* The groups, and where calls for the domains' voicemail go; the domains are filled. */
int cfg_check_groups(struct cfg_check *check);
void cfg_groups_clean(struct cfg *cfg);

#endif
