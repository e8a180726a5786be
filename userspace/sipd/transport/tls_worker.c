// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/tls_worker.h"

#include <errno.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More would be done with after their time. */
#define MAX_WAITING 4096

struct tls_worker {
	pthread_t thread;
	struct mailbox *box;

	pthread_mutex_t lock; /* protects what follows */
	pthread_cond_t some;
	struct tls_handshake *first, **tail;
	unsigned int count;
	bool stop;
};

static void tell_why(struct tls_handshake *handshake, int error)
{
	unsigned long code = ERR_peek_error();
	long verified = SSL_get_verify_result(handshake->ssl);
	const char *why = NULL;

	if (verified != X509_V_OK)
		why = X509_verify_cert_error_string(verified);
	else if (code)
		why = ERR_reason_error_string(code);
	else if (handshake->result == SSL_ERROR_SYSCALL && error)
		why = strerror(error);
	snprintf(handshake->why, sizeof(handshake->why), "%s", why ? why : "the peer has ended it");
}

static void step(struct tls_handshake *handshake)
{
	int ret, error;

	ERR_clear_error();
	errno = 0;
	ret = SSL_do_handshake(handshake->ssl);
	error = errno;
	handshake->result = SSL_get_error(handshake->ssl, ret);
	if (handshake->result != SSL_ERROR_NONE && handshake->result != SSL_ERROR_WANT_READ &&
	    handshake->result != SSL_ERROR_WANT_WRITE)
		tell_why(handshake, error);
}

static void back(struct mail *mail, bool alive)
{
	struct tls_handshake *handshake = (struct tls_handshake *)mail;

	handshake->busy = false;
	if (alive)
		handshake->done(handshake);
}

static struct tls_handshake *take(struct tls_worker *worker)
{
	struct tls_handshake *handshake = NULL;

	pthread_mutex_lock(&worker->lock);
	while (!worker->first && !worker->stop)
		pthread_cond_wait(&worker->some, &worker->lock);
	if (!worker->stop) {
		handshake = worker->first;
		worker->first = handshake->next;
		if (!worker->first)
			worker->tail = &worker->first;
		worker->count--;
	}
	pthread_mutex_unlock(&worker->lock);
	return handshake;
}

static void *work(void *arg)
{
	struct tls_worker *worker = arg;
	struct tls_handshake *handshake;

	while ((handshake = take(worker))) {
		step(handshake);
		mailbox_post(worker->box, &handshake->mail, 0, back);
	}
	return NULL;
}

int tls_worker_alloc(struct tls_worker **out, struct loop *loop)
{
	struct tls_worker *worker = calloc(1, sizeof(*worker));
	int err;

	if (!worker)
		return -ENOMEM;
	err = mailbox_alloc(&worker->box, loop, 0);
	if (err) {
		free(worker);
		return err;
	}
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->some, NULL);
	worker->tail = &worker->first;
	err = -pthread_create(&worker->thread, NULL, work, worker);
	if (err) {
		mailbox_free(worker->box);
		free(worker);
		return err;
	}
	pthread_setname_np(worker->thread, "sipd/tls");
	*out = worker;
	return 0;
}

void tls_worker_free(struct tls_worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->some);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	for (struct tls_handshake *h = worker->first; h; h = h->next)
		h->busy = false;
	mailbox_free(worker->box);
	pthread_cond_destroy(&worker->some);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

bool tls_worker_add(struct tls_worker *worker, struct tls_handshake *handshake)
{
	bool taken;

	pthread_mutex_lock(&worker->lock);
	taken = worker->count < MAX_WAITING;
	if (taken) {
		handshake->busy = true;
		handshake->next = NULL;
		*worker->tail = handshake;
		worker->tail = &handshake->next;
		worker->count++;
		pthread_cond_signal(&worker->some);
	}
	pthread_mutex_unlock(&worker->lock);
	return taken;
}
