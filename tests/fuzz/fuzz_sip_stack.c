// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transactions under any messages in any order, with a user who answers, cancels and leaves at any
 * time. Once he has left all of them, none is there when every timer has struck.
 *
 * The input is a list of steps: a letter, and what follows it up to an octet 0.
 *	r: a message arrives; '@' in it stands for the branch of the request sent last
 *	t: 100 ms go by for each octet
 *	a: the user answers; the octets choose which request, with what
 *	s: he sends a request			c: he cancels one
 *	k: the ACK has come			d, e: he leaves a server, client transaction
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/transaction.h"

#define CHECK(condition) check(condition, #condition, __LINE__)
#define MAX_LIVE 64
#define MAX_MESSAGE 65535

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loop *loop;
static struct transport *tp;
static struct sip_stack *stack;
static struct tp_flow peer;
static struct sip_strans *servers[MAX_LIVE];
static struct sip_ctrans *clients[MAX_LIVE];
static char branch[64];

static void check(bool ok, const char *condition, int line)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_sip_stack.c:%d: %s\n", line, condition);
	abort();
}

/* --- the user: the slot of a transaction is its user pointer --- */

static void server_ended(void *user, struct sip_strans *st)
{
	struct sip_strans **slot = user;

	CHECK(*slot == st);
	*slot = NULL;
}

static void server_told(void *user, struct sip_strans *st)
{
	struct sip_strans **slot = user;

	CHECK(*slot == st);
}

static const struct sip_strans_ops server_ops = {
	.cancelled = server_told,
	.no_ack = server_told,
	.ended = server_ended,
};

static void client_ended(void *user, struct sip_ctrans *ct)
{
	struct sip_ctrans **slot = user;

	CHECK(*slot == ct);
	*slot = NULL;
}

static void client_timeout(void *user, struct sip_ctrans *ct)
{
	struct sip_ctrans **slot = user;

	CHECK(*slot == ct);
}

static void client_response(void *user, struct sip_ctrans *ct, const struct sip_msg *response)
{
	client_timeout(user, ct);
	CHECK(!response->request && response->status >= 100 && response->status < 700);
}

static const struct sip_ctrans_ops client_ops = {
	.response = client_response,
	.timeout = client_timeout,
	.ended = client_ended,
};

static void on_request(void *arg, struct sip_strans *st, const struct sip_msg *req,
		       const struct tp_flow *from)
{
	(void)arg;
	(void)from;
	CHECK(req->request && req->method != SIP_ACK && req->method != SIP_CANCEL);
	for (int i = 0; i < MAX_LIVE; i++) {
		if (servers[i])
			continue;
		servers[i] = st;
		sip_strans_attach(st, &server_ops, &servers[i]);
		return;
	}
	sip_strans_detach(st);
}

static void on_message(void *arg, const struct sip_msg *msg, const struct tp_flow *from)
{
	(void)arg;
	(void)msg;
	(void)from;
}

static void on_trace(void *arg, void *user, const struct sip_trace *trace)
{
	const char *found;

	(void)arg;
	(void)user;
	CHECK(trace->body.len <= trace->raw.len && trace->call_id.len <= trace->raw.len);
	if (!trace->outgoing || !trace->request)
		return;
	found = memmem(trace->raw.p, trace->raw.len, ";branch=", 8);
	CHECK(found);
	snprintf(branch, sizeof(branch), "%.*s", 31, found + 8);
}

/* --- the steps --- */

static void receive(const uint8_t *text, size_t len)
{
	size_t needed = 0;
	char *buf, *out;

	for (size_t i = 0; i < len; i++)
		needed += text[i] == '@' ? strlen(branch) : 1;
	if (needed > MAX_MESSAGE)
		return;
	/* Of exactly the size that the transport promises. */
	out = buf = malloc(needed + 1);
	CHECK(buf);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '@')
			out = stpcpy(out, branch);
		else
			*out++ = (char)text[i];
	}
	sip_stack_receive(stack, &peer, buf, needed);
	free(buf);
}

static void pass_time(uint64_t ms)
{
	struct timer_wheel *wheel = loop_timers(loop);
	uint64_t end = timer_wheel_now(wheel) + ms, now;
	int next;

	while ((now = timer_wheel_now(wheel)) < end) {
		next = timer_wheel_next(wheel);
		timer_wheel_advance(wheel, next < 0 || now + next > end ? end : now + next);
	}
}

static void answer(struct sip_strans *st, uint8_t how)
{
	static const int statuses[] = { 100, 180, 183, 200, 202, 302, 408, 486, 487, 500 };
	struct sip_reply reply = { .status = statuses[how % 10] };

	if (how & 0x40)
		reply.to_tag = VIEW_LIT("mine");
	if (how & 0x80) {
		reply.content_type = VIEW_LIT("text/plain");
		reply.body = VIEW_LIT("hello");
	}
	sip_strans_respond(st, &reply);
}

static void send_request(uint8_t how)
{
	struct sip_request request = {
		.method = how % 2 ? SIP_INVITE : SIP_BYE,
		.ruri = VIEW_LIT("sip:b"),
		.headers = VIEW_LIT("Route: <sip:r;lr>\r\nFrom: <sip:a>;tag=f\r\nTo: <sip:b>\r\n"
				    "Call-ID: i\r\nCSeq: 1 INVITE\r\nMax-Forwards: 7\r\n"),
		.to = peer,
	};

	if (!(how % 2))
		request.headers = VIEW_LIT("Call-ID: i\r\nCSeq: 1 BYE\r\n");
	for (int i = 0; i < MAX_LIVE; i++) {
		if (clients[i])
			continue;
		clients[i] = sip_ctrans_send(stack, &request, &client_ops, &clients[i]);
		CHECK(clients[i]);
		return;
	}
}

static void leave_server(struct sip_strans **slot)
{
	if (*slot)
		sip_strans_detach(*slot);
	*slot = NULL;
}

static void leave_client(struct sip_ctrans **slot)
{
	if (*slot)
		sip_ctrans_detach(*slot);
	*slot = NULL;
}

static void step(uint8_t what, const uint8_t *rest, size_t len)
{
	uint8_t which = len ? rest[0] : 0, how = len > 1 ? rest[1] : 0;
	struct sip_strans **server = &servers[which % MAX_LIVE];
	struct sip_ctrans **client = &clients[which % MAX_LIVE];

	if (what == 'r')
		receive(rest, len);
	else if (what == 't')
		pass_time(100 * len);
	else if (what == 'a' && *server)
		answer(*server, how);
	else if (what == 'k' && *server)
		sip_strans_acked(*server);
	else if (what == 's')
		send_request(which);
	else if (what == 'c' && *client)
		sip_ctrans_cancel(*client, VIEW_LIT("Reason: SIP\r\n"));
	else if (what == 'd')
		leave_server(server);
	else if (what == 'e')
		leave_client(client);
}

static void set_up(void)
{
	struct tp_addr local;

	CHECK(!loop_alloc(&loop));
	CHECK(!tp_alloc(&tp, loop, sip_stack_receive, NULL));
	CHECK(!tp_addr_parse(&local, VIEW_LIT("127.0.0.1:0"), 0));
	CHECK(!tp_listen(tp, TP_UDP, &local, NULL, &peer.listener));
	/* As responses say it, for the fuzzer cannot know a port that changes. */
	tp_addr_set_port(&peer.listener->local, 5060);
	CHECK(!tp_addr_parse(&peer.remote, VIEW_LIT("127.0.0.1:9"), 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sip_timers timers = { 500, 4000, 5000, 32000, 180000 };
	static const struct sip_handlers handlers = {
		.request = on_request,
		.ack = on_message,
		.stray = on_message,
		.trace = on_trace,
	};
	const uint8_t *end = data + size, *stop;

	if (!loop)
		set_up();
	CHECK(!sip_stack_alloc(&stack, loop, &timers, &handlers, NULL));
	for (; data < end; data = stop + 1) {
		stop = memchr(data, 0, end - data);
		if (!stop)
			stop = end;
		if (stop > data)
			step(data[0], data + 1, stop - data - 1);
	}
	for (int i = 0; i < MAX_LIVE; i++) {
		leave_server(&servers[i]);
		leave_client(&clients[i]);
	}
	pass_time(400000);
	CHECK(!sip_stack_stats(stack)->server_transactions);
	CHECK(!sip_stack_stats(stack)->client_transactions);
	CHECK(!timer_wheel_count(loop_timers(loop)));
	sip_stack_free(stack);
	return 0;
}
