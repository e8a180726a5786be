/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What survives a restart: users, their settings, registrations, and Service-Routes of phones that
 * are registered elsewhere, in a SQLite file. It is read once, before sipd works; from then on one
 * thread of its own writes, and whoever has something to write hands it a job and is told by mail
 * when it is on disk. Jobs that come while it writes are committed together, so that many share one
 * fsync.
 *
 * Texts end with NUL. Times are Unix seconds.
 */
#ifndef SIPD_STORE_STORE_H
#define SIPD_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mailbox.h"

struct store;
struct store_job;

#define STORE_MD5_SIZE 16
#define STORE_SHA256_SIZE 32

/* A user's passwords are not kept, only H(user:domain:password). */
struct store_user {
	const char *user;
	const char *domain;
	uint8_t md5[STORE_MD5_SIZE];
	uint8_t sha256[STORE_SHA256_SIZE];
	bool enabled;
};

/* A setting of a user's: what is to be done with calls to him. */
struct store_setting {
	const char *user;
	const char *domain;
	const char *key; /* which one; each is there once */
	const char *value; /* "" none */
	uint32_t number;
};

struct store_binding {
	const char *user;
	const char *domain;
	const char *key; /* what tells it from the other ones of the user */
	const char *contact; /* URI */
	uint32_t q; /* thousandths */
	int64_t expires;
	const char *call_id;
	uint32_t cseq;
	const char *path; /* comma-separated; "" none */
	const char *proto; /* "UDP" */
	const char *local; /* our address, as tp_addr_format() writes it */
	const char *remote; /* where it came from */
	const char *instance; /* +sip.instance; "" none */
	uint32_t reg_id; /* 0: none */
	const char *user_agent; /* "" none */
};

/* What a phone may have as its Route, as long as it is registered elsewhere; all are hashes. */
struct store_service_route {
	uint64_t registration; /* which tells it from others */
	uint64_t route;
	uint64_t place;
	int64_t expires;
};

/*
 * Opens @path, which is made if it is missing, with its directory if that alone is missing too, and
 * brings an older schema up to date. The reason of a failure is logged; -EBADMSG: the file is not
 * ours, or of a newer sipd.
 */
int store_open(struct store **store, const char *path);
/* Where it is. */
const char *store_path(const struct store *store);
/* Writes what is queued, posts the receipts, and closes. NULL is fine. */
void store_close(struct store *store);

struct store_reader {
	/*
	 * The structs are borrowed. What is not 0 ends the reading and is returned. NULL: they are
	 * not read.
	 */
	int (*user)(void *arg, const struct store_user *user);
	int (*setting)(void *arg, const struct store_setting *setting);
	int (*binding)(void *arg, const struct store_binding *binding);
	int (*service_route)(void *arg, const struct store_service_route *route);
};

/*
 * Reads all users, then their settings, and of bindings and Service-Routes those that expire after
 * @now. Before store_start(). 0 or -errno.
 */
int store_read(struct store *store, int64_t now, const struct store_reader *reader, void *arg);
/*
 * The secret @name, of @size octets, at most 256: the same each time, drawn when it is first asked
 * for. Before store_start(). 0 or -EIO, logged.
 */
int store_secret(struct store *store, const char *name, void *value, size_t size);
/* Starts the thread. 0 or negative errno, logged. */
int store_start(struct store *store);

/* --- jobs: what is written together or not at all --- */

struct store_job *store_job_alloc(void);
void store_job_free(struct store_job *job);
/* 0 or -ENOMEM. Texts are copied. */
int store_put_user(struct store_job *job, const struct store_user *user);
/* Of a user who is there, only what his passwords hash to, or only whether he is enabled. */
int store_set_password(struct store_job *job, const struct store_user *user);
int store_set_enabled(struct store_job *job, const struct store_user *user);
/* His settings and bindings go with him. */
int store_del_user(struct store_job *job, const char *user, const char *domain);
/* Nothing is kept of a user who is not there. */
int store_put_setting(struct store_job *job, const struct store_setting *setting);
int store_del_setting(struct store_job *job, const char *user, const char *domain, const char *key);
int store_put_binding(struct store_job *job, const struct store_binding *binding);
int store_del_binding(struct store_job *job, const char *user, const char *domain, const char *key);
int store_put_service_route(struct store_job *job, const struct store_service_route *route);
int store_del_service_route(struct store_job *job, uint64_t registration);

/* Told of a job's end; the submitter's, until @cb is called in the loop of @box. */
struct store_receipt {
	struct mail mail; /* first */
	struct mailbox *box;
	mail_cb cb;
	int result; /* 0: it is on disk; -EIO */
};

/* Jobs that may wait; more are refused. */
#define STORE_MAX_JOBS 100000

/*
 * From any thread; jobs are written in the order in which they come. The job is the store's from
 * here on. @receipt may be NULL. With @insist, a job that cannot be written, for the disk is full,
 * say, is tried again until it can, though its receipt goes back at once. -ENOBUFS: too many wait,
 * the job is still the caller's.
 */
int store_submit(struct store *store, struct store_job *job, struct store_receipt *receipt,
		 bool insist);

struct store_state {
	unsigned int waiting; /* jobs */
	uint64_t written;
	uint64_t commits;
	uint64_t refused; /* too many waited: what the file has is old there */
	bool failing; /* the last attempt to write */
	char error[128]; /* why; "" none */
};

/* From any thread. */
void store_state(struct store *store, struct store_state *state);

#endif
