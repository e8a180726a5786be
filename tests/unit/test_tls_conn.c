// SPDX-License-Identifier: GPL-2.0-or-later
/* TLS connections over the loopback, with a server that the test plays. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "transport/names.h"
#include "transport/tls.h"
#include "transport/transport.h"

#define PATIENCE_MS 10000
#define M "OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\nl: 0\r\n\r\n"

struct rig {
	struct loop *loop;
	struct transport *tp;
	struct tp_listener *listener;
	struct tp_tls *tls;
	int pem; /* a file in memory with a certificate and its key */
	SSL_CTX *ctx; /* the server's */
	int server;
	struct tp_addr remote; /* where it listens */
	unsigned int failed;
	int error;
	bool opened;
};

static void on_message(void *arg, const struct tp_flow *from, char *buf, size_t len)
{
	(void)arg;
	(void)from;
	(void)buf;
	(void)len;
	fail_msg("the server says nothing");
}

static void on_failed(void *arg, uint64_t conn, int err, bool opened)
{
	struct rig *rig = arg;

	(void)conn;
	rig->failed++;
	rig->error = err;
	rig->opened = opened;
}

static int write_pem(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	int fd = memfd_create("pem", 0);
	FILE *file = fdopen(dup(fd), "w");

	assert_non_null(key);
	assert_non_null(cert);
	assert_non_null(file);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	assert_int_equal(X509_set_pubkey(cert, key), 1);
	assert_int_not_equal(X509_sign(cert, key, EVP_sha256()), 0);
	assert_int_equal(PEM_write_X509(file, cert), 1);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	X509_free(cert);
	EVP_PKEY_free(key);
	return fd;
}

static void make_server(struct rig *rig, const char *pem)
{
	socklen_t len = sizeof(rig->remote);

	rig->ctx = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate_file(rig->ctx, pem, SSL_FILETYPE_PEM), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(rig->ctx, pem, SSL_FILETYPE_PEM), 1);
	rig->server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(tp_addr_parse(&rig->remote, VIEW_LIT("127.0.0.1"), 0), 0);
	assert_int_equal(bind(rig->server, &rig->remote.sa, sizeof(rig->remote.in)), 0);
	assert_int_equal(listen(rig->server, 8), 0);
	assert_int_equal(getsockname(rig->server, &rig->remote.sa, &len), 0);
}

static int setup(void **state)
{
	static const struct tp_stream_handlers handlers = { .failed = on_failed };
	struct rig *rig = calloc(1, sizeof(*rig));
	struct tp_tls_config config = { .npairs = 1 };
	struct tp_tls_error error;
	struct tp_addr any;
	char pem[32];

	signal(SIGPIPE, SIG_IGN);
	rig->pem = write_pem();
	snprintf(pem, sizeof(pem), "/proc/self/fd/%d", rig->pem);
	make_server(rig, pem);
	config.pairs[0] = (struct tp_tls_pair){ .certificate = pem, .key = pem };
	rig->tls = tp_tls_alloc(&config);
	assert_non_null(rig->tls);
	assert_int_equal(tp_tls_load(rig->tls, &error), 0);
	assert_int_equal(loop_alloc(&rig->loop), 0);
	assert_int_equal(tp_alloc(&rig->tp, rig->loop, on_message, rig), 0);
	tp_handle_streams(rig->tp, &handlers);
	assert_int_equal(tp_addr_parse(&any, VIEW_LIT("127.0.0.1"), 0), 0);
	assert_int_equal(tp_listen(rig->tp, TP_TLS, &any, rig, &rig->listener), 0);
	tp_listener_tls(rig->listener, rig->tls);
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	tp_free(rig->tp);
	loop_free(rig->loop);
	tp_tls_free(rig->tls);
	SSL_CTX_free(rig->ctx);
	close(rig->server);
	close(rig->pem);
	free(rig);
	return 0;
}

static struct loop *pumped;

static void stop_pump(struct timer *timer)
{
	(void)timer;
	loop_stop(pumped);
}

static void turn(struct rig *rig, uint64_t end_ms)
{
	struct timer timer = { 0 };

	pumped = rig->loop;
	loop_timer_set(rig->loop, &timer, 1, stop_pump);
	assert_int_equal(loop_run(rig->loop), 0);
	assert_true(loop_now_ms(rig->loop) < end_ms);
}

static uint64_t patience(const struct rig *rig)
{
	return loop_now_ms(rig->loop) + PATIENCE_MS;
}

/* The server's side of the connection that comes, with a handshake to do. */
static SSL *server_accept(struct rig *rig)
{
	uint64_t end_ms = patience(rig);
	SSL *ssl = SSL_new(rig->ctx);
	int fd;

	while ((fd = accept4(rig->server, NULL, NULL, SOCK_NONBLOCK)) < 0)
		turn(rig, end_ms);
	assert_int_equal(SSL_set_fd(ssl, fd), 1);
	return ssl;
}

static void reset(SSL *ssl)
{
	const struct linger at_once = { .l_onoff = 1 };
	int fd = SSL_get_fd(ssl);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	SSL_free(ssl);
	close(fd);
}

/*
 * In TLS 1.2 the server's word ends the handshake, and the reset is right behind it before the
 * client's loop has a turn: what has waited for the handshake cannot be written.
 */
static void reset_behind_the_handshake(void **state)
{
	struct rig *rig = *state;
	struct tp_flow to = { .listener = rig->listener, .remote = rig->remote };
	uint64_t end_ms = patience(rig);
	SSL *ssl;

	SSL_CTX_set_max_proto_version(rig->ctx, TLS1_2_VERSION);
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	ssl = server_accept(rig);
	while (SSL_accept(ssl) != 1)
		turn(rig, end_ms);
	reset(ssl);
	while (!rig->failed)
		turn(rig, end_ms);
	assert_true(rig->error == -ECONNRESET || rig->error == -EPIPE);
	assert_true(rig->opened);
	assert_int_equal(tp_stats(rig->tp)->connections, 0);
	turn(rig, end_ms);
	assert_int_equal(rig->failed, 1);
}

/* Nobody is connected to of whom it is not known who he must prove to be. */
static void a_forgotten_name_opens_nothing(void **state)
{
	struct rig *rig = *state;
	struct tp_flow to = {
		.listener = rig->listener,
		.remote = rig->remote,
		.name = tp_name_id(rig->tp, "example.com"),
	};
	char name[32];

	for (unsigned int i = 0; i < TP_MAX_NAMES; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		tp_name_id(rig->tp, name);
	}
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), -ENOTCONN);
	assert_int_equal(tp_stats(rig->tp)->connections, 0);
	to.name = tp_name_id(rig->tp, "example.com");
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	assert_int_equal(tp_stats(rig->tp)->connections, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reset_behind_the_handshake, setup, teardown),
		cmocka_unit_test_setup_teardown(a_forgotten_name_opens_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
