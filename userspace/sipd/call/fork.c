// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An INVITE may be forked behind its next hop: every branch there has a dialog of its own, told
 * apart by the To tag (RFC 3261 s.12.1, s.13.2.2.4). The caller gets a dialog for each, so that no
 * dialog of his sees two answers.
 */

#include <errno.h>

#include "call/exchange.h"

#define MAX_DIALOGS 16 /* of one branch */
#define TAG_RANDOM 16

static void write_hex(char *to, uint32_t number)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[number >> shift & 15];
	*to = '\0';
}

/* Random, then a keyed hash: nobody else can make one that call_receive_stray() takes. */
void call_fork_tag(struct call_engine *engine, struct view call_id, char tag[CALL_TAG_STRLEN])
{
	char random[SIP_TOKEN_STRLEN];

	memcpy(tag, sip_token(engine->stack, 4 * TAG_RANDOM, random), TAG_RANDOM);
	write_hex(tag + TAG_RANDOM,
		  htab_hash_more(htab_hash(call_id.p, call_id.len), tag, TAG_RANDOM));
}

static bool made_here(struct view call_id, struct view tag)
{
	char hash[CALL_TAG_STRLEN - TAG_RANDOM];

	if (tag.len != CALL_TAG_STRLEN - 1)
		return false;
	write_hex(hash, htab_hash_more(htab_hash(call_id.p, call_id.len), tag.p, TAG_RANDOM));
	return !memcmp(hash, tag.p + TAG_RANDOM, sizeof(hash) - 1);
}

static struct call_pair *new_pair(struct call_relay *relay, const struct call_pair *like)
{
	struct call *call = relay->call;
	const struct sip_dialog *b = &like->leg[MEDIA_B];
	struct call_engine *engine = call->engine;
	struct call_pair *pair;
	char tag[SIP_TOKEN_STRLEN];

	pair = call_pair_alloc(call);
	if (!pair)
		return NULL;
	pair->invite = relay;
	pair->session[MEDIA_B].min_se = like->session[MEDIA_B].min_se;
	pair->account = like->account;
	pair->account_peer = like->account_peer;
	if (sip_dialog_init_copy(&pair->leg[MEDIA_A], &call->pairs->leg[MEDIA_A],
				 view_str(sip_token(engine->stack, 64, tag))) ||
	    sip_dialog_init_copy(&pair->leg[MEDIA_B], b,
				 sip_dialog_text(b, SIP_DIALOG_LOCAL_TAG))) {
		call_pair_free(pair);
		return NULL;
	}
	sip_dialog_add(&engine->dialogs, &pair->leg[MEDIA_A]);
	sip_dialog_add(&engine->dialogs, &pair->leg[MEDIA_B]);
	return pair;
}

struct call_pair *call_fork_first(const struct call_relay *relay)
{
	struct call_pair *pair = relay->call->pairs;

	while (pair && pair->invite != relay)
		pair = pair->next;
	return pair;
}

struct call_pair *call_fork_pair(struct call_relay *relay, const struct sip_msg *response)
{
	const struct call_pair *like = NULL;
	struct call_pair *pair;
	unsigned int dialogs = 0;

	for (pair = relay->call->pairs; pair; pair = pair->next) {
		const struct sip_dialog *leg = &pair->leg[MEDIA_B];

		if (pair->invite != relay)
			continue;
		if (leg->state == SIP_DIALOG_NONE ||
		    view_eq(sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG), response->to.tag))
			return pair;
		like = pair;
		dialogs++;
	}
	return like && dialogs < MAX_DIALOGS ? new_pair(relay, like) : NULL;
}

/* Of a transaction that is left alone as soon as it is sent. */
static const struct sip_ctrans_ops nobody;

static void acknowledge(struct call_engine *engine, const struct sip_dialog *leg, uint32_t cseq,
			void *trace_user)
{
	struct sip_request ack = { 0 };
	struct sip_out out = call_headers(engine);

	sip_dialog_request(leg, SIP_ACK, VIEW_NONE, cseq, &out, &ack);
	call_write_max_forwards(&out, -1);
	ack.headers = sip_out_text(&out);
	if (sip_out_ok(&out))
		sip_send_ack(engine->stack, &ack, trace_user);
}

void call_fork_bye(struct call_engine *engine, const struct sip_dialog *leg, uint32_t cseq)
{
	struct sip_request bye = { 0 };
	struct sip_ctrans *ct;
	struct sip_out out;

	out = call_headers(engine);
	sip_dialog_request(leg, SIP_BYE, VIEW_NONE, cseq, &out, &bye);
	call_write_max_forwards(&out, -1);
	bye.headers = sip_out_text(&out);
	if (!sip_out_ok(&out))
		return;
	ct = sip_ctrans_send(engine->stack, &bye, &nobody, NULL);
	if (ct)
		sip_ctrans_detach(ct);
}

static struct view bracketed(struct sip_out *out, struct view uri)
{
	size_t start = out->len;

	sip_out_str(out, "<");
	sip_out_view(out, uri);
	sip_out_str(out, ">");
	return (struct view){ out->p + start, out->len - start };
}

/* Do requests go to the host that @from is? The 2xx could name any other one. */
static bool leads_back(struct call_engine *engine, const struct sip_dialog *leg,
		       const struct tp_flow *from)
{
	struct sip_out out = call_headers(engine);
	struct sip_request ack = { 0 };

	sip_dialog_request(leg, SIP_ACK, VIEW_NONE, 0, &out, &ack);
	return tp_addr_same_host(&ack.to.remote, &from->remote);
}

/* Without an ACK the callee gives up by himself (RFC 3261 s.13.3.1.4), without a BYE never. */
static void end_orphan(struct call_engine *engine, const struct sip_dialog *leg,
		       const struct sip_msg *response, struct call_relay *relay)
{
	uint64_t now = loop_now_ms(engine->loop);
	int ret = call_orphan_add(relay ? &engine->losers : &engine->strays, response, now,
				  now + UINT64_C(64) * engine->cfg->t1_ms);

	if (ret == -ENOSPC)
		return;
	acknowledge(engine, leg, response->cseq, relay);
	if (!ret)
		call_fork_bye(engine, leg, response->cseq + 1);
}

/*
 * Of a dialog nothing is left but what the 2xx itself says. @relay: whose INVITE it is to; NULL: it
 * is not known any more, and @from may be anybody.
 */
static void refuse_orphan(struct call_engine *engine, const struct sip_msg *response,
			  const struct tp_flow *from, struct call_relay *relay)
{
	struct sip_dialog_uac uac = { .call_id = response->call_id, .to = *from };
	struct sip_dialog leg = { 0 };
	struct sip_out out;

	sip_out_init(&out, engine->body, sizeof(engine->body));
	uac.local_tag = response->from.tag;
	uac.local = bracketed(&out, response->from.uri);
	uac.remote = bracketed(&out, response->to.uri);
	uac.target = response->to.uri;
	if (sip_out_ok(&out) && !sip_dialog_init_uac(&leg, &uac) &&
	    !sip_dialog_response(&leg, response, from) && (relay || leads_back(engine, &leg, from)))
		end_orphan(engine, &leg, response, relay);
	sip_dialog_clean(&leg);
}

void call_fork_drop(struct call_relay *relay, const struct sip_msg *response)
{
	refuse_orphan(relay->call->engine, response, sip_ctrans_flow(relay->ct), relay);
}

void call_receive_stray(void *arg, const struct sip_msg *response, const struct tp_flow *from)
{
	struct call_engine *engine = arg;
	const struct sip_dialog *leg;

	if (response->method != SIP_INVITE || response->status < 200 || response->status > 299)
		return;
	leg = call_find_dialog(engine, response, from);
	if (leg && leg->state == SIP_DIALOG_CONFIRMED)
		acknowledge(engine, leg, response->cseq, NULL);
	else if (made_here(response->call_id, response->from.tag))
		refuse_orphan(engine, response, from, NULL);
}
