/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store from inside: one connection, which only the writing thread uses once that runs. */
#ifndef SIPD_STORE_PRIVATE_H
#define SIPD_STORE_PRIVATE_H

#include <pthread.h>
#include <sqlite3.h>

#include "store/store.h"

enum store_op_kind {
	STORE_PUT_USER,
	STORE_SET_PASSWORD,
	STORE_SET_ENABLED,
	STORE_DEL_USER,
	STORE_DEL_USER_BINDINGS,
	STORE_DEL_USER_SETTINGS,
	STORE_PUT_SETTING,
	STORE_DEL_SETTING,
	STORE_PUT_BINDING,
	STORE_DEL_BINDING,
	STORE_PUT_SERVICE_ROUTE,
	STORE_DEL_SERVICE_ROUTE,
	STORE_PURGE_BINDINGS,
	STORE_PURGE_SERVICE_ROUTES,
	STORE_OP_KINDS
};

/* Which of its fields say something depends on the kind; texts lie behind it. */
struct store_op {
	struct store_op *next;
	enum store_op_kind kind;
	struct store_user user;
	struct store_setting setting;
	struct store_binding binding;
	struct store_service_route service_route;
	char text[];
};

struct store_job {
	struct store_job *next;
	struct store_op *first, **tail;
	struct store_receipt *receipt; /* NULL: nobody waits, or he has been told */
	bool insist;
};

struct store {
	char *path;
	sqlite3 *db;
	sqlite3_stmt *statements[STORE_OP_KINDS];
	pthread_t thread;
	bool started;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;
	struct store_job *first, **tail;
	bool closing;
	struct store_state state;
};

/* --- schema.c: 0 or negative errno, logged --- */

int store_schema(struct store *store);

/* --- sql.c: SQLite's codes --- */

int store_prepare(struct store *store);
void store_unprepare(struct store *store);
int store_carry_out(struct store *store, const struct store_op *op);

#endif
