// SPDX-License-Identifier: GPL-2.0-or-later
/* The store: what was written is there after a restart, in order, and who wrote it is told. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/log.h"
#include "base/loop.h"
#include "store/store.h"

static char directory[64], path[128];
static struct loop *loop;
static struct mailbox *box;
static struct store *store;

static int setup(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	strcpy(directory, "/tmp/test_store.XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/made/sipd.db", directory);
	assert_int_equal(loop_alloc(&loop), 0);
	assert_int_equal(mailbox_alloc(&box, loop, 1 << 20), 0);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	store_close(store);
	store = NULL;
	mailbox_free(box);
	loop_free(loop);
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

static void open_store(void)
{
	assert_int_equal(store_open(&store, path), 0);
}

static void reopen(void)
{
	store_close(store);
	open_store();
}

/* --- what is in it --- */

static char seen[8192];

static int see_user(void *arg, const struct store_user *user)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "user %s@%s %02x %02x %s\n",
		 user->user, user->domain, user->md5[15], user->sha256[31],
		 user->enabled ? "enabled" : "disabled");
	return 0;
}

static int see_setting(void *arg, const struct store_setting *s)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "setting %s@%s %s=%s %u\n",
		 s->user, s->domain, s->key, s->value, s->number);
	return 0;
}

static int see_binding(void *arg, const struct store_binding *b)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen),
		 "binding %s@%s %s %s q%u e%lld %s %u path=%s %s %s %s i=%s r%u %s\n", b->user,
		 b->domain, b->key, b->contact, b->q, (long long)b->expires, b->call_id, b->cseq,
		 b->path, b->proto, b->local, b->remote, b->instance, b->reg_id, b->user_agent);
	return 0;
}

static int see_service_route(void *arg, const struct store_service_route *r)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "route %llx %llx %llx e%lld\n",
		 (unsigned long long)r->registration, (unsigned long long)r->route,
		 (unsigned long long)r->place, (long long)r->expires);
	return 0;
}

static void assert_has(int64_t now, const char *text)
{
	static const struct store_reader reader = {
		see_user,
		see_setting,
		see_binding,
		see_service_route,
	};

	seen[0] = '\0';
	assert_int_equal(store_read(store, now, &reader, NULL), 0);
	assert_string_equal(seen, text);
}

static const struct store_user al = {
	.user = "al",
	.domain = "example.com",
	.md5 = { [15] = 0x11 },
	.sha256 = { [31] = 0x22 },
	.enabled = true,
};

static struct store_binding binding(const char *user, const char *key)
{
	return (struct store_binding){
		.user = user,
		.domain = "example.com",
		.key = key,
		.contact = "sip:al@192.0.2.1;x='",
		.q = 1000,
		.expires = 5000000000,
		.call_id = "c1",
		.cseq = UINT32_MAX,
		.path = "<sip:p;lr>",
		.proto = "UDP",
		.local = "192.0.2.9:5060",
		.remote = "192.0.2.1:5060",
		.instance = "<urn:uuid:1>",
		.reg_id = 2,
		.user_agent = "phone \xc3\xa4",
	};
}

#define BINDING(user, key)                                                                \
	"binding " user "@example.com " key " sip:al@192.0.2.1;x=' q1000 e5000000000 c1 " \
	"4294967295 path=<sip:p;lr> UDP 192.0.2.9:5060 192.0.2.1:5060 i=<urn:uuid:1> r2 " \
	"phone \xc3\xa4\n"

#define ROUTE "route 1 2 3 e5000000000\n"
#define SETTING "setting al@example.com busy=voicemail 20\n"

static void submit(struct store_job *job)
{
	assert_int_equal(store_submit(store, job, NULL, true), 0);
}

static void what_is_written_comes_back(void **state)
{
	struct store_job *job = store_job_alloc();
	const struct store_binding one = binding("al", "k1"), two = binding("bo", "k2");
	struct stat st;

	(void)state;
	open_store();
	assert_has(0, "");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(store_put_user(job, &al), 0);
	assert_int_equal(store_put_binding(job, &one), 0);
	assert_int_equal(store_put_binding(job, &two), 0);
	assert_int_equal(store_put_setting(job, &(struct store_setting){ "al", "example.com",
									 "busy", "voicemail", 20 }),
			 0);
	assert_int_equal(store_start(store), 0);
	submit(job);
	reopen();
	assert_has(1, "user al@example.com 11 22 enabled\n" SETTING BINDING("al", "k1")
			      BINDING("bo", "k2"));
	assert_has(5000000000, "user al@example.com 11 22 enabled\n" SETTING);
	/* One alone goes, then all of a user with him. */
	assert_int_equal(store_start(store), 0);
	job = store_job_alloc();
	assert_int_equal(store_put_setting(job, &(struct store_setting){ "al", "example.com", "dnd",
									 "", 486 }),
			 0);
	assert_int_equal(store_del_setting(job, "al", "example.com", "busy"), 0);
	submit(job);
	reopen();
	assert_has(5000000000,
		   "user al@example.com 11 22 enabled\nsetting al@example.com dnd= 486\n");
	assert_int_equal(store_start(store), 0);
	job = store_job_alloc();
	assert_int_equal(store_del_user(job, "al", "example.com"), 0);
	assert_int_equal(store_put_setting(job, &(struct store_setting){ "al", "example.com", "dnd",
									 "", 603 }),
			 0);
	assert_int_equal(store_put_user(job, &al), 0);
	submit(job);
	reopen();
	assert_has(5000000000, "user al@example.com 11 22 enabled\n");
}

static void jobs_are_written_in_order(void **state)
{
	struct store_binding changed = binding("al", "k1");
	struct store_job *job;

	(void)state;
	open_store();
	assert_int_equal(store_start(store), 0);
	for (unsigned int i = 0; i < 5000; i++) {
		job = store_job_alloc();
		changed.cseq = i;
		if (i % 2)
			store_del_binding(job, "al", "example.com", "k1");
		else
			store_put_binding(job, &changed);
		submit(job);
	}
	job = store_job_alloc();
	changed = binding("al", "k1");
	store_put_binding(job, &changed);
	submit(job);
	job = store_job_alloc();
	store_put_user(job, &al);
	submit(job);
	reopen();
	assert_has(1, "user al@example.com 11 22 enabled\n" BINDING("al", "k1"));
	assert_int_equal(store_start(store), 0);
	job = store_job_alloc();
	store_del_user(job, "al", "example.com");
	submit(job);
	reopen();
	assert_has(1, "");
}

static void a_user_changes_in_what_is_named(void **state)
{
	const struct store_user other = {
		.user = "al",
		.domain = "example.com",
		.md5 = { [15] = 0x33 },
		.sha256 = { [31] = 0x44 },
	};
	const struct store_user nobody = { .user = "bob", .domain = "example.com" };
	struct store_job *job = store_job_alloc();

	(void)state;
	open_store();
	assert_int_equal(store_start(store), 0);
	assert_int_equal(store_put_user(job, &al), 0);
	assert_int_equal(store_set_password(job, &other), 0);
	assert_int_equal(store_set_password(job, &nobody), 0);
	assert_int_equal(store_set_enabled(job, &nobody), 0);
	submit(job);
	reopen();
	assert_has(1, "user al@example.com 33 44 enabled\n");
	assert_int_equal(store_start(store), 0);
	job = store_job_alloc();
	assert_int_equal(store_set_password(job, &al), 0);
	assert_int_equal(store_set_enabled(job, &other), 0);
	submit(job);
	reopen();
	assert_has(1, "user al@example.com 11 22 disabled\n");
}

/* --- receipts --- */

struct receipt {
	struct store_receipt receipt;
	bool came;
};

static void on_receipt(struct mail *mail, bool alive)
{
	((struct receipt *)mail)->came = true;
	if (alive)
		loop_stop(loop);
}

static void a_receipt_comes_when_it_is_on_disk(void **state)
{
	struct receipt receipt = { .receipt = { .box = box, .cb = on_receipt, .result = 1 } };
	struct store_job *job = store_job_alloc();
	struct store_state now;
	struct store *other;

	(void)state;
	open_store();
	assert_int_equal(store_start(store), 0);
	store_put_user(job, &al);
	assert_int_equal(store_submit(store, job, &receipt.receipt, false), 0);
	assert_int_equal(loop_run(loop), 0);
	assert_true(receipt.came);
	assert_int_equal(receipt.receipt.result, 0);
	/* Seen by another connection already. */
	assert_int_equal(store_open(&other, path), 0);
	store_close(store);
	store = other;
	assert_has(1, "user al@example.com 11 22 enabled\n");
	store_state(store, &now);
	assert_false(now.failing);
	assert_int_equal(now.waiting, 0);
}

/* Another program holds the file: what insists is written when it lets go. */
static void what_cannot_be_written_is_tried_again(void **state)
{
	struct receipt user = { .receipt = { .box = box, .cb = on_receipt } };
	struct receipt bind = { .receipt = { .box = box, .cb = on_receipt } };
	const struct store_binding one = binding("al", "k1");
	struct store_job *job;
	struct store_state now;
	sqlite3 *db;

	(void)state;
	open_store();
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "CREATE TRIGGER no BEFORE INSERT ON bindings BEGIN"
				      " SELECT RAISE(FAIL, 'disk is full'); END",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(store_start(store), 0);
	job = store_job_alloc();
	store_put_user(job, &al);
	store_put_binding(job, &one);
	assert_int_equal(store_submit(store, job, &user.receipt, false), 0);
	job = store_job_alloc();
	store_put_binding(job, &one);
	assert_int_equal(store_submit(store, job, &bind.receipt, true), 0);
	while (!user.came || !bind.came)
		assert_int_equal(loop_run(loop), 0);
	assert_int_equal(user.receipt.result, -EIO);
	assert_int_equal(bind.receipt.result, -EIO);
	store_state(store, &now);
	assert_true(now.failing);
	assert_string_equal(now.error, "disk is full");
	assert_int_equal(sqlite3_exec(db, "DROP TRIGGER no", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	do {
		usleep(1000);
		store_state(store, &now);
	} while (now.waiting);
	assert_false(now.failing);
	reopen();
	assert_has(1, BINDING("al", "k1"));
	log_set_level(LOG_LEVEL_ERROR);
}

static void service_routes_come_back(void **state)
{
	static const struct store_service_route one = { UINT64_MAX, 1ull << 63, 3, 5000000000 },
						two = { 1, 2, 0, 1000 };
	static const struct store_reader bindings_only = { .binding = see_binding };
	struct store_job *job = store_job_alloc();

	(void)state;
	open_store();
	assert_int_equal(store_put_service_route(job, &one), 0);
	assert_int_equal(store_put_service_route(job, &two), 0);
	assert_int_equal(store_start(store), 0);
	submit(job);
	reopen();
	assert_has(1, "route ffffffffffffffff 8000000000000000 3 e5000000000\nroute 1 2 0 e1000\n");
	assert_has(1000, "route ffffffffffffffff 8000000000000000 3 e5000000000\n");
	seen[0] = '\0';
	assert_int_equal(store_read(store, 1, &bindings_only, NULL), 0);
	assert_string_equal(seen, "");
	assert_int_equal(store_start(store), 0);
	job = store_job_alloc();
	assert_int_equal(store_del_service_route(job, one.registration), 0);
	submit(job);
	reopen();
	assert_has(1, "route 1 2 0 e1000\n");
}

/* What version 3 has made, with something in each table. */
static const char version_3[] =
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
	" PRIMARY KEY(domain, user, key)) WITHOUT ROWID;"
	"CREATE TABLE keys(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE settings("
	" domain TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL,"
	" value TEXT NOT NULL, number INTEGER NOT NULL,"
	" PRIMARY KEY(domain, user, key)) WITHOUT ROWID;"
	"PRAGMA application_id=1397313638; PRAGMA user_version=3;"
	"INSERT INTO users VALUES('example.com', 'al', zeroblob(16), zeroblob(32), 1);"
	"INSERT INTO bindings VALUES('example.com', 'al', 'k1',"
	" 'sip:al@192.0.2.1;x=' || char(39), 1000, 5000000000, 'c1', 4294967295, '<sip:p;lr>',"
	" 'UDP', '192.0.2.9:5060', '192.0.2.1:5060', '<urn:uuid:1>', 2, 'phone \xc3\xa4');"
	"INSERT INTO keys VALUES('gruu', X'0102030405060708');"
	"INSERT INTO settings VALUES('example.com', 'al', 'busy', 'voicemail', 20);";

static void an_older_file_becomes_a_newer_one(void **state)
{
	static const uint8_t secret[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const struct store_service_route one = { 1, 2, 3, 5000000000 };
	struct store_job *job = store_job_alloc();
	uint8_t read[8];
	sqlite3 *db;

	(void)state;
	snprintf(path, sizeof(path), "%s/3.db", directory);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, version_3, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	open_store();
	assert_has(1, "user al@example.com 00 00 enabled\n" SETTING BINDING("al", "k1"));
	assert_int_equal(store_secret(store, "gruu", read, sizeof(read)), 0);
	assert_memory_equal(read, secret, sizeof(secret));
	assert_int_equal(store_put_service_route(job, &one), 0);
	assert_int_equal(store_start(store), 0);
	submit(job);
	/* Once, and not again. */
	reopen();
	assert_has(1, "user al@example.com 00 00 enabled\n" SETTING BINDING("al", "k1") ROUTE);
}

/* Shows: 5627/6 */
static void a_secret_is_drawn_once(void **state)
{
	uint8_t first[48], second[48], other[48];
	sqlite3 *db;

	(void)state;
	open_store();
	assert_int_equal(store_secret(store, "a", first, sizeof(first)), 0);
	assert_int_equal(store_secret(store, "b", other, sizeof(other)), 0);
	assert_memory_not_equal(first, other, sizeof(first));
	reopen();
	assert_int_equal(store_secret(store, "a", second, sizeof(second)), 0);
	assert_memory_equal(first, second, sizeof(first));
	/* A file of before there were secrets. */
	store_close(store);
	store = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "DROP TABLE keys; DROP TABLE settings;"
				      " DROP TABLE service_routes; PRAGMA user_version=1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	open_store();
	assert_int_equal(store_secret(store, "a", second, sizeof(second)), 0);
	assert_memory_not_equal(first, second, sizeof(first));
}

static void files_of_others_are_left_alone(void **state)
{
	sqlite3 *db;

	(void)state;
	snprintf(path, sizeof(path), "%s/other.db", directory);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_open(&store, path), -EBADMSG);
	sqlite3_exec(db, "PRAGMA application_id=1397313638; PRAGMA user_version=99", NULL, NULL,
		     NULL);
	assert_int_equal(store_open(&store, path), -EBADMSG);
	sqlite3_close(db);
	snprintf(path, sizeof(path), "%s/no/where/at.db", directory);
	assert_int_equal(store_open(&store, path), -EIO);
	log_set_level(LOG_LEVEL_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_written_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(jobs_are_written_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(a_user_changes_in_what_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_receipt_comes_when_it_is_on_disk, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_written_is_tried_again, setup,
						teardown),
		cmocka_unit_test_setup_teardown(files_of_others_are_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(a_secret_is_drawn_once, setup, teardown),
		cmocka_unit_test_setup_teardown(service_routes_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(an_older_file_becomes_a_newer_one, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
