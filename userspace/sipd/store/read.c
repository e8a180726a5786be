// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "store/private.h"

/* A column of ours is never NULL; one that somebody has set so reads as nothing. */
static const char *text(sqlite3_stmt *row, int column)
{
	const unsigned char *p = sqlite3_column_text(row, column);

	return p ? (const char *)p : "";
}

/* What is not of its size is no hash: nobody's password fits it then. */
static bool hash(sqlite3_stmt *row, int column, uint8_t *octets, size_t size)
{
	const void *p = sqlite3_column_blob(row, column);

	if (!p || sqlite3_column_bytes(row, column) != (int)size)
		return false;
	memcpy(octets, p, size);
	return true;
}

static int read_user(sqlite3_stmt *row, const struct store_reader *reader, void *arg)
{
	struct store_user user = {
		.domain = text(row, 0),
		.user = text(row, 1),
		.enabled = sqlite3_column_int(row, 4),
	};

	if (!hash(row, 2, user.md5, sizeof(user.md5)) ||
	    !hash(row, 3, user.sha256, sizeof(user.sha256)))
		user.enabled = false;
	return reader->user(arg, &user);
}

static int read_binding(sqlite3_stmt *row, const struct store_reader *reader, void *arg)
{
	const struct store_binding binding = {
		.domain = text(row, 0),
		.user = text(row, 1),
		.key = text(row, 2),
		.contact = text(row, 3),
		.q = (uint32_t)sqlite3_column_int64(row, 4),
		.expires = sqlite3_column_int64(row, 5),
		.call_id = text(row, 6),
		.cseq = (uint32_t)sqlite3_column_int64(row, 7),
		.path = text(row, 8),
		.proto = text(row, 9),
		.local = text(row, 10),
		.remote = text(row, 11),
		.instance = text(row, 12),
		.reg_id = (uint32_t)sqlite3_column_int64(row, 13),
		.user_agent = text(row, 14),
	};

	return reader->binding(arg, &binding);
}

static int read_setting(sqlite3_stmt *row, const struct store_reader *reader, void *arg)
{
	const struct store_setting setting = {
		.domain = text(row, 0),
		.user = text(row, 1),
		.key = text(row, 2),
		.value = text(row, 3),
		.number = (uint32_t)sqlite3_column_int64(row, 4),
	};

	return reader->setting(arg, &setting);
}

static int read_service_route(sqlite3_stmt *row, const struct store_reader *reader, void *arg)
{
	const struct store_service_route route = {
		.registration = (uint64_t)sqlite3_column_int64(row, 0),
		.route = (uint64_t)sqlite3_column_int64(row, 1),
		.place = (uint64_t)sqlite3_column_int64(row, 2),
		.expires = sqlite3_column_int64(row, 3),
	};

	return reader->service_route(arg, &route);
}

typedef int (*row_cb)(sqlite3_stmt *row, const struct store_reader *reader, void *arg);

struct reading {
	const char *sql;
	int64_t now; /* 0: nothing to bind */
	row_cb cb;
};

static int read_rows(struct store *store, const struct reading *reading,
		     const struct store_reader *reader, void *arg)
{
	sqlite3_stmt *row;
	int ret, err = 0;

	ret = sqlite3_prepare_v2(store->db, reading->sql, -1, &row, NULL);
	if (!ret && reading->now)
		ret = sqlite3_bind_int64(row, 1, reading->now);
	while (!ret && !err && (ret = sqlite3_step(row)) == SQLITE_ROW) {
		ret = SQLITE_OK;
		err = reading->cb(row, reader, arg);
	}
	if (ret && ret != SQLITE_DONE) {
		log_error("store %s: cannot be read: %s", store->path, sqlite3_errmsg(store->db));
		err = -EIO;
	}
	sqlite3_finalize(row);
	return err;
}

int store_read(struct store *store, int64_t now, const struct store_reader *reader, void *arg)
{
	const struct reading users = {
		.sql = "SELECT domain, user, md5, sha256, enabled FROM users",
		.cb = read_user,
	};
	const struct reading settings = {
		.sql = "SELECT domain, user, key, value, number FROM settings",
		.cb = read_setting,
	};
	const struct reading bindings = {
		.sql = "SELECT domain, user, key, contact, q, expires, call_id, cseq, path, proto,"
		       " local, remote, instance, reg_id, user_agent FROM bindings"
		       " WHERE expires > ?1",
		.now = now,
		.cb = read_binding,
	};
	const struct reading service_routes = {
		.sql = "SELECT registration, route, place, expires FROM service_routes"
		       " WHERE expires > ?1",
		.now = now,
		.cb = read_service_route,
	};
	int ret = 0;

	if (reader->user)
		ret = read_rows(store, &users, reader, arg);
	if (!ret && reader->setting)
		ret = read_rows(store, &settings, reader, arg);
	if (!ret && reader->binding)
		ret = read_rows(store, &bindings, reader, arg);
	if (!ret && reader->service_route)
		ret = read_rows(store, &service_routes, reader, arg);
	return ret;
}
