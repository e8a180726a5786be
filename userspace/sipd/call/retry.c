// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests of calls that are refused for what they lack, and go out once more with it: a longer
 * session interval (RFC 4028 s.7.3) or credentials (RFC 3261 s.22). Who sent them hears of neither.
 */
#include <errno.h>

#include "call/digest.h"
#include "call/hunt.h"

/* Of one request: a challenge of each hop, its nonces gone stale, and intervals too brief. */
#define MAX_RETRIES 5

static bool is_of_sessions(void *arg, enum sip_hdr_id id, struct view value)
{
	(void)arg;
	(void)value;
	return id == SIP_HDR_SESSION_EXPIRES || id == SIP_HDR_MIN_SE;
}

/* Does anybody still want an answer? */
static bool is_wanted(const struct call_relay *relay)
{
	if (relay->final || relay->retries == MAX_RETRIES)
		return false;
	if (relay->initial)
		return relay->branch && !relay->branch->over && !relay->branch->hunt->stopped;
	return relay->call->state < CALL_ENDING || relay->method == SIP_BYE;
}

/* The sequence of all dialogs that the request has made. */
static void count(struct call_relay *relay, struct call_pair *pair)
{
	unsigned int side = call_other((enum media_side)relay->from);
	struct call_pair *other;

	relay->cseq = ++pair->leg[side].local_cseq;
	for (other = relay->call->pairs; other; other = other->next)
		if (relay->initial && other->invite == relay)
			other->leg[side].local_cseq = relay->cseq;
}

/* What it lacks is in @how; false: the refusal is final. */
static bool find_remedy(struct call_relay *relay, struct call_pair *pair,
			const struct sip_ctrans *ct, const struct sip_msg *refusal,
			struct sip_again *how, struct sip_out *lines)
{
	switch (refusal->status) {
	case 401:
	case 407:
		how->drop = call_digest_replaces;
		return call_digest_answer(relay, pair, ct, how->cseq, refusal, lines);
	case 422:
		how->drop = is_of_sessions;
		return call_session_longer(relay, pair, refusal, lines);
	default:
		return false;
	}
}

static bool again(struct call_relay *relay, struct sip_ctrans *ct, const struct sip_msg *refusal)
{
	struct call_pair *pair = relay->pair ? relay->pair : call_fork_first(relay);
	struct sip_again how = { .arg = relay };
	char lines[4096];
	struct sip_ctrans *next;
	struct sip_out out;

	if (!pair || !is_wanted(relay))
		return false;
	sip_out_init(&out, lines, sizeof(lines));
	how.cseq = pair->leg[call_other((enum media_side)relay->from)].local_cseq + 1;
	if (!find_remedy(relay, pair, ct, refusal, &how, &out) || !sip_out_ok(&out))
		return false;
	how.headers = sip_out_text(&out);
	next = sip_ctrans_again(ct, &how);
	if (!next)
		return false;
	relay->ct = next;
	relay->retries++;
	count(relay, pair);
	/* It has answered, so it is not left for another address. */
	if (relay->branch) {
		relay->branch->heard = true;
		call_branch_elsewhere(relay->branch, refusal);
	}
	return true;
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;

	call_digest_heard(relay, msg->status);
	if (msg->status < 300 || !again(relay, ct, msg))
		relay->ops->response(user, ct, msg);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	const struct call_relay *relay = user;

	relay->ops->timeout(user, ct);
}

static void failed(void *user, struct sip_ctrans *ct, int err)
{
	const struct call_relay *relay = user;

	relay->ops->failed(user, ct, err);
}

static void ended(void *user, struct sip_ctrans *ct)
{
	const struct call_relay *relay = user;

	relay->ops->ended(user, ct);
}

/* For who hears of no failures but timeouts. */
static const struct sip_ctrans_ops patient_ops = {
	.response = response,
	.timeout = timeout,
	.ended = ended,
};

static const struct sip_ctrans_ops retry_ops = {
	.response = response,
	.timeout = timeout,
	.failed = failed,
	.ended = ended,
};

int call_send(struct call_relay *relay, const struct call_pair *pair,
	      const struct sip_request *request, const struct sip_ctrans_ops *ops)
{
	enum media_side side = call_other((enum media_side)relay->from);
	struct sip_request kept = *request;

	kept.keep = relay->asked || call_digest_account(pair, side, &request->to.remote);
	relay->ops = ops;
	relay->ct = sip_ctrans_send(relay->call->engine->stack, &kept,
				    ops->failed ? &retry_ops : &patient_ops, relay);
	return relay->ct ? 0 : -ENOMEM;
}
