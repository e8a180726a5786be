// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/nonces.h"

#include <stdlib.h>

static void take_out(struct call_nonces *nonces, int at)
{
	sip_digest_session_put(nonces->entry[at].session);
	nonces->count--;
	memmove(&nonces->entry[at], &nonces->entry[at + 1],
		(nonces->count - (unsigned int)at) * sizeof(*nonces->entry));
}

void call_nonces_put(struct call_nonces *nonces, struct sip_digest_session *session, uint32_t cseq)
{
	for (unsigned int i = 0; i < nonces->count; i++) {
		if (!sip_digest_session_same(nonces->entry[i].session, session))
			continue;
		take_out(nonces, (int)i);
		break;
	}
	if (nonces->count == CALL_NONCES_MAX)
		take_out(nonces, 0);
	nonces->entry[nonces->count].session = sip_digest_session_get(session);
	nonces->entry[nonces->count++].cseq = cseq;
}

int call_nonces_find(const struct call_nonces *nonces, bool proxy, struct view realm)
{
	for (unsigned int i = 0; i < nonces->count; i++)
		if (sip_digest_session_is(nonces->entry[i].session, proxy, realm))
			return (int)i;
	return -1;
}

void call_nonces_drop(struct call_nonces *nonces, bool proxy, struct view realm)
{
	int at = call_nonces_find(nonces, proxy, realm);

	if (at >= 0)
		take_out(nonces, at);
}

void call_nonces_write(const struct call_nonces *nonces, const struct sip_digest_request *request,
		       struct sip_out *out)
{
	for (unsigned int i = 0; i < nonces->count; i++)
		sip_digest_session_write(nonces->entry[i].session, request, out);
}

void call_nonces_clean(struct call_nonces *nonces)
{
	while (nonces->count)
		take_out(nonces, 0);
}

/* --- of accounts --- */

struct account_nonces {
	struct hnode node; /* in engine->nonces, by the account's address */
	const struct cfg_account *account;
	struct call_nonces nonces;
};

static uint32_t hash(const struct cfg_account *account)
{
	return htab_hash(&account, sizeof(account));
}

struct call_nonces *call_nonces_of(struct call_engine *engine, const struct cfg_account *account,
				   bool make)
{
	struct account_nonces *of;
	struct hnode *node;

	for (node = htab_first(&engine->nonces, hash(account)); node; node = htab_next(node)) {
		of = HTAB_ENTRY(node, struct account_nonces, node);
		if (of->account == account)
			return &of->nonces;
	}
	of = make ? calloc(1, sizeof(*of)) : NULL;
	if (!of)
		return NULL;
	of->account = account;
	htab_add(&engine->nonces, &of->node, hash(account));
	return &of->nonces;
}

static void forget(struct hnode *node, void *arg)
{
	struct call_engine *engine = arg;
	struct account_nonces *of = HTAB_ENTRY(node, struct account_nonces, node);

	htab_del(&engine->nonces, node);
	call_nonces_clean(&of->nonces);
	free(of);
}

void call_nonces_forget(struct call_engine *engine)
{
	htab_each(&engine->nonces, forget, engine);
}
