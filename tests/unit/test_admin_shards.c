// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers of the control socket that several shards have a part in. */
#include "admin_fixture.h"

#define SHARDS 3

static struct call_engine engines[SHARDS];
static struct admin_shard shards[SHARDS];
static struct admin_context context;
static struct loop *loop;
static struct timer limit;

static int open_shards(void **state)
{
	set_up(state);
	assert_int_equal(loop_alloc(&loop), 0);
	for (unsigned int i = 0; i < SHARDS; i++) {
		engines[i] = engine;
		engines[i].copies = 0;
		shards[i].engine = &engines[i];
		assert_int_equal(mailbox_alloc(&shards[i].box, loop, 0), 0);
	}
	context = (struct admin_context){
		.shards = shards,
		.nshards = SHARDS,
		.loop = loop,
		.start_ms = loop_now_ms(loop),
	};
	return 0;
}

static int close_shards(void **state)
{
	for (unsigned int i = 0; i < SHARDS; i++)
		mailbox_free(shards[i].box);
	loop_free(loop);
	return tear_down(state);
}

static void take_and_stop(void *arg, char *answer, size_t len)
{
	take_answer(arg, answer, len);
	loop_stop(loop);
}

static void on_limit(struct timer *timer)
{
	(void)timer;
	fail_msg("no answer");
}

static json_t *ask(const char *line)
{
	char *answer = NULL;
	json_t *root;

	assert_non_null(admin_request_start(&context, line, strlen(line), take_and_stop, &answer));
	assert_null(answer);
	loop_timer_set(loop, &limit, 10000, on_limit);
	assert_int_equal(loop_run(loop), 0);
	loop_timer_cancel(loop, &limit);
	root = json_loads(answer, 0, NULL);
	assert_non_null(root);
	free(answer);
	return root;
}

static json_int_t number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static void status_is_the_sum(void **state)
{
	json_t *answer, *result;

	(void)state;
	engines[1].active = 5;
	engines[2].active = 1;
	engines[2].load = 99;
	answer = ask(REQUEST("status", "show", "{}"));
	result = json_object_get(answer, "result");
	assert_int_equal(number(json_object_get(result, "calls"), "active"), 8);
	assert_int_equal(number(json_object_get(result, "calls"), "total"), 3000);
	assert_int_equal(number(json_object_get(result, "messages"), "rx"), 30);
	assert_int_equal(number(json_object_get(result, "transactions"), "server"), 18);
	result = json_object_get(result, "shards");
	assert_int_equal(json_array_size(result), SHARDS);
	assert_int_equal(number(json_array_get(result, 1), "active"), 5);
	assert_int_equal(number(json_array_get(result, 2), "load"), 99);
	json_decref(answer);
}

static void a_list_has_the_calls_of_all(void **state)
{
	json_t *answer, *result;

	(void)state;
	engines[0].copies = 1;
	engines[2].copies = 4000; /* a third of what a list has room for is less */
	answer = ask(REQUEST("call", "list", "{}"));
	result = json_object_get(answer, "result");
	assert_int_equal(json_array_size(json_object_get(result, "calls")),
			 1 + ADMIN_MAX_LIST / SHARDS);
	assert_int_equal(number(result, "omitted"), 4000 - ADMIN_MAX_LIST / SHARDS);
	json_decref(answer);
}

static void assert_error(const char *line, const char *code)
{
	json_t *answer = ask(line);
	const json_t *error = json_object_get(answer, "error");

	assert_string_equal(json_string_value(json_object_get(error, "code")), code);
	json_decref(answer);
}

static void a_call_is_found_wherever_it_is(void **state)
{
	json_t *answer;

	(void)state;
	assert_error(REQUEST("call", "show", "{\"id\":\"01\"}"), "not-found");
	engines[2].copies = 1;
	answer = ask(REQUEST("call", "show", "{\"id\":\"01\"}"));
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(answer, "result"), "id")),
		"0123456789abcdef");
	json_decref(answer);
	/* Unique in each of two, and so in none. */
	engines[0].copies = 1;
	assert_error(REQUEST("call", "show", "{\"id\":\"01\"}"), "usage");
}

static void only_the_call_itself_is_killed(void **state)
{
	json_t *answer;

	(void)state;
	engines[1].copies = 1;
	answer = ask(REQUEST("call", "kill", "{\"id\":\"01\"}"));
	assert_true(json_is_true(json_object_get(json_object_get(answer, "result"), "killed")));
	json_decref(answer);
	assert_int_equal(engines[0].kills, 0);
	assert_int_equal(engines[1].kills, 1);
	assert_int_equal(engines[2].kills, 0);
	engines[2].copies = 1;
	assert_error(REQUEST("call", "kill", "{\"id\":\"01\"}"), "usage");
	assert_int_equal(engines[1].kills, 1);
	assert_int_equal(engines[2].kills, 0);
	engines[1].copies = 0;
	call.state = CALL_ENDED;
	assert_error(REQUEST("call", "kill", "{\"id\":\"01\"}"), "failed");
}

static void orphans_of_all_are_listed_and_cleared(void **state)
{
	json_t *answer, *result;

	(void)state;
	for (unsigned int i = 0; i < SHARDS; i++)
		engines[i].cfg.media_kernel = true;
	engines[0].orphans = 2;
	engines[2].orphans = 1;
	answer = ask(REQUEST("call", "orphans", "{}"));
	result = json_object_get(answer, "result");
	assert_int_equal(json_array_size(json_object_get(result, "orphans")), 3);
	assert_int_equal(number(result, "cleared"), 0);
	assert_int_equal(engines[1].recounts, 0);
	json_decref(answer);
	answer = ask(REQUEST("call", "orphans", "{\"clear\":true}"));
	result = json_object_get(answer, "result");
	assert_int_equal(json_array_size(json_object_get(result, "orphans")), 3);
	assert_int_equal(number(result, "cleared"), 3);
	for (unsigned int i = 0; i < SHARDS; i++)
		assert_int_equal(engines[i].recounts, 1);
	json_decref(answer);
}

static void what_needs_nobody_else_is_answered_at_once(void **state)
{
	static const char line[] = REQUEST("call", "kill", "{}");
	char *answer = NULL;

	(void)state;
	assert_null(admin_request_start(&context, line, strlen(line), take_answer, &answer));
	assert_non_null(strstr(answer, "is missing in args"));
	free(answer);
}

static void never(void *arg, char *answer, size_t len)
{
	(void)arg;
	(void)answer;
	(void)len;
	fail_msg("nobody waits for an answer");
}

static void stop(struct timer *timer)
{
	(void)timer;
	loop_stop(loop);
}

/* The client has gone, and what it asked is over: it would still have to be killed. */
static void a_forgotten_request_ends_quietly(void **state)
{
	static const char line[] = REQUEST("call", "kill", "{\"id\":\"01\"}");
	struct admin_request *request;

	(void)state;
	engines[1].copies = 1;
	request = admin_request_start(&context, line, strlen(line), never, NULL);
	assert_non_null(request);
	admin_request_forget(request);
	loop_timer_set(loop, &limit, 50, stop);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(engines[1].kills, 0);
}

/* close_shards() finds it on its way; the sanitizer would tell what is left of it. */
static void a_request_ends_with_sipd(void **state)
{
	static const char line[] = REQUEST("status", "show", "{}");

	(void)state;
	admin_request_forget(admin_request_start(&context, line, strlen(line), never, NULL));
}

#define SHARDED(test) cmocka_unit_test_setup_teardown(test, open_shards, close_shards)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHARDED(status_is_the_sum),
		SHARDED(a_list_has_the_calls_of_all),
		SHARDED(a_call_is_found_wherever_it_is),
		SHARDED(only_the_call_itself_is_killed),
		SHARDED(orphans_of_all_are_listed_and_cleared),
		SHARDED(what_needs_nobody_else_is_answered_at_once),
		SHARDED(a_forgotten_request_ends_quietly),
		SHARDED(a_request_ends_with_sipd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
