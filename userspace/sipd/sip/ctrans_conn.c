// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests and the connections they go by: which transport a request takes (RFC 3261 s.18.1.1), and
 * what becomes of it when its connection fails (s.8.1.3.1, s.17.1.4).
 */
#include <errno.h>
#include <stdlib.h>

#include "base/htab.h"
#include "sip/ctrans.h"

/* Octets. What is larger may be cut into fragments on its way, which get lost (s.18.1.1). */
#define LARGE 1300

/* How long one that takes no connections is not asked again. */
#define NO_STREAM_MS 600000

static struct stack_no_stream *no_stream(struct sip_stack *stack, const struct tp_addr *remote)
{
	uint32_t hash = htab_hash(remote, tp_addr_len(remote));

	return &stack->no_stream[hash % STACK_NO_STREAM];
}

static bool takes_streams(struct sip_stack *stack, const struct tp_addr *remote)
{
	const struct stack_no_stream *known = no_stream(stack, remote);

	return known->until_ms <= loop_now_ms(stack->loop) || !tp_addr_eq(&known->remote, remote);
}

void ctrans_choose_transport(struct sip_stack *stack, struct sip_out *out,
			     struct sip_request *request, const char *branch)
{
	struct tp_flow *to = &request->to;

	stack_out_init(stack, out);
	ctrans_write_request(out, request, branch);
	if (out->len <= LARGE || to->listener->proto != TP_UDP || !to->any_proto ||
	    !to->listener->stream || !takes_streams(stack, &to->remote))
		return;
	to->listener = to->listener->stream;
	stack_out_init(stack, out);
	ctrans_write_request(out, request, branch);
}

static uint32_t conn_hash(uint64_t conn)
{
	return (uint32_t)conn;
}

void ctrans_note_conn(struct sip_ctrans *ct)
{
	htab_add(&ct->stack->conns, &ct->conn_node, conn_hash(ct->to.conn));
}

void ctrans_forget_conn(struct sip_ctrans *ct)
{
	htab_del(&ct->stack->conns, &ct->conn_node);
}

/* The peer takes no connections, so it goes by UDP, in fragments or not. */
static bool send_by_udp(struct sip_ctrans *ct, int err)
{
	struct sip_stack *stack = ct->stack;
	struct stack_no_stream *known = no_stream(stack, &ct->to.remote);
	struct sip_out out;
	char *text;

	if (!ct->by_udp)
		return false;
	if (err == -ECONNREFUSED || err == -ETIMEDOUT)
		*known = (struct stack_no_stream){
			.remote = ct->to.remote,
			.until_ms = loop_now_ms(stack->loop) + NO_STREAM_MS,
		};
	stack_out_init(stack, &out);
	ctrans_rewrite_via(&out, ct, ct->by_udp);
	text = sip_out_ok(&out) ? view_dup(sip_out_text(&out)) : NULL;
	if (!text)
		return false;
	ctrans_forget_text(ct);
	ct->text = text;
	ct->text_len = (uint16_t)out.len;
	ctrans_locate_call_id(ct);
	ct->to.listener = ct->by_udp;
	ct->to.conn = 0;
	ct->by_udp = NULL;
	ctrans_start(ct);
	return true;
}

static void tell(struct sip_ctrans *ct, int err)
{
	if (ct->timed_out || !ct->ops || !ct->ops->failed) {
		ctrans_timed_out(ct);
		return;
	}
	ct->timed_out = true;
	ct->ops->failed(ct->user, ct, err);
}

void ctrans_failed(struct sip_ctrans *ct, int err)
{
	if (ct->state != CTRANS_CALLING || send_by_udp(ct, err))
		return;
	tell(ct, err);
	ctrans_end(ct);
}

/*
 * One that was in use may have broken before the request came through, as when the peer has
 * restarted: it is sent once more. If it came through all the same, its branch tells the peer that
 * it is the same one.
 */
static void conn_failed(struct sip_ctrans *ct, int err, bool opened)
{
	ctrans_forget_conn(ct);
	if (!opened || ct->to.pinned || ct->sent_again || !ct->text ||
	    ct->state != CTRANS_CALLING) {
		ctrans_failed(ct, err);
		return;
	}
	ct->sent_again = true;
	ct->to.conn = 0;
	ctrans_send_request(ct);
}

static struct sip_ctrans *first_of(struct sip_stack *stack, uint64_t conn)
{
	struct hnode *node = htab_first(&stack->conns, conn_hash(conn));
	struct sip_ctrans *ct;

	for (; node; node = htab_next(node)) {
		ct = HTAB_ENTRY(node, struct sip_ctrans, conn_node);
		if (ct->to.conn == conn)
			return ct;
	}
	return NULL;
}

/* What one of them leads to may end others, so that each is looked for anew. */
void ctrans_conn_failed(void *arg, uint64_t conn, int err, bool opened)
{
	struct sip_stack *stack = arg;
	struct sip_ctrans *ct;

	while ((ct = first_of(stack, conn)))
		conn_failed(ct, err, opened);
}

void ctrans_conn_moved(void *arg, uint64_t conn, uint64_t to)
{
	struct sip_stack *stack = arg;
	struct sip_ctrans *ct;

	while (conn != to && (ct = first_of(stack, conn))) {
		ctrans_forget_conn(ct);
		ct->to.conn = to;
		ctrans_note_conn(ct);
	}
}
