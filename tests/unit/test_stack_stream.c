// SPDX-License-Identifier: GPL-2.0-or-later
/* Transactions over TCP: nothing is repeated, and what becomes of them when connections fail. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "sip/transaction.h"

#define PATIENCE_MS 10000

/* The stack, a user that counts, and a peer that the test plays by UDP and TCP at one port. */
struct rig {
	struct loop *loop;
	struct sip_stack *stack;
	struct transport *tp;
	struct tp_listener *udp, *tcp;
	struct tp_addr peer;
	int peer_udp, peer_tcp; /* the latter listens, or is -1 */
	int conn; /* accepted by the peer, or -1 */
	char text[70000]; /* that the peer has received last */
	size_t len;
	unsigned int responses, timeouts, failures, ended, requests;
	int error;
	struct sip_strans *st;
};

static void on_response(void *user, struct sip_ctrans *ct, const struct sip_msg *response)
{
	struct rig *rig = user;

	(void)ct;
	(void)response;
	rig->responses++;
}

static void on_timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	((struct rig *)user)->timeouts++;
}

static void on_failed(void *user, struct sip_ctrans *ct, int err)
{
	struct rig *rig = user;

	(void)ct;
	rig->failures++;
	rig->error = err;
}

static void on_ended(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	((struct rig *)user)->ended++;
}

static const struct sip_ctrans_ops ops = {
	.response = on_response,
	.timeout = on_timeout,
	.failed = on_failed,
	.ended = on_ended,
};

static const struct sip_ctrans_ops ops_without_failed = {
	.timeout = on_timeout,
	.ended = on_ended,
};

static void on_request(void *arg, struct sip_strans *st, const struct sip_msg *req,
		       const struct tp_flow *from)
{
	struct rig *rig = arg;

	(void)req;
	(void)from;
	rig->requests++;
	rig->st = st;
}

static void on_stray(void *arg, const struct sip_msg *msg, const struct tp_flow *from)
{
	(void)arg;
	(void)msg;
	(void)from;
}

static struct tp_addr loopback(void)
{
	struct tp_addr addr;

	assert_int_equal(tp_addr_parse(&addr, VIEW_LIT("127.0.0.1"), 0), 0);
	return addr;
}

static int setup(void **state)
{
	static const struct sip_timers timers = { .t1 = 5, .t2 = 20, .t4 = 20000, .d = 20000 };
	static const struct sip_handlers handlers = {
		.request = on_request,
		.ack = on_stray,
		.stray = on_stray,
	};
	struct rig *rig = calloc(1, sizeof(*rig));
	struct tp_addr local = loopback();
	socklen_t len = sizeof(rig->peer);

	assert_int_equal(loop_alloc(&rig->loop), 0);
	assert_int_equal(sip_stack_alloc(&rig->stack, rig->loop, &timers, &handlers, rig), 0);
	assert_int_equal(tp_alloc(&rig->tp, rig->loop, sip_stack_receive, rig->stack), 0);
	sip_stack_handle_streams(rig->tp);
	assert_int_equal(tp_listen(rig->tp, TP_UDP, &local, rig, &rig->udp), 0);
	assert_int_equal(tp_listen(rig->tp, TP_TCP, &local, rig, &rig->tcp), 0);
	rig->udp->stream = rig->tcp;
	rig->peer = loopback();
	rig->peer_udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(rig->peer_udp, &rig->peer.sa, sizeof(rig->peer.in)), 0);
	assert_int_equal(getsockname(rig->peer_udp, &rig->peer.sa, &len), 0);
	rig->peer_tcp = rig->conn = -1;
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	sip_stack_free(rig->stack);
	tp_free(rig->tp);
	loop_free(rig->loop);
	close(rig->peer_udp);
	if (rig->peer_tcp >= 0)
		close(rig->peer_tcp);
	if (rig->conn >= 0)
		close(rig->conn);
	free(rig);
	return 0;
}

static void peer_listen(struct rig *rig)
{
	rig->peer_tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(rig->peer_tcp, &rig->peer.sa, sizeof(rig->peer.in)), 0);
	assert_int_equal(listen(rig->peer_tcp, 5), 0);
}

static struct loop *running;

static void stop(struct timer *timer)
{
	(void)timer;
	loop_stop(running);
}

static void turn(struct rig *rig)
{
	struct timer timer = { 0 };

	running = rig->loop;
	loop_timer_set(rig->loop, &timer, 1, stop);
	assert_int_equal(loop_run(rig->loop), 0);
}

#define until(condition)                                              \
	do {                                                          \
		uint64_t end_ = loop_now_ms(rig->loop) + PATIENCE_MS; \
		while (!(condition)) {                                \
			turn(rig);                                    \
			if (loop_now_ms(rig->loop) > end_)            \
				fail_msg("never: %s", #condition);    \
		}                                                     \
	} while (0)

static bool got(struct rig *rig, int fd)
{
	ssize_t n = recv(fd, rig->text, sizeof(rig->text) - 1, 0);

	if (n <= 0)
		return false;
	rig->text[n] = '\0';
	rig->len = (size_t)n;
	return true;
}

static bool accepted(struct rig *rig)
{
	rig->conn = accept4(rig->peer_tcp, NULL, NULL, SOCK_NONBLOCK);
	return rig->conn >= 0;
}

static void peer_reset(struct rig *rig)
{
	const struct linger at_once = { .l_onoff = 1 };

	setsockopt(rig->conn, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(rig->conn);
	rig->conn = -1;
}

static void peer_answer(struct rig *rig, int status)
{
	const char *via = strstr(rig->text, "Via:"), *cseq = strstr(rig->text, "CSeq:");
	char text[2000];
	int len =
		snprintf(text, sizeof(text),
			 "SIP/2.0 %d X\r\n%.*s\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@c>;tag=2\r\n"
			 "Call-ID: 1\r\n%.*s\r\nContent-Length: 0\r\n\r\n",
			 status, (int)strcspn(via, "\r"), via, (int)strcspn(cseq, "\r"), cseq);

	assert_int_equal(send(rig->conn, text, (size_t)len, MSG_NOSIGNAL), len);
}

static void branch_of(const char *text, char branch[64])
{
	const char *p = strstr(text, "branch=");

	assert_non_null(p);
	snprintf(branch, 64, "%.*s", (int)strcspn(p, ";\r"), p);
}

static void send_request(struct rig *rig, enum sip_method method, struct tp_listener *by, bool any,
			 size_t body, const struct sip_ctrans_ops *user_ops)
{
	static char octets[60000];
	char headers[300];
	struct sip_request request = {
		.method = method,
		.ruri = VIEW_LIT("sip:b@c"),
		.content_type = VIEW_LIT("text/plain"),
		.body = { octets, body },
		.to = { .listener = by, .remote = rig->peer, .any_proto = any },
	};

	memset(octets, 'x', sizeof(octets));
	snprintf(headers, sizeof(headers),
		 "From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: 1\r\nCSeq: 1 %s\r\n"
		 "Max-Forwards: 70\r\n",
		 sip_method_name(method));
	request.headers = view_str(headers);
	assert_non_null(sip_ctrans_send(rig->stack, &request, user_ops, rig));
}

/* Shows: 3261/17.1.1.2c 3261/17.1.1.2b */
static void nothing_is_repeated(void **state)
{
	struct rig *rig = *state;

	peer_listen(rig);
	send_request(rig, SIP_INVITE, rig->tcp, false, 0, &ops);
	send_request(rig, SIP_OPTIONS, rig->tcp, false, 0, &ops);
	until(accepted(rig));
	until(got(rig, rig->conn));
	assert_non_null(strstr(rig->text, "INVITE sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:"));
	assert_non_null(
		strstr(rig->text, "OPTIONS sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:"));
	until(rig->timeouts == 2);
	assert_false(got(rig, rig->conn));
	assert_int_equal(rig->ended, 2);
	assert_int_equal(rig->failures, 0);
}

static void a_transaction_ends_with_its_answer(void **state)
{
	struct rig *rig = *state;

	peer_listen(rig);
	send_request(rig, SIP_OPTIONS, rig->tcp, false, 0, &ops);
	until(accepted(rig));
	until(got(rig, rig->conn));
	peer_answer(rig, 200);
	until(rig->ended == 1);
	send_request(rig, SIP_INVITE, rig->tcp, false, 0, &ops);
	until(got(rig, rig->conn));
	peer_answer(rig, 486);
	until(rig->ended == 2);
	until(got(rig, rig->conn));
	assert_memory_equal(rig->text, "ACK ", 4);
	assert_int_equal(rig->responses, 2);
}

/* Shows: 3261/8.1.3.1a 3261/17.1.4a 3261/18.4a */
static void who_takes_no_connection_is_told_at_once(void **state)
{
	struct rig *rig = *state;

	send_request(rig, SIP_INVITE, rig->tcp, false, 0, &ops);
	assert_int_equal(rig->failures, 0);
	until(rig->failures == 1);
	assert_int_equal(rig->error, -ECONNREFUSED);
	assert_int_equal(rig->ended, 1);
	assert_int_equal(rig->timeouts, 0);
	send_request(rig, SIP_OPTIONS, rig->tcp, false, 0, &ops_without_failed);
	until(rig->ended == 2);
	assert_int_equal(rig->timeouts, 1);
}

/* So does what the transport says at once, but never within sip_ctrans_send(). */
static void what_cannot_be_sent_is_told(void **state)
{
	struct rig *rig = *state;

	tp_set_limits(rig->tp, &(struct tp_limits){ .max = 0 });
	send_request(rig, SIP_INVITE, rig->tcp, false, 0, &ops);
	assert_int_equal(rig->failures, 0);
	until(rig->failures == 1);
	assert_int_equal(rig->error, -EUSERS);
	assert_int_equal(rig->ended, 1);
}

static void a_request_that_a_connection_took_along_is_sent_again_once(void **state)
{
	struct rig *rig = *state;
	char first[64], second[64];

	peer_listen(rig);
	send_request(rig, SIP_INVITE, rig->tcp, false, 0, &ops);
	until(accepted(rig));
	until(got(rig, rig->conn));
	branch_of(rig->text, first);
	peer_reset(rig);
	until(accepted(rig));
	until(got(rig, rig->conn));
	branch_of(rig->text, second);
	assert_string_equal(first, second);
	assert_int_equal(rig->failures, 0);
	peer_reset(rig);
	until(rig->failures == 1);
	assert_int_equal(rig->ended, 1);
	assert_false(accepted(rig));
}

/*
 * It was received, so that a response may yet come by another connection (s.18.2.2).
 * Shows: 3261/18.1.1e
 */
static void an_answered_request_is_left_alone(void **state)
{
	struct rig *rig = *state;

	peer_listen(rig);
	send_request(rig, SIP_INVITE, rig->tcp, false, 0, &ops);
	until(accepted(rig));
	until(got(rig, rig->conn));
	peer_answer(rig, 180);
	until(rig->responses == 1);
	peer_reset(rig);
	rig->conn = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(rig->conn, &rig->tcp->local.sa, sizeof(struct sockaddr_in)), 0);
	fcntl(rig->conn, F_SETFL, O_NONBLOCK);
	peer_answer(rig, 200);
	until(rig->responses == 2);
	assert_int_equal(rig->failures, 0);
}

/* Shows: 3261/18.1.1a 3261/18.1.1b 3261/18.1.1e */
static void what_is_large_goes_by_tcp(void **state)
{
	struct rig *rig = *state;

	peer_listen(rig);
	send_request(rig, SIP_OPTIONS, rig->udp, true, 1000, &ops);
	until(got(rig, rig->peer_udp));
	assert_non_null(strstr(rig->text, "Via: SIP/2.0/UDP "));
	send_request(rig, SIP_OPTIONS, rig->udp, true, 1300, &ops);
	until(accepted(rig));
	until(got(rig, rig->conn));
	assert_non_null(strstr(rig->text, "Via: SIP/2.0/TCP "));
	peer_answer(rig, 200);
	until(rig->responses == 1);
	/* Somebody has said that it is UDP. */
	while (got(rig, rig->peer_udp))
		;
	send_request(rig, SIP_OPTIONS, rig->udp, false, 1300, &ops);
	until(got(rig, rig->peer_udp) && rig->len > 1300);
}

/* Shows: 3261/18.1.1d 3261/16.6j */
static void what_is_large_goes_by_udp_if_there_is_no_tcp(void **state)
{
	struct rig *rig = *state;
	char branch[64];

	send_request(rig, SIP_INVITE, rig->udp, true, 1400, &ops);
	until(got(rig, rig->peer_udp));
	assert_non_null(strstr(rig->text, "\r\nVia: SIP/2.0/UDP 127.0.0.1:"));
	assert_null(strstr(rig->text, "TCP"));
	assert_non_null(strstr(rig->text, "\r\nContent-Length: 1400\r\n\r\nxxx"));
	branch_of(rig->text, branch);
	/* It is UDP from now on: lost ones are repeated. */
	until(got(rig, rig->peer_udp));
	assert_non_null(strstr(rig->text, branch));
	assert_int_equal(rig->failures, 0);
	assert_int_equal(tp_stats(rig->tp)->opened, 1);
	/* The next one does not ask again. */
	send_request(rig, SIP_OPTIONS, rig->udp, true, 1400, &ops);
	until(got(rig, rig->peer_udp) && !strncmp(rig->text, "OPTIONS", 7));
	assert_int_equal(tp_stats(rig->tp)->opened, 1);
}

#define REQUEST(method, branch, extra)                                                  \
	method " sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK" branch \
	       "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@c>" extra                       \
	       "\r\nCall-ID: 1\r\nCSeq: 1 " method "\r\nContent-Length: 0\r\n\r\n"

static void peer_connect(struct rig *rig, const char *text)
{
	rig->conn = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(rig->conn, &rig->tcp->local.sa, sizeof(struct sockaddr_in)), 0);
	fcntl(rig->conn, F_SETFL, O_NONBLOCK);
	assert_int_equal(send(rig->conn, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static unsigned long servers(struct rig *rig)
{
	return sip_stack_stats(rig->stack)->server_transactions;
}

/* Shows: 3261/18.2.2a 3261/18a */
static void a_server_ends_with_its_answer(void **state)
{
	struct rig *rig = *state;

	peer_connect(rig, REQUEST("OPTIONS", "1", ""));
	until(rig->requests == 1);
	assert_int_equal(sip_strans_respond(rig->st, &(struct sip_reply){ .status = 200 }), 0);
	until(got(rig, rig->conn));
	assert_memory_equal(rig->text, "SIP/2.0 200", 11);
	until(!servers(rig));
}

/* A non-2xx is not repeated, and waits for its ACK; that ends all. */
static void a_refusal_is_sent_once(void **state)
{
	struct rig *rig = *state;
	static const char ack[] = REQUEST("ACK", "2", ";tag=2");

	peer_connect(rig, REQUEST("INVITE", "2", ""));
	until(rig->requests == 1);
	assert_int_equal(sip_strans_respond(rig->st, &(struct sip_reply){ .status = 486 }), 0);
	for (uint64_t end = loop_now_ms(rig->loop) + 60; loop_now_ms(rig->loop) < end;)
		turn(rig);
	assert_true(got(rig, rig->conn));
	assert_null(strstr(strstr(rig->text, "486") + 3, "486"));
	assert_int_equal(sip_stack_stats(rig->stack)->tx_retransmissions, 0);
	assert_int_equal(servers(rig), 1);
	send(rig->conn, ack, sizeof(ack) - 1, MSG_NOSIGNAL);
	until(!servers(rig));
}

/* Shows: 3261/18.3b 3261/21.4.1a */
static void a_message_without_length_is_refused(void **state)
{
	struct rig *rig = *state;
	static const char text[] =
		"OPTIONS sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK3\r\n"
		"From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n";

	peer_connect(rig, text);
	until(got(rig, rig->conn));
	assert_memory_equal(rig->text, "SIP/2.0 400 Missing or bad Content-Length\r\n", 43);
	assert_non_null(strstr(rig->text, "\r\nWarning: 399 sipd \""));
	until(recv(rig->conn, rig->text, 1, 0) == 0);
	assert_int_equal(rig->requests, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_repeated),
		TEST(a_transaction_ends_with_its_answer),
		TEST(who_takes_no_connection_is_told_at_once),
		TEST(what_cannot_be_sent_is_told),
		TEST(a_request_that_a_connection_took_along_is_sent_again_once),
		TEST(an_answered_request_is_left_alone),
		TEST(what_is_large_goes_by_tcp),
		TEST(what_is_large_goes_by_udp_if_there_is_no_tcp),
		TEST(a_server_ends_with_its_answer),
		TEST(a_refusal_is_sent_once),
		TEST(a_message_without_length_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
