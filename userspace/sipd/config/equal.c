// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/equal.h"

#include <string.h>
#include <strings.h>

bool cfg_text_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool cfg_account_equal(const struct cfg_account *a, const struct cfg_account *b)
{
	if (!a || !b)
		return a == b;
	return cfg_text_equal(a->user, b->user) && cfg_text_equal(a->password, b->password) &&
	       cfg_text_equal(a->realm, b->realm);
}

bool cfg_peer_equal(const struct cfg_peer *a, const struct cfg_peer *b)
{
	if (!cfg_text_equal(a->uri.text, b->uri.text) ||
	    !cfg_text_equal(a->tls_name, b->tls_name) || !cfg_account_equal(a->account, b->account))
		return false;
	return a->uri.text || (tp_addr_eq(&a->addr, &b->addr) && a->proto == b->proto &&
			       a->any_proto == b->any_proto);
}

static bool codec_list_equal(const struct sdp_codec_list *a, const struct sdp_codec_list *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned int i = 0; i < a->count; i++)
		if (strcasecmp(a->codecs[i].name, b->codecs[i].name) ||
		    a->codecs[i].clock_rate != b->codecs[i].clock_rate)
			return false;
	return true;
}

static bool codec_rule_equal(const struct sdp_codec_rule *a, const struct sdp_codec_rule *b)
{
	return codec_list_equal(&a->allow, &b->allow) && codec_list_equal(&a->deny, &b->deny) &&
	       codec_list_equal(&a->order, &b->order);
}

bool cfg_trunk_equal(const struct cfg_trunk *a, const struct cfg_trunk *b)
{
	return cfg_text_equal(a->name, b->name) && cfg_text_equal(a->realm->name, b->realm->name) &&
	       cfg_peer_equal(&a->address, &b->address) && a->weight == b->weight &&
	       a->no_answer_ms == b->no_answer_ms && a->redirect == b->redirect &&
	       a->health_ms == b->health_ms && a->health_fall == b->health_fall &&
	       a->health_rise == b->health_rise &&
	       codec_rule_equal(&a->codecs.audio, &b->codecs.audio) &&
	       codec_rule_equal(&a->codecs.video, &b->codecs.video);
}

const struct cfg_trunk *cfg_find_trunk(const struct cfg *cfg, const char *name)
{
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if (!strcmp(cfg->trunks[i].name, name))
			return &cfg->trunks[i];
	return NULL;
}

struct cfg_realm *cfg_find_realm(const struct cfg *cfg, const char *name)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (!strcmp(cfg->realms[i].name, name))
			return &cfg->realms[i];
	return NULL;
}
