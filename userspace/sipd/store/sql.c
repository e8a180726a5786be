// SPDX-License-Identifier: GPL-2.0-or-later
/* Jobs as SQL. */
#include <time.h>

#include "store/private.h"

static const char *const texts[STORE_OP_KINDS] = {
	[STORE_PUT_USER] = "INSERT OR REPLACE INTO users(domain, user, md5, sha256, enabled)"
			   " VALUES(?1, ?2, ?3, ?4, ?5)",
	[STORE_SET_PASSWORD] = "UPDATE users SET md5 = ?3, sha256 = ?4"
			       " WHERE domain = ?1 AND user = ?2",
	[STORE_SET_ENABLED] = "UPDATE users SET enabled = ?3 WHERE domain = ?1 AND user = ?2",
	[STORE_DEL_USER] = "DELETE FROM users WHERE domain = ?1 AND user = ?2",
	[STORE_DEL_USER_BINDINGS] = "DELETE FROM bindings WHERE domain = ?1 AND user = ?2",
	[STORE_DEL_USER_SETTINGS] = "DELETE FROM settings WHERE domain = ?1 AND user = ?2",
	[STORE_PUT_SETTING] = "INSERT OR REPLACE INTO settings(domain, user, key, value, number)"
			      " SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS"
			      " (SELECT 1 FROM users WHERE domain = ?1 AND user = ?2)",
	[STORE_DEL_SETTING] = "DELETE FROM settings WHERE domain = ?1 AND user = ?2 AND key = ?3",
	[STORE_PUT_BINDING] =
		"INSERT OR REPLACE INTO bindings(domain, user, key, contact, q, expires,"
		" call_id, cseq, path, proto, local, remote, instance, reg_id, user_agent)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
	[STORE_DEL_BINDING] = "DELETE FROM bindings WHERE domain = ?1 AND user = ?2 AND key = ?3",
	[STORE_PUT_SERVICE_ROUTE] =
		"INSERT OR REPLACE INTO service_routes(registration, route, place, expires)"
		" VALUES(?1, ?2, ?3, ?4)",
	[STORE_DEL_SERVICE_ROUTE] = "DELETE FROM service_routes WHERE registration = ?1",
	[STORE_PURGE_BINDINGS] = "DELETE FROM bindings WHERE expires <= ?1",
	[STORE_PURGE_SERVICE_ROUTES] = "DELETE FROM service_routes WHERE expires <= ?1",
};

int store_prepare(struct store *store)
{
	int ret = SQLITE_OK;

	for (unsigned int i = 0; i < STORE_OP_KINDS && !ret; i++)
		ret = sqlite3_prepare_v3(store->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
					 &store->statements[i], NULL);
	return ret;
}

void store_unprepare(struct store *store)
{
	for (unsigned int i = 0; i < STORE_OP_KINDS; i++)
		sqlite3_finalize(store->statements[i]);
}

/* What is bound outlives the statement's run: no copies. Failures come back from the step. */
static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static void bind_owner(sqlite3_stmt *statement, const char *domain, const char *user)
{
	bind_text(statement, 1, domain);
	bind_text(statement, 2, user);
}

static void bind_password(sqlite3_stmt *statement, const struct store_user *user)
{
	bind_owner(statement, user->domain, user->user);
	sqlite3_bind_blob(statement, 3, user->md5, sizeof(user->md5), SQLITE_STATIC);
	sqlite3_bind_blob(statement, 4, user->sha256, sizeof(user->sha256), SQLITE_STATIC);
}

static void bind_setting(sqlite3_stmt *statement, const struct store_setting *setting)
{
	bind_owner(statement, setting->domain, setting->user);
	bind_text(statement, 3, setting->key);
	bind_text(statement, 4, setting->value);
	sqlite3_bind_int64(statement, 5, setting->number);
}

static void bind_binding(sqlite3_stmt *statement, const struct store_binding *binding)
{
	bind_owner(statement, binding->domain, binding->user);
	bind_text(statement, 3, binding->key);
	bind_text(statement, 4, binding->contact);
	sqlite3_bind_int64(statement, 5, binding->q);
	sqlite3_bind_int64(statement, 6, binding->expires);
	bind_text(statement, 7, binding->call_id);
	sqlite3_bind_int64(statement, 8, binding->cseq);
	bind_text(statement, 9, binding->path);
	bind_text(statement, 10, binding->proto);
	bind_text(statement, 11, binding->local);
	bind_text(statement, 12, binding->remote);
	bind_text(statement, 13, binding->instance);
	sqlite3_bind_int64(statement, 14, binding->reg_id);
	bind_text(statement, 15, binding->user_agent);
}

/* SQLite's numbers have a sign; the bits are the same. */
static void bind_service_route(sqlite3_stmt *statement, const struct store_service_route *route)
{
	sqlite3_bind_int64(statement, 1, (int64_t)route->registration);
	sqlite3_bind_int64(statement, 2, (int64_t)route->route);
	sqlite3_bind_int64(statement, 3, (int64_t)route->place);
	sqlite3_bind_int64(statement, 4, route->expires);
}

int store_carry_out(struct store *store, const struct store_op *op)
{
	sqlite3_stmt *statement = store->statements[op->kind];
	int ret;

	switch (op->kind) {
	case STORE_PUT_USER:
		bind_password(statement, &op->user);
		sqlite3_bind_int(statement, 5, op->user.enabled);
		break;
	case STORE_SET_PASSWORD:
		bind_password(statement, &op->user);
		break;
	case STORE_SET_ENABLED:
		bind_owner(statement, op->user.domain, op->user.user);
		sqlite3_bind_int(statement, 3, op->user.enabled);
		break;
	case STORE_DEL_USER:
	case STORE_DEL_USER_BINDINGS:
	case STORE_DEL_USER_SETTINGS:
		bind_owner(statement, op->user.domain, op->user.user);
		break;
	case STORE_PUT_SETTING:
		bind_setting(statement, &op->setting);
		break;
	case STORE_DEL_SETTING:
		bind_owner(statement, op->setting.domain, op->setting.user);
		bind_text(statement, 3, op->setting.key);
		break;
	case STORE_PUT_BINDING:
		bind_binding(statement, &op->binding);
		break;
	case STORE_DEL_BINDING:
		bind_owner(statement, op->binding.domain, op->binding.user);
		bind_text(statement, 3, op->binding.key);
		break;
	case STORE_PUT_SERVICE_ROUTE:
		bind_service_route(statement, &op->service_route);
		break;
	case STORE_DEL_SERVICE_ROUTE:
		sqlite3_bind_int64(statement, 1, (int64_t)op->service_route.registration);
		break;
	default:
		sqlite3_bind_int64(statement, 1, time(NULL));
		break;
	}
	ret = sqlite3_step(statement);
	sqlite3_reset(statement);
	return ret == SQLITE_DONE ? SQLITE_OK : ret;
}
