// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables, and how those of older versions become them. */
#include <errno.h>

#include "base/log.h"
#include "store/private.h"

/* "SIPf", in the file's header, so that no other program's database is taken for ours. */
#define APPLICATION_ID 0x53495066

/* Step n leads from version n to n + 1. */
static const char *const steps[] = {
	"CREATE TABLE users("
	" domain TEXT NOT NULL, user TEXT NOT NULL,"
	" md5 BLOB NOT NULL, sha256 BLOB NOT NULL, enabled INTEGER NOT NULL,"
	" PRIMARY KEY(domain, user)) WITHOUT ROWID;"
	"CREATE TABLE bindings("
	" domain TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL,"
	" contact TEXT NOT NULL, q INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" call_id TEXT NOT NULL, cseq INTEGER NOT NULL, path TEXT NOT NULL,"
	" proto TEXT NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL,"
	" instance TEXT NOT NULL, reg_id INTEGER NOT NULL, user_agent TEXT NOT NULL,"
	" PRIMARY KEY(domain, user, key)) WITHOUT ROWID;",
	"CREATE TABLE keys(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;",
	"CREATE TABLE settings("
	" domain TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL,"
	" value TEXT NOT NULL, number INTEGER NOT NULL,"
	" PRIMARY KEY(domain, user, key)) WITHOUT ROWID;",
	"CREATE TABLE service_routes("
	" registration INTEGER NOT NULL PRIMARY KEY, route INTEGER NOT NULL,"
	" place INTEGER NOT NULL, expires INTEGER NOT NULL);",
};

#define VERSION ((int)(sizeof(steps) / sizeof(*steps)))

static int query_number(sqlite3 *db, const char *sql, int *number)
{
	sqlite3_stmt *statement;
	int ret;

	ret = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	if (ret)
		return ret;
	ret = sqlite3_step(statement);
	*number = ret == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
	sqlite3_finalize(statement);
	return ret == SQLITE_ROW || ret == SQLITE_DONE ? SQLITE_OK : ret;
}

static int failed(const struct store *store)
{
	log_error("store %s: %s", store->path, sqlite3_errmsg(store->db));
	return -EIO;
}

static int upgrade(struct store *store, int version)
{
	char set[96];

	if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
		return failed(store);
	for (; version < VERSION; version++)
		if (sqlite3_exec(store->db, steps[version], NULL, NULL, NULL))
			return failed(store);
	sqlite3_snprintf(sizeof(set), set, "PRAGMA application_id=%d; PRAGMA user_version=%d;",
			 APPLICATION_ID, VERSION);
	if (sqlite3_exec(store->db, set, NULL, NULL, NULL) ||
	    sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL))
		return failed(store);
	return 0;
}

int store_schema(struct store *store)
{
	int id, version, tables;

	if (query_number(store->db, "PRAGMA application_id", &id) ||
	    query_number(store->db, "PRAGMA user_version", &version) ||
	    query_number(store->db, "SELECT count(*) FROM sqlite_master", &tables))
		return failed(store);
	if (id != APPLICATION_ID && (id || version || tables)) {
		log_error("store %s: is the database of another program; name another file",
			  store->path);
		return -EBADMSG;
	}
	if (version > VERSION) {
		log_error("store %s: is of a newer sipd (version %d, this one knows %d); name "
			  "another file or install that sipd",
			  store->path, version, VERSION);
		return -EBADMSG;
	}
	/* FULL: what is committed has been through fsync(), and survives a power failure, too. */
	if (sqlite3_exec(store->db,
			 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
			 "PRAGMA foreign_keys=OFF; PRAGMA cache_size=-8192;",
			 NULL, NULL, NULL))
		return failed(store);
	return version < VERSION ? upgrade(store, version) : 0;
}
