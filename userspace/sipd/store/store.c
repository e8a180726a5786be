// SPDX-License-Identifier: GPL-2.0-or-later
/* The store's birth and death, and its thread. */
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "store/private.h"

/* How long the first job waits for company, so that they share one commit. */
#define GATHER_NS 2000000
/* Of one commit; what comes behind them waits that much less. */
#define MAX_BATCH 2000
#define RETRY_S 1
/* What has expired is deleted so often. */
#define PURGE_S 600

/* --- the queue ----------------------------------------------------------------------------- */

int store_submit(struct store *store, struct store_job *job, struct store_receipt *receipt,
		 bool insist)
{
	bool full, first;

	job->receipt = receipt;
	job->insist = insist;
	job->next = NULL;
	pthread_mutex_lock(&store->lock);
	full = store->state.waiting >= STORE_MAX_JOBS;
	first = !store->first;
	if (full) {
		store->state.refused++;
	} else {
		*store->tail = job;
		store->tail = &job->next;
		store->state.waiting++;
	}
	pthread_mutex_unlock(&store->lock);
	if (first && !full)
		pthread_cond_signal(&store->wake);
	return full ? -ENOBUFS : 0;
}

const char *store_path(const struct store *store)
{
	return store->path;
}

void store_state(struct store *store, struct store_state *state)
{
	pthread_mutex_lock(&store->lock);
	*state = store->state;
	pthread_mutex_unlock(&store->lock);
}

static void answer(struct store_job *job, int result)
{
	struct store_receipt *receipt = job->receipt;

	if (!receipt)
		return;
	job->receipt = NULL;
	receipt->result = result;
	mailbox_post(receipt->box, &receipt->mail, 0, receipt->cb);
}

/* --- writing ------------------------------------------------------------------------------- */

static int write_jobs(struct store *store, const struct store_job *jobs)
{
	int ret = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	for (; jobs && !ret; jobs = jobs->next)
		for (const struct store_op *op = jobs->first; op && !ret; op = op->next)
			ret = store_carry_out(store, op);
	if (!ret)
		ret = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
	return ret;
}

/* Takes the first jobs off the queue, in order. */
static struct store_job *take_batch(struct store *store)
{
	struct store_job *jobs, **end;
	unsigned int count = 0;

	pthread_mutex_lock(&store->lock);
	jobs = store->first;
	for (end = &jobs; *end && count < MAX_BATCH; end = &(*end)->next)
		count++;
	store->first = *end;
	if (!store->first)
		store->tail = &store->first;
	*end = NULL;
	pthread_mutex_unlock(&store->lock);
	return jobs;
}

static void note_success(struct store *store, unsigned int count)
{
	bool again;

	pthread_mutex_lock(&store->lock);
	again = store->state.failing;
	store->state.failing = false;
	store->state.error[0] = '\0';
	store->state.waiting -= count;
	store->state.written += count;
	store->state.commits++;
	pthread_mutex_unlock(&store->lock);
	if (again)
		log_warn("store %s: can be written again", store->path);
}

static void note_failure(struct store *store)
{
	bool news;

	pthread_mutex_lock(&store->lock);
	news = !store->state.failing;
	store->state.failing = true;
	strncpy(store->state.error, sqlite3_errmsg(store->db), sizeof(store->state.error) - 1);
	pthread_mutex_unlock(&store->lock);
	if (news)
		log_error("store %s: cannot be written: %s; what changes now is lost with a "
			  "restart until it can",
			  store->path, sqlite3_errmsg(store->db));
}

static void jobs_done(struct store *store, struct store_job *jobs)
{
	unsigned int count = 0;
	struct store_job *job;

	for (job = jobs; job; job = job->next)
		count++;
	note_success(store, count);
	while ((job = jobs)) {
		jobs = job->next;
		answer(job, 0);
		store_job_free(job);
	}
}

/* Those that insist go back to the front of the queue. */
static void jobs_failed(struct store *store, struct store_job *jobs)
{
	struct store_job *kept = NULL, **tail = &kept, *job;
	unsigned int dropped = 0;

	note_failure(store);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	while ((job = jobs)) {
		jobs = job->next;
		answer(job, -EIO);
		if (job->insist) {
			*tail = job;
			tail = &job->next;
		} else {
			dropped++;
			store_job_free(job);
		}
	}
	pthread_mutex_lock(&store->lock);
	*tail = store->first;
	if (!store->first && kept)
		store->tail = tail;
	store->first = kept ? kept : store->first;
	store->state.waiting -= dropped;
	pthread_mutex_unlock(&store->lock);
}

static void purge(struct store *store)
{
	const struct store_op bindings = { .kind = STORE_PURGE_BINDINGS };
	const struct store_op service_routes = { .kind = STORE_PURGE_SERVICE_ROUTES };

	if (store_carry_out(store, &bindings) || store_carry_out(store, &service_routes))
		log_warn("store %s: what has expired cannot be deleted: %s", store->path,
			 sqlite3_errmsg(store->db));
}

static struct timespec seconds_from_now(time_t seconds)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += seconds;
	return at;
}

/* False: the store closes, and nothing is left to write. */
static bool wait_for_jobs(struct store *store, const struct timespec *until)
{
	bool closing;

	pthread_mutex_lock(&store->lock);
	while (!store->first && !store->closing &&
	       pthread_cond_timedwait(&store->wake, &store->lock, until) != ETIMEDOUT)
		;
	closing = store->closing && !store->first;
	pthread_mutex_unlock(&store->lock);
	return !closing;
}

static bool is_closing(struct store *store)
{
	bool closing;

	pthread_mutex_lock(&store->lock);
	closing = store->closing;
	pthread_mutex_unlock(&store->lock);
	return closing;
}

/* Waits; an end of the store ends it early. */
static void pause_after_failure(struct store *store)
{
	struct timespec until = seconds_from_now(RETRY_S);

	pthread_mutex_lock(&store->lock);
	while (!store->closing &&
	       pthread_cond_timedwait(&store->wake, &store->lock, &until) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&store->lock);
}

static void *run(void *arg)
{
	const struct timespec gather = { .tv_nsec = GATHER_NS };
	struct store *store = arg;
	struct timespec next_purge = seconds_from_now(PURGE_S), now;
	struct store_job *jobs;

	while (wait_for_jobs(store, &next_purge)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= next_purge.tv_sec) {
			purge(store);
			next_purge = seconds_from_now(PURGE_S);
		}
		if (!is_closing(store))
			nanosleep(&gather, NULL);
		jobs = take_batch(store);
		if (!jobs)
			continue;
		if (!write_jobs(store, jobs)) {
			jobs_done(store, jobs);
			continue;
		}
		jobs_failed(store, jobs);
		if (is_closing(store))
			break;
		pause_after_failure(store);
	}
	return NULL;
}

/* --- birth and death ----------------------------------------------------------------------- */

/* Of the file, when it alone is missing. */
static void make_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory;

	if (!slash || slash == path)
		return;
	directory = strndup(path, (size_t)(slash - path));
	if (directory && mkdir(directory, 0700) && errno != EEXIST)
		log_warn("cannot make %s: %s", directory, strerror(errno));
	free(directory);
}

static int open_database(struct store *store)
{
	/* What the file has is worth as much as passwords. */
	mode_t mask = umask(0077);
	int ret = sqlite3_open_v2(store->path, &store->db,
				  SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
				  NULL);

	if (!ret) {
		/* Somebody may be looking at it with another program. */
		sqlite3_busy_timeout(store->db, 5000);
		sqlite3_extended_result_codes(store->db, 1);
		ret = store_schema(store);
	} else {
		log_error("store %s: cannot be opened: %s; name a file in a directory that sipd "
			  "may write to",
			  store->path, store->db ? sqlite3_errmsg(store->db) : "out of memory");
		ret = -EIO;
	}
	umask(mask);
	return ret;
}

int store_open(struct store **out, const char *path)
{
	struct store *store = calloc(1, sizeof(*store));
	pthread_condattr_t attr;
	int ret;

	*out = NULL;
	if (!store)
		return -ENOMEM;
	pthread_mutex_init(&store->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&store->wake, &attr);
	pthread_condattr_destroy(&attr);
	store->tail = &store->first;
	store->path = strdup(path);
	ret = store->path ? 0 : -ENOMEM;
	if (!ret) {
		make_directory(path);
		ret = open_database(store);
	}
	if (!ret && store_prepare(store)) {
		log_error("store %s: %s", path, sqlite3_errmsg(store->db));
		ret = -EIO;
	}
	if (ret) {
		store_close(store);
		return ret;
	}
	*out = store;
	return 0;
}

int store_start(struct store *store)
{
	int ret = -pthread_create(&store->thread, NULL, run, store);

	if (ret) {
		log_error("store %s: cannot start a thread: %s", store->path, strerror(-ret));
		return ret;
	}
	pthread_setname_np(store->thread, "sipd/store");
	store->started = true;
	return 0;
}

void store_close(struct store *store)
{
	struct store_job *job;

	if (!store)
		return;
	if (store->started) {
		pthread_mutex_lock(&store->lock);
		store->closing = true;
		pthread_mutex_unlock(&store->lock);
		pthread_cond_signal(&store->wake);
		pthread_join(store->thread, NULL);
	}
	if (store->first)
		log_error("store %s: %u changes could not be written", store->path,
			  store->state.waiting);
	while ((job = store->first)) {
		store->first = job->next;
		answer(job, -EIO);
		store_job_free(job);
	}
	store_unprepare(store);
	sqlite3_close(store->db);
	pthread_mutex_destroy(&store->lock);
	pthread_cond_destroy(&store->wake);
	free(store->path);
	free(store);
}
