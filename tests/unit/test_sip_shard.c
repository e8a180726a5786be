// SPDX-License-Identifier: GPL-2.0-or-later
/* Several stacks at one address: each message meets the stack that its Call-ID belongs to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip/shard.h"

#define SHARDS 4
#define MAILBOX_OCTETS 4096

static struct shard {
	struct sip_stack *stack;
	struct transport *tp;
	struct tp_listener *listeners[2];
	struct mailbox *box;
	unsigned int requests, acks, cancels;
	struct tp_flow from; /* of the last */
	char call_id[64];
} shard[SHARDS];

static struct sip_shards shards;
static bool ring; /* what comes is not refused */
static struct loop *loop;
static struct loop_deferred last;

static struct shard *note(void *arg, const struct sip_msg *msg, const struct tp_flow *from)
{
	struct shard *s = arg;

	s->from = *from;
	snprintf(s->call_id, sizeof(s->call_id), "%.*s", VIEW_ARG(msg->call_id));
	return s;
}

static void on_cancelled(void *user, struct sip_strans *st)
{
	struct shard *s = user;

	s->cancels++;
	sip_strans_respond(st, &(struct sip_reply){ .status = 487 });
}

static void on_request(void *arg, struct sip_strans *st, const struct sip_msg *req,
		       const struct tp_flow *from)
{
	static const struct sip_strans_ops ops = { .cancelled = on_cancelled };

	note(arg, req, from)->requests++;
	if (ring) {
		sip_strans_attach(st, &ops, arg);
		sip_strans_respond(st, &(struct sip_reply){ .status = 180 });
		return;
	}
	sip_strans_forget(st);
	sip_strans_respond(st, &(struct sip_reply){ .status = 481 });
}

static void on_ack(void *arg, const struct sip_msg *ack, const struct tp_flow *from)
{
	note(arg, ack, from)->acks++;
}

static void on_stray(void *arg, const struct sip_msg *response, const struct tp_flow *from)
{
	(void)arg;
	(void)response;
	(void)from;
}

static bool names(const struct sip_msg *msg, struct sip_shard_dialog *dialog)
{
	const struct sip_header *header = sip_msg_header(msg, SIP_HDR_REPLACES, NULL);

	if (!header)
		return false;
	dialog->call_id = header->value;
	dialog->tags[0] = VIEW_LIT("x");
	dialog->tags[1] = VIEW_LIT("y");
	return true;
}

static void open_shard(unsigned int index)
{
	static const struct sip_timers timers = { .t1 = 500, .t2 = 4000, .t4 = 5000, .d = 32000 };
	static const struct sip_handlers handlers = {
		.request = on_request,
		.ack = on_ack,
		.stray = on_stray,
		.names = names,
	};
	struct shard *s = &shard[index];
	struct tp_addr addr;

	assert_int_equal(mailbox_alloc(&s->box, loop, MAILBOX_OCTETS), 0);
	assert_int_equal(sip_stack_alloc(&s->stack, loop, &timers, &handlers, s), 0);
	assert_int_equal(tp_alloc(&s->tp, loop, sip_stack_receive, s->stack), 0);
	tp_share(s->tp, index, SHARDS);
	for (int i = 0; i < 2; i++) {
		if (index)
			addr = shard[0].listeners[i]->local;
		else
			assert_int_equal(tp_addr_parse(&addr, VIEW_LIT("127.0.0.1:0"), 0), 0);
		assert_int_equal(tp_listen(s->tp, TP_UDP, &addr, NULL, &s->listeners[i]), 0);
	}
	sip_shards_join(&shards, index, s->stack, s->tp, s->box);
}

static int set_up(void **state)
{
	(void)state;
	memset(shard, 0, sizeof(shard));
	ring = false;
	sip_shards_init(&shards, SHARDS);
	assert_int_equal(loop_alloc(&loop), 0);
	for (unsigned int i = 0; i < SHARDS; i++)
		open_shard(i);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned int i = SHARDS; i--;) {
		sip_stack_free(shard[i].stack);
		tp_free(shard[i].tp);
	}
	for (unsigned int i = 0; i < SHARDS; i++)
		mailbox_free(shard[i].box);
	loop_free(loop);
	assert_int_equal(atomic_load(&shards.nclaims), 0);
	return 0;
}

/* @text comes to @at, at its listener @listener. */
static void receive_text(unsigned int at, unsigned int listener, const char *text, size_t len)
{
	struct tp_flow from = { .listener = shard[at].listeners[listener] };
	char *exact;

	assert_int_equal(tp_addr_parse(&from.remote, VIEW_LIT("127.0.0.2:5070"), 0), 0);
	/* Of exactly its size and the spare octet, for the sanitizer. */
	exact = malloc(len + 1);
	memcpy(exact, text, len);
	sip_stack_receive(shard[at].stack, &from, exact, len);
	free(exact);
}

/* A message in a dialog. */
static void receive(unsigned int at, unsigned int listener, const char *method, const char *call_id,
		    size_t padding)
{
	char *text;
	int len;

	len = asprintf(&text,
		       "%s sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5070;"
		       "branch=z9hG4bK-1\r\nFrom: <sip:a@127.0.0.2>;tag=a\r\n"
		       "To: <sip:bob@127.0.0.1>;tag=b\r\n%s%s%sCSeq: 1 %s\r\nMax-Forwards: 70\r\n"
		       "Subject: %*s\r\nContent-Length: 0\r\n\r\n",
		       method, call_id ? "Call-ID: " : "", call_id ? call_id : "",
		       call_id ? "\r\n" : "", method, (int)padding, "x");
	assert_true(len > 0);
	receive_text(at, listener, text, (size_t)len);
	free(text);
}

/* Of the transaction of an INVITE that names the dialog of @replaces, or "". */
static void receive_invite(unsigned int at, const char *method, const char *call_id,
			   const char *replaces)
{
	char *text;
	int len = asprintf(&text,
			   "%s sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5070;"
			   "branch=z9hG4bK-%s\r\nFrom: <sip:a@127.0.0.2>;tag=a\r\n"
			   "To: <sip:bob@127.0.0.1>\r\nCall-ID: %s\r\nCSeq: 1 %s\r\n"
			   "Max-Forwards: 70\r\n%s%s%sContent-Length: 0\r\n\r\n",
			   method, call_id, call_id, method, *replaces ? "Replaces: " : "",
			   replaces, *replaces ? "\r\n" : "");

	assert_true(len > 0);
	receive_text(at, 0, text, (size_t)len);
	free(text);
}

static void stop(struct loop_deferred *deferred)
{
	(void)deferred;
	loop_stop(loop);
}

/* Everything that was handed over arrives. */
static void deliver(void)
{
	loop_defer(loop, &last, stop);
	assert_int_equal(loop_run(loop), 0);
}

static const struct sip_stack_stats *stats(unsigned int index)
{
	return sip_stack_stats(shard[index].stack);
}

static void a_message_meets_its_shard_wherever_it_came(void **state)
{
	char call_id[SIP_TOKEN_STRLEN];

	(void)state;
	for (unsigned int to = 0; to < SHARDS; to++) {
		sip_call_id(shard[to].stack, call_id);
		for (unsigned int at = 0; at < SHARDS; at++) {
			unsigned int before = shard[to].requests, acks = shard[to].acks;

			receive(at, at % 2, "BYE", call_id, 0);
			receive(at, at % 2, "ACK", call_id, 0);
			assert_int_equal(shard[to].requests, before + (to == at));
			deliver();
			assert_int_equal(shard[to].requests, before + 1);
			assert_int_equal(shard[to].acks, acks + 1);
			assert_string_equal(shard[to].call_id, call_id);
			/* As if it had come to its own socket: the answer leaves by that. */
			assert_ptr_equal(shard[to].from.listener, shard[to].listeners[at % 2]);
			assert_int_equal(tp_addr_port(&shard[to].from.remote), 5070);
		}
	}
	for (unsigned int i = 0; i < SHARDS; i++) {
		assert_int_equal(shard[i].requests, SHARDS);
		assert_int_equal(stats(i)->rx, 2 * SHARDS);
		assert_int_equal(stats(i)->handed_over, 2 * (SHARDS - 1));
		assert_int_equal(stats(i)->handover_dropped, 0);
	}
}

/* What an INVITE names may lead it on from the shard of its Call-ID. */
static void deliver_twice(void)
{
	deliver();
	deliver();
}

static void claim(unsigned int index, const char *call_id, struct sip_claim **out)
{
	assert_int_equal(sip_shard_claim(shard[index].stack, view_str(call_id), VIEW_LIT("a"), out),
			 0);
}

/* The shard that has what the peer with @tag says. */
static unsigned int where(const char *call_id, const char *tag)
{
	const struct sip_shard_dialog dialog = {
		.call_id = view_str(call_id),
		.tags = { VIEW_LIT("b"), view_str(tag) },
	};
	unsigned int index;

	if (!sip_shard_elsewhere(shard[0].stack, &dialog, &index))
		return 0;
	assert_false(sip_shard_elsewhere(shard[index].stack, &dialog, &index));
	return index;
}

/* A dialog that has moved is met where it is now, until it is gone. */
static void a_dialog_that_has_moved_is_met_there(void **state)
{
	char moved[SIP_TOKEN_STRLEN], other[SIP_TOKEN_STRLEN];
	struct sip_claim *first, *second, *again, *home;

	(void)state;
	sip_call_id(shard[1].stack, moved);
	sip_call_id(shard[1].stack, other);
	claim(1, moved, &home);
	assert_null(home);
	claim(2, moved, &first);
	/* Once more, to another one. */
	claim(3, moved, &second);
	claim(3, moved, &again);
	assert_int_equal(where(moved, "a"), 3);
	assert_int_equal(where(moved, "another"), 1);
	assert_int_equal(where(other, "a"), 1);
	for (unsigned int at = 0; at < SHARDS; at++) {
		receive(at, 0, "BYE", moved, 0);
		receive(at, 0, "ACK", other, 0);
		deliver();
	}
	assert_int_equal(shard[3].requests, SHARDS);
	assert_int_equal(shard[1].requests, 0);
	assert_int_equal(shard[1].acks, SHARDS);
	/* Who has it no more cannot release it, nor one of two. */
	sip_shard_release(&first);
	assert_null(first);
	sip_shard_release(&second);
	assert_int_equal(where(moved, "a"), 3);
	sip_shard_release(&again);
	assert_int_equal(where(moved, "a"), 1);
	/* Back home it is like any other, and what is released later is another claim. */
	claim(0, moved, &first);
	claim(1, moved, &home);
	assert_null(home);
	assert_int_equal(atomic_load(&shards.nclaims), 0);
	claim(0, moved, &second);
	sip_shard_release(&first);
	assert_int_equal(where(moved, "a"), 0);
	sip_shard_release(&second);
}

/* Its transaction is in the shard of the dialog that it names, and so is what follows in it. */
static void an_invite_meets_the_dialog_that_it_names(void **state)
{
	char call_id[SIP_TOKEN_STRLEN], named[SIP_TOKEN_STRLEN];

	(void)state;
	ring = true;
	sip_call_id(shard[2].stack, named);
	for (unsigned int at = 0; at < SHARDS; at++) {
		sip_call_id(shard[1].stack, call_id);
		receive_invite(at, "INVITE", call_id, named);
		deliver_twice();
		assert_int_equal(shard[2].requests, at + 1);
		assert_int_equal(where(call_id, "a"), 2);
		/* Repeated, it is the same. */
		receive_invite(at, "INVITE", call_id, named);
		deliver_twice();
		assert_int_equal(shard[2].requests, at + 1);
		assert_int_equal(stats(2)->rx_retransmissions, at + 1);
		receive_invite(at, "CANCEL", call_id, "");
		deliver_twice();
		assert_int_equal(shard[2].cancels, at + 1);
		/* Of a 487, which is no user's. */
		receive_invite(at, "ACK", call_id, "");
		deliver_twice();
	}
	for (unsigned int i = 0; i < SHARDS; i++) {
		assert_int_equal(shard[i].acks, 0);
		assert_int_equal(shard[i].requests, i == 2 ? SHARDS : 0);
	}
	assert_int_equal(atomic_load(&shards.nclaims), SHARDS);
}

/* It is where it belongs from the begin, and where what it names has gone. */
static void an_invite_names_a_dialog_here_or_one_that_has_moved(void **state)
{
	char call_id[SIP_TOKEN_STRLEN], named[SIP_TOKEN_STRLEN];
	struct sip_claim *moved;

	(void)state;
	ring = true;
	sip_call_id(shard[1].stack, call_id);
	sip_call_id(shard[1].stack, named);
	receive_invite(1, "INVITE", call_id, named);
	assert_int_equal(shard[1].requests, 1);
	assert_int_equal(atomic_load(&shards.nclaims), 0);
	assert_int_equal(sip_shard_claim(shard[3].stack, view_str(named), VIEW_LIT("y"), &moved),
			 0);
	sip_call_id(shard[1].stack, call_id);
	receive_invite(1, "INVITE", call_id, named);
	deliver();
	assert_int_equal(shard[3].requests, 1);
	sip_shard_release(&moved);
}

/* What nothing is kept of claims nothing. */
static void a_refused_invite_leaves_no_claim(void **state)
{
	char call_id[SIP_TOKEN_STRLEN], named[SIP_TOKEN_STRLEN];

	(void)state;
	sip_call_id(shard[1].stack, call_id);
	sip_call_id(shard[2].stack, named);
	receive_invite(1, "INVITE", call_id, named);
	deliver();
	assert_int_equal(shard[2].requests, 1);
	assert_int_equal(atomic_load(&shards.nclaims), 0);
	assert_int_equal(where(call_id, "a"), 1);
}

static void a_shard_that_does_not_keep_up_loses_messages(void **state)
{
	char call_id[SIP_TOKEN_STRLEN];

	(void)state;
	sip_call_id(shard[1].stack, call_id);
	for (int i = 0; i < 4; i++)
		receive(0, 0, "BYE", call_id, 1500);
	assert_int_equal(stats(0)->handed_over, 2);
	assert_int_equal(stats(0)->handover_dropped, 2);
	deliver();
	assert_int_equal(shard[1].requests, 2);
	receive(0, 0, "BYE", call_id, 1500);
	assert_int_equal(stats(0)->handed_over, 3);
}

/* tear_down() gives back what is on its way. */
static void what_is_on_its_way_at_the_end_is_given_up(void **state)
{
	char call_id[SIP_TOKEN_STRLEN];

	(void)state;
	sip_call_id(shard[1].stack, call_id);
	receive(0, 0, "BYE", call_id, 0);
	assert_int_equal(stats(0)->handed_over, 1);
	assert_int_equal(shard[1].requests, 0);
}

static void without_a_call_id_it_stays(void **state)
{
	(void)state;
	receive(2, 0, "BYE", NULL, 0);
	assert_int_equal(stats(2)->rx_malformed, 1);
	assert_int_equal(stats(2)->handed_over, 0);
}

static void own_call_ids_are_all_different(void **state)
{
	char ids[64][SIP_TOKEN_STRLEN];

	(void)state;
	for (int i = 0; i < 64; i++) {
		sip_call_id(shard[i % SHARDS].stack, ids[i]);
		assert_int_equal(strlen(ids[i]), 32);
		assert_int_equal(sip_shard_of(&shards, view_str(ids[i])), i % SHARDS);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(ids[i], ids[j]);
	}
}

/* 1000 of them: each shard gets its fair share, three standard deviations about. */
static void foreign_call_ids_are_spread(void **state)
{
	unsigned int count[SHARDS] = { 0 };
	char text[32];

	(void)state;
	shards.key = (struct sip_hash_key){ { 0x0123456789abcdef, 0xfedcba9876543210 } };
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%d-4711@127.0.0.2", i);
		count[sip_shard_of(&shards, view_str(text))]++;
	}
	for (unsigned int i = 0; i < SHARDS; i++)
		assert_in_range(count[i], 250 - 41, 250 + 41);
}

#define SHARDED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHARDED(a_message_meets_its_shard_wherever_it_came),
		SHARDED(a_dialog_that_has_moved_is_met_there),
		SHARDED(an_invite_meets_the_dialog_that_it_names),
		SHARDED(an_invite_names_a_dialog_here_or_one_that_has_moved),
		SHARDED(a_refused_invite_leaves_no_claim),
		SHARDED(a_shard_that_does_not_keep_up_loses_messages),
		SHARDED(what_is_on_its_way_at_the_end_is_given_up),
		SHARDED(without_a_call_id_it_stays),
		SHARDED(own_call_ids_are_all_different),
		SHARDED(foreign_call_ids_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
