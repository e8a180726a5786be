// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys that are drawn once, so that what they have signed is good after a restart, too. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "store/private.h"

/* 1: it is there; 0: it is not; -EIO. */
static int read_secret(struct store *store, const char *name, uint8_t *value, size_t size)
{
	sqlite3_stmt *row;
	int ret = sqlite3_prepare_v2(store->db, "SELECT value FROM keys WHERE name = ?1", -1, &row,
				     NULL);
	bool found = false;

	if (!ret)
		ret = sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
	if (!ret)
		ret = sqlite3_step(row);
	if (ret == SQLITE_ROW && sqlite3_column_bytes(row, 0) == (int)size) {
		memcpy(value, sqlite3_column_blob(row, 0), size);
		found = true;
	}
	sqlite3_finalize(row);
	return found ? 1 : ret == SQLITE_ROW || ret == SQLITE_DONE ? 0 : -EIO;
}

static int write_secret(struct store *store, const char *name, const uint8_t *value, size_t size)
{
	sqlite3_stmt *row;
	int ret = sqlite3_prepare_v2(store->db, "INSERT OR REPLACE INTO keys VALUES(?1, ?2)", -1,
				     &row, NULL);

	if (!ret)
		ret = sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
	if (!ret)
		ret = sqlite3_bind_blob(row, 2, value, (int)size, SQLITE_STATIC);
	if (!ret)
		ret = sqlite3_step(row);
	sqlite3_finalize(row);
	return ret == SQLITE_DONE ? 0 : -EIO;
}

int store_secret(struct store *store, const char *name, void *value, size_t size)
{
	int ret = read_secret(store, name, value, size);

	if (!ret && getrandom(value, size, 0) != (ssize_t)size)
		return -EIO;
	if (!ret)
		ret = write_secret(store, name, value, size);
	if (ret < 0)
		log_error("store %s: %s", store->path, sqlite3_errmsg(store->db));
	return ret < 0 ? ret : 0;
}
