// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sip_rig.h"

void rig_note(struct rig *rig, const char *format, ...)
{
	size_t room = sizeof(rig->journal) - rig->journal_len;
	char *p = rig->journal + rig->journal_len;
	va_list ap;
	int len;

	if (rig->silent)
		return;
	len = snprintf(p, room, "%llu ",
		       (unsigned long long)(loop_now_ms(rig->loop) - rig->start_ms));
	va_start(ap, format);
	len += vsnprintf(p + len, room - len, format, ap);
	va_end(ap);
	len += snprintf(p + len, room - len, "\n");
	assert_true((size_t)len < room);
	rig->journal_len += len;
}

void rig_expect_at(struct rig *rig, const char *text, const char *file, int line)
{
	rig_collect(rig);
	if (strcmp(rig->journal, text))
		print_error("expected:\n%s\ngot:\n%s\n", text, rig->journal);
	_assert_true(!strcmp(rig->journal, text), "the journal is as expected", file, line);
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

/* --- the user --- */

static void user_cancelled(void *user, struct sip_strans *st)
{
	struct rig *rig = user;

	assert_ptr_equal(st, rig->st);
	rig_note(rig, "user cancelled");
}

static void user_no_ack(void *user, struct sip_strans *st)
{
	struct rig *rig = user;

	assert_ptr_equal(st, rig->st);
	rig_note(rig, "user no_ack");
}

static void user_server_ended(void *user, struct sip_strans *st)
{
	struct rig *rig = user;

	rig_note(rig, "user ended");
	if (st == rig->st)
		rig->st = NULL;
}

const struct sip_strans_ops rig_strans_ops = {
	.cancelled = user_cancelled,
	.no_ack = user_no_ack,
	.ended = user_server_ended,
};

static void user_response(void *user, struct sip_ctrans *ct, const struct sip_msg *response)
{
	struct rig *rig = user;

	assert_ptr_equal(ct, rig->ct);
	rig_note(rig, "user response %d%s%.*s", response->status, response->to.tag.p ? " " : "",
		 VIEW_ARG(response->to.tag));
}

static void user_timeout(void *user, struct sip_ctrans *ct)
{
	struct rig *rig = user;

	assert_ptr_equal(ct, rig->ct);
	rig_note(rig, "user timeout");
}

static void user_client_ended(void *user, struct sip_ctrans *ct)
{
	struct rig *rig = user;

	rig_note(rig, "user ended");
	if (ct == rig->ct)
		rig->ct = NULL;
}

const struct sip_ctrans_ops rig_ctrans_ops = {
	.response = user_response,
	.timeout = user_timeout,
	.ended = user_client_ended,
};

static void on_request(void *arg, struct sip_strans *st, const struct sip_msg *req,
		       const struct tp_flow *from)
{
	struct rig *rig = arg;

	assert_true(tp_addr_eq(&from->remote, &rig->from.remote));
	assert_int_equal(sip_strans_method(st), req->method);
	assert_int_equal(sip_strans_cseq(st), req->cseq);
	assert_false(sip_strans_answered(st));
	rig_note(rig, "user request %.*s", VIEW_ARG(req->method_name));
	rig->st = st;
	if (!rig->hold)
		sip_strans_attach(st, &rig_strans_ops, rig);
	if (rig->answer)
		rig_answer(rig, rig->answer);
}

static void on_ack(void *arg, const struct sip_msg *ack, const struct tp_flow *from)
{
	(void)from;
	rig_note(arg, "user ack %u", ack->cseq);
}

static void on_stray(void *arg, const struct sip_msg *response, const struct tp_flow *from)
{
	(void)from;
	rig_note(arg, "user stray %d", response->status);
}

static void on_trace(void *arg, void *user, const struct sip_trace *trace)
{
	struct rig *rig = arg;

	assert_true(trace->raw.len > 0);
	assert_non_null(trace->flow);
	if (trace->error) {
		rig->ignored++;
		return;
	}
	assert_true(view_eq(trace->call_id, VIEW_LIT("call-1@example")));
	assert_non_null(trace->method_name.p);
	if (trace->body.len)
		assert_memory_equal(trace->body.p, "v=0\r\n", 5);
	if (trace->status)
		assert_true(trace->reason.len > 0);
	rig->trace = *trace;
	rig->trace_user = user;
	rig->traced++;
}

/* --- the rig --- */

static void open_peer(struct rig *rig)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);

	rig->peer = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(rig->peer >= 0);
	assert_int_equal(bind(rig->peer, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(rig->peer, (struct sockaddr *)&addr, &len), 0);
	rig->from.listener = rig->listener;
	rig->from.remote.in = addr;
	tp_addr_format(&rig->from.remote, rig->remote);
}

static int setup(void **state, uint32_t timer_c)
{
	const struct sip_timers timers = {
		.t1 = 500, .t2 = 4000, .t4 = 5000, .d = 32000, .c = timer_c
	};
	const struct sip_handlers handlers = {
		.request = on_request, .ack = on_ack, .stray = on_stray, .trace = on_trace
	};
	struct rig *rig = calloc(1, sizeof(*rig));
	struct tp_addr local;

	assert_non_null(rig);
	assert_int_equal(loop_alloc(&rig->loop), 0);
	assert_int_equal(sip_stack_alloc(&rig->stack, rig->loop, &timers, &handlers, rig), 0);
	assert_int_equal(tp_alloc(&rig->tp, rig->loop, sip_stack_receive, rig->stack), 0);
	assert_int_equal(tp_addr_parse(&local, VIEW_LIT("127.0.0.1:0"), 0), 0);
	assert_int_equal(tp_listen(rig->tp, TP_UDP, &local, NULL, &rig->listener), 0);
	tp_addr_format(&rig->listener->local, rig->local);
	open_peer(rig);
	rig->start_ms = loop_now_ms(rig->loop);
	*state = rig;
	return 0;
}

int rig_setup(void **state)
{
	return setup(state, 0);
}

int rig_setup_timer_c(void **state)
{
	return setup(state, 180000);
}

int rig_teardown(void **state)
{
	struct rig *rig = *state;

	sip_stack_free(rig->stack);
	tp_free(rig->tp);
	loop_free(rig->loop);
	close(rig->peer);
	free(rig);
	return 0;
}

void rig_collect(struct rig *rig)
{
	char line[64];
	ssize_t len;

	tp_flush(rig->tp);
	while ((len = recv(rig->peer, rig->last, sizeof(rig->last) - 1, 0)) >= 0) {
		rig->last[len] = '\0';
		rig->received++;
		if (sscanf(rig->last, "SIP/2.0 %60s", line) != 1)
			assert_int_equal(sscanf(rig->last, "%60s", line), 1);
		rig_note(rig, "%s", line);
	}
}

void rig_advance(struct rig *rig, uint64_t ms)
{
	struct timer_wheel *wheel = loop_timers(rig->loop);
	uint64_t end = rig->start_ms + ms, now;
	int next;

	rig_collect(rig);
	while ((now = timer_wheel_now(wheel)) < end) {
		next = timer_wheel_next(wheel);
		assert_int_not_equal(next, 0);
		timer_wheel_advance(wheel, next < 0 || now + next > end ? end : now + next);
		rig_collect(rig);
	}
}

/* --- the peer --- */

void rig_receive(struct rig *rig, const char *text)
{
	char *expanded = calloc(1, 70000), *out = expanded, *exact;
	size_t len;

	assert_non_null(expanded);
	rig_collect(rig);
	for (; *text; text++) {
		const char *with = NULL;

		if (text[0] == '@' && text[1] == 'P')
			with = rig->remote;
		else if (text[0] == '@' && text[1] == 'L')
			with = rig->local;
		else if (text[0] == '@' && text[1] == 'B')
			with = rig_branch(rig);
		if (with) {
			out = stpcpy(out, with);
			text++;
		} else {
			*out++ = *text;
		}
	}
	len = out - expanded;
	/* Of exactly the size that the transport promises, for the sanitizer. */
	exact = malloc(len + 1);
	assert_non_null(exact);
	memcpy(exact, expanded, len);
	exact[len] = 'x';
	free(expanded);
	sip_stack_receive(rig->stack, &rig->from, exact, len);
	free(exact);
	rig_collect(rig);
}

void rig_request(struct rig *rig, const char *method, const char *branch, const char *extra)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "%s sip:bob@example.com SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP @P%s%s\r\n"
		 "From: <sip:alice@example.com>;tag=alice\r\n"
		 "%s"
		 "Call-ID: call-1@example\r\n"
		 "CSeq: 7 %s\r\n"
		 "Max-Forwards: 70\r\n"
		 "%s"
		 "Content-Length: 0\r\n\r\n",
		 method, branch ? ";branch=" : "", branch ? branch : "",
		 strstr(extra, "To:") ? "" : "To: <sip:bob@example.com>\r\n", method, extra);
	rig_receive(rig, text);
}

void rig_respond(struct rig *rig, int status, const char *method, const char *to_tag)
{
	char text[4096], via[256], from[256], to[256], cseq[64];

	rig_collect(rig);
	snprintf(via, sizeof(via), "%s", rig_header(rig, "Via"));
	snprintf(from, sizeof(from), "%s", rig_header(rig, "From"));
	snprintf(to, sizeof(to), "%s", rig_header(rig, "To"));
	snprintf(cseq, sizeof(cseq), "%s", rig_header(rig, "CSeq"));
	*strchr(cseq, ' ') = '\0';
	snprintf(text, sizeof(text),
		 "SIP/2.0 %d Whatever\r\nVia: %s;received=127.0.0.1\r\nFrom: %s\r\nTo: %s%s%s\r\n"
		 "Call-ID: call-1@example\r\nCSeq: %s %s\r\nContent-Length: 0\r\n\r\n",
		 status, via, from, to, to_tag ? ";tag=" : "", to_tag ? to_tag : "", cseq, method);
	rig_receive(rig, text);
}

void rig_answer(struct rig *rig, int status)
{
	struct sip_reply reply = { .status = status };

	if (status == 183 || (status >= 200 && status < 300)) {
		reply.content_type = VIEW_LIT("application/sdp");
		reply.body = VIEW_LIT("v=0\r\n");
	}
	assert_int_equal(sip_strans_respond(rig->st, &reply), 0);
}

void rig_send(struct rig *rig, enum sip_method method)
{
	char headers[512];
	struct sip_request request = {
		.method = method,
		.ruri = VIEW_LIT("sip:bob@192.0.2.9"),
		.to = rig->from,
	};

	snprintf(headers, sizeof(headers),
		 "Route: <sip:p1.example;lr>\r\nMax-Forwards: 69\r\n"
		 "From: <sip:alice@example.com>;tag=local\r\nTo: <sip:bob@example.com>\r\n"
		 "Route: <sip:p2.example;lr>\r\n"
		 "Call-ID: call-1@example\r\nCSeq: 41 %s\r\nContact: <sip:me@192.0.2.1>\r\n",
		 sip_method_name(method));
	request.headers = view_str(headers);
	if (method == SIP_INVITE) {
		request.content_type = VIEW_LIT("application/sdp");
		request.body = VIEW_LIT("v=0\r\n");
	}
	rig->ct = sip_ctrans_send(rig->stack, &request, &rig_ctrans_ops, rig);
	assert_non_null(rig->ct);
	rig_collect(rig);
}

const char *rig_header(struct rig *rig, const char *name)
{
	static char value[2048];
	char start[64];
	const char *line;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	line = strstr(rig->last, start);
	if (!line)
		return "";
	snprintf(value, sizeof(value), "%s", line + strlen(start));
	value[strcspn(value, "\r")] = '\0';
	return value;
}

const char *rig_branch(struct rig *rig)
{
	static char branch[256];
	const char *found = strstr(rig_header(rig, "Via"), ";branch=");

	snprintf(branch, sizeof(branch), "%s", found ? found + strlen(";branch=") : "");
	branch[strcspn(branch, ";")] = '\0';
	return branch;
}

const char *rig_to_tag(struct rig *rig)
{
	static char tag[256];
	const char *found = strstr(rig_header(rig, "To"), ";tag=");

	snprintf(tag, sizeof(tag), "%s", found ? found + strlen(";tag=") : "");
	return tag;
}
