// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of transactions and the ring of their messages: what is kept, what goes, what is told. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow/store.h"

static struct tp_listener listener;
static struct tp_flow peer = { .listener = &listener };

/* The last allocation but @fail_at others fails; 0: none. */
static unsigned int fail_at;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_mmap(void *p, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *p, size_t len, int prot, int flags, int fd, off_t offset);

static bool fails(void)
{
	return fail_at && !--fail_at;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_mmap(void *p, size_t len, int prot, int flags, int fd, off_t offset)
{
	return fails() ? (void *)-1 : __real_mmap(p, len, prot, flags, fd, offset);
}

static struct flow_store *store_new(uint32_t flows, size_t messages)
{
	const struct flow_config config = { flows, messages };
	struct flow_store *store;

	assert_int_equal(flow_store_alloc(&store, &config), 0);
	return store;
}

static void trace_text(struct flow_store *store, uint64_t *mark, bool outgoing, int status,
		       enum sip_method method, const char *text)
{
	flow_trace(store, mark,
		   &(struct sip_trace){
			   .outgoing = outgoing,
			   .flow = &peer,
			   .request = !status,
			   .method = method,
			   .method_name = view_str(sip_method_name(method)),
			   .status = status,
			   .cseq = 7,
			   .call_id = VIEW_LIT("id@host"),
			   .raw = view_str(text),
		   },
		   "access", NULL);
}

static uint64_t begin(struct flow_store *store, enum sip_method method)
{
	uint64_t mark = 0;

	trace_text(
		store, &mark, false, 0, method,
		"X\r\nf: \"A <x>\" <sip:a@b;x=1>;tag=1\r\nTo : sip:c@d;tag=2\r\n\r\nFrom: no\r\n");
	return mark;
}

static void answer(struct flow_store *store, uint64_t *mark, int status)
{
	trace_text(store, mark, true, status, SIP_INVITE, "SIP/2.0 200 OK\r\n\r\n");
}

/* What is told of the flows that fit, in order. */
static char told[65536];

static void tell(void *arg, const struct flow *flow)
{
	size_t len = strlen(told);

	(void)arg;
	snprintf(told + len, sizeof(told) - len, "%.*s %s%u/%u %s\n",
		 VIEW_ARG(flow_text(flow, FLOW_METHOD)), flow->outgoing ? "out " : "", flow->first,
		 flow->status, flow_end_name((enum flow_end)flow->end));
}

static void assert_told(const struct flow_store *store, struct flow_filter filter, const char *text)
{
	struct flow_cursor cursor = { 0 };

	told[0] = '\0';
	while (flow_each(store, &filter, &cursor, 2, tell, NULL))
		;
	assert_string_equal(told, text);
}

static void a_transaction_is_one_record(void **state)
{
	struct flow_store *store = store_new(10, FLOW_MIN_MESSAGES);
	uint64_t mark = begin(store, SIP_INVITE), bye;
	const struct flow *flow;

	(void)state;
	assert_true(mark);
	assert_told(store, (struct flow_filter){ 0 }, "INVITE 0/0 \n");
	answer(store, &mark, 100);
	answer(store, &mark, 180);
	assert_told(store, (struct flow_filter){ 0 }, "INVITE 100/180 \n");
	answer(store, &mark, 200);
	answer(store, &mark, 200);
	trace_text(store, &mark, false, 0, SIP_ACK, "ACK");
	flow_ended(store, mark, SIP_ENDED);
	bye = begin(store, SIP_BYE);
	flow_ended(store, bye, SIP_ENDED);
	assert_told(store, (struct flow_filter){ 0 },
		    "BYE 0/0 unanswered\nINVITE 100/200 answered\n");
	flow = flow_of(store, mark);
	assert_non_null(flow);
	assert_true(flow->acked);
	assert_int_equal(flow->messages, 6);
	assert_int_equal(flow->cseq, 7);
	assert_true(view_eq(flow_text(flow, FLOW_CALL_ID), VIEW_LIT("id@host")));
	assert_true(view_eq(flow_text(flow, FLOW_FROM), VIEW_LIT("sip:a@b;x=1")));
	assert_true(view_eq(flow_text(flow, FLOW_TO), VIEW_LIT("sip:c@d")));
	assert_string_equal(flow->realm, "access");
	flow_note(store, mark, "because");
	flow_own(store, mark, "0123456789abcdef");
	assert_true(view_eq(flow_text(flow, FLOW_NOTE), VIEW_LIT("because")));
	assert_string_equal(flow->call, "0123456789abcdef");
	flow_store_free(store);
}

static void how_it_ends(void **state)
{
	struct flow_store *store = store_new(10, FLOW_MIN_MESSAGES);
	uint64_t mark = begin(store, SIP_INVITE);

	(void)state;
	flow_ended(store, mark, SIP_ENDED_TIMEOUT);
	mark = begin(store, SIP_INVITE);
	answer(store, &mark, 486);
	flow_ended(store, mark, SIP_ENDED_NO_ACK);
	/* The rest belongs to no transaction. */
	trace_text(store, NULL, false, 0, SIP_ACK, "ACK");
	trace_text(store, NULL, false, 200, SIP_OPTIONS, "SIP/2.0 200 OK");
	flow_trace(store, NULL,
		   &(struct sip_trace){ .flow = &peer, .raw = VIEW_LIT("x"), .error = "Not SIP" },
		   "access", NULL);
	assert_told(store, (struct flow_filter){ 0 },
		    " 0/0 ignored\nOPTIONS out 200/200 single\nACK 0/0 single\n"
		    "INVITE 486/486 no-ack\nINVITE 0/0 timeout\n");
	flow_store_free(store);
}

static void filters(void **state)
{
	struct flow_store *store = store_new(10, FLOW_MIN_MESSAGES);
	uint64_t invite = begin(store, SIP_INVITE), options = begin(store, SIP_OPTIONS);
	struct flow_filter filter = { .method = "OPTIONS" };

	(void)state;
	answer(store, &options, 200);
	assert_told(store, filter, "OPTIONS 200/200 answered\n");
	assert_told(store, (struct flow_filter){ .state = FLOW_ONLY_RUNNING }, "INVITE 0/0 \n");
	assert_told(store, (struct flow_filter){ .state = FLOW_ONLY_FINISHED },
		    "OPTIONS 200/200 answered\n");
	assert_told(store, (struct flow_filter){ .code_min = 200, .code_max = 299 },
		    "OPTIONS 200/200 answered\n");
	assert_told(store, (struct flow_filter){ .code_min = 300, .code_max = 399 }, "");
	assert_told(store, (struct flow_filter){ .mark = invite }, "INVITE 0/0 \n");
	assert_told(store, (struct flow_filter){ .mark = UINT64_MAX }, "");
	assert_told(store, (struct flow_filter){ .call_id = "id@host" },
		    "OPTIONS 200/200 answered\nINVITE 0/0 \n");
	assert_told(store, (struct flow_filter){ .call_id = "id@hos" }, "");
	assert_told(store, (struct flow_filter){ .call_id = "id@host2" }, "");
	assert_told(store, (struct flow_filter){ .since_ns = UINT64_MAX }, "");
	filter = (struct flow_filter){ .peer = peer.remote };
	assert_told(store, filter, "OPTIONS 200/200 answered\nINVITE 0/0 \n");
	tp_addr_set_port(&filter.peer, 0);
	assert_told(store, filter, "OPTIONS 200/200 answered\nINVITE 0/0 \n");
	tp_addr_set_port(&filter.peer, 1);
	assert_told(store, filter, "");
	flow_store_free(store);
}

static void a_long_call_id_is_found_by_its_beginning(void **state)
{
	struct flow_store *store = store_new(2, 0);
	char call_id[200];
	uint64_t mark = 0;

	(void)state;
	memset(call_id, 'c', sizeof(call_id) - 1);
	call_id[sizeof(call_id) - 1] = '\0';
	flow_trace(
		store, &mark,
		&(struct sip_trace){ .flow = &peer, .request = true, .call_id = view_str(call_id) },
		"", NULL);
	assert_told(store, (struct flow_filter){ .call_id = call_id }, " 0/0 \n");
	call_id[0] = 'x';
	assert_told(store, (struct flow_filter){ .call_id = call_id }, "");
	flow_store_free(store);
}

/* Of 4 records those go that finished first; of running ones only when there is no other. */
static void what_goes_first(void **state)
{
	struct flow_store *store = store_new(4, FLOW_MIN_MESSAGES);
	uint64_t running = begin(store, SIP_INVITE), first = begin(store, SIP_OPTIONS);
	uint64_t second = begin(store, SIP_BYE), mark;
	struct flow_counts counts;

	(void)state;
	answer(store, &second, 200);
	answer(store, &first, 200);
	for (int i = 0; i < 2; i++) {
		mark = begin(store, SIP_REGISTER);
		answer(store, &mark, 200);
	}
	/* The BYE finished before the OPTIONS, though it began later. */
	assert_null(flow_of(store, second));
	assert_told(store, (struct flow_filter){ 0 },
		    "REGISTER 200/200 answered\nREGISTER 200/200 answered\n"
		    "OPTIONS 200/200 answered\nINVITE 0/0 \n");
	for (int i = 0; i < 3; i++)
		begin(store, SIP_MESSAGE);
	assert_non_null(flow_of(store, running));
	begin(store, SIP_MESSAGE);
	assert_null(flow_of(store, running));
	/* What still comes of it changes nothing. */
	answer(store, &running, 200);
	flow_ended(store, running, SIP_ENDED);
	flow_own(store, running, "0123456789abcdef");
	flow_note(store, running, "x");
	assert_told(store, (struct flow_filter){ 0 },
		    "MESSAGE 0/0 \nMESSAGE 0/0 \nMESSAGE 0/0 \nMESSAGE 0/0 \n");
	flow_counts(store, &counts);
	assert_int_equal(counts.flows, 4);
	assert_int_equal(counts.total, 9);
	assert_int_equal(counts.replaced_running, 1);
	flow_store_free(store);
}

/* The record that a cursor is at may go meanwhile: the rest is told all the same. */
static void a_page_goes_on_where_the_last_one_ended(void **state)
{
	struct flow_store *store = store_new(6, FLOW_MIN_MESSAGES);
	static const enum sip_method methods[] = { SIP_INVITE, SIP_OPTIONS, SIP_BYE,
						   SIP_INFO,   SIP_UPDATE,  SIP_PRACK };
	struct flow_filter all = { 0 };
	struct flow_cursor cursor = { 0 };
	uint64_t marks[6];

	(void)state;
	for (int i = 0; i < 6; i++)
		marks[i] = begin(store, methods[i]);
	told[0] = '\0';
	assert_true(flow_each(store, &all, &cursor, 2, tell, NULL));
	assert_string_equal(told, "PRACK 0/0 \nUPDATE 0/0 \n");
	answer(store, &marks[4], 200);
	begin(store, SIP_NOTIFY);
	told[0] = '\0';
	while (flow_each(store, &all, &cursor, 2, tell, NULL))
		;
	assert_string_equal(told, "INFO 0/0 \nBYE 0/0 \nOPTIONS 0/0 \nINVITE 0/0 \n");
	flow_store_free(store);
}

/* --- messages --- */

static size_t messages_told;

static void tell_message(void *arg, const struct flow_message *message)
{
	size_t len = strlen(told);

	(void)arg;
	messages_told++;
	if (len + 64 < sizeof(told))
		snprintf(told + len, sizeof(told) - len, "%s%.*s|", message->outgoing ? ">" : "<",
			 message->octets.len < 20 ? (int)message->octets.len : 20,
			 message->octets.p);
}

static void tell_messages(const struct flow_store *store, struct flow_filter filter, size_t max)
{
	struct flow_cursor cursor = { 0 };

	told[0] = '\0';
	messages_told = 0;
	while (flow_each_message(store, &filter, &cursor, max, tell_message, NULL))
		;
}

static void messages_newest_first(void **state)
{
	struct flow_store *store = store_new(4, FLOW_MIN_MESSAGES);
	uint64_t one = 0, two = 0;

	(void)state;
	for (size_t max = 1; max < 1000; max *= 7) {
		one = two = 0;
		trace_text(store, &one, false, 0, SIP_INVITE, "one 1");
		trace_text(store, &two, false, 0, SIP_BYE, "two 1");
		trace_text(store, &one, true, 100, SIP_INVITE, "one 2");
		trace_text(store, &two, true, 200, SIP_BYE, "two 2");
		trace_text(store, &one, true, 200, SIP_INVITE, "one 3");
		tell_messages(store, (struct flow_filter){ .mark = one }, max);
		assert_string_equal(told, ">one 3|>one 2|<one 1|");
		tell_messages(store, (struct flow_filter){ .mark = two }, max);
		assert_string_equal(told, ">two 2|<two 1|");
	}
	tell_messages(store, (struct flow_filter){ 0 }, 1);
	assert_int_equal(messages_told, 4 * 5 / 2);
	flow_store_free(store);
}

/* A cursor that is not one of ours tells of no octets but those of the flow's messages. */
static void a_cursor_leads_to_messages_of_its_flow_only(void **state)
{
	struct flow_store *store = store_new(4, FLOW_MIN_MESSAGES);
	const struct flow_filter all = { 0 };
	uint64_t one = 0, two = 0, places[2];

	(void)state;
	trace_text(store, &one, false, 0, SIP_INVITE, "one 1");
	places[0] = flow_of(store, one)->newest;
	trace_text(store, &two, false, 0, SIP_BYE, "two 1");
	trace_text(store, &one, true, 200, SIP_INVITE, "one 2, which is long enough to begin in");
	places[1] = flow_of(store, one)->newest;
	for (uint64_t place = 1; place <= store->ring.head + 2; place++) {
		struct flow_cursor cursor = { .mark = one, .message = place };

		told[0] = '\0';
		assert_false(flow_each_message(store, &all, &cursor, SIZE_MAX, tell_message, NULL));
		assert_string_equal(told, place == places[1] ? ">one 2, which is long|<one 1|" :
					  place == places[0] ? "<one 1|" :
							       "");
	}
	flow_store_free(store);
}

/* Of what has been written over nothing is told, and of what is there no octet is wrong. */
static void the_ring_wraps(void **state)
{
	struct flow_store *store = store_new(8, 4096);
	uint64_t mark = begin(store, SIP_INVITE);
	char text[2000];

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		size_t len = 1 + (i * 37) % 1500;

		memset(text, 'a' + i % 26, len);
		text[len] = '\0';
		trace_text(store, &mark, true, 180, SIP_INVITE, text);
		told[0] = '\0';
		if (!i || i % 97)
			continue;
		tell_messages(store, (struct flow_filter){ 0 }, SIZE_MAX);
		assert_true(messages_told >= 1 && messages_told < 4096 / 24);
		for (const char *p = told; *p; p = strchr(p, '|') + 1)
			for (const char *q = p + 1; *q != '|'; q++)
				assert_int_equal(*q, p[1]);
		assert_int_equal(told[1], 'a' + i % 26);
	}
	flow_store_free(store);
}

static void a_message_that_fills_the_ring(void **state)
{
	struct flow_store *store = store_new(2, 1024);
	char text[1024];
	uint64_t mark = begin(store, SIP_INVITE);

	(void)state;
	memset(text, 'x', sizeof(text));
	text[1000] = '\0';
	trace_text(store, &mark, false, 0, SIP_INVITE, text);
	tell_messages(store, (struct flow_filter){ 0 }, SIZE_MAX);
	assert_int_equal(messages_told, 1);
	/* One octet more than there is room for is not kept, and drives nothing out. */
	memset(text, 'y', sizeof(text));
	text[1001] = '\0';
	trace_text(store, &mark, false, 0, SIP_INVITE, text);
	tell_messages(store, (struct flow_filter){ 0 }, SIZE_MAX);
	assert_int_equal(messages_told, 1);
	assert_int_equal(told[1], 'x');
	flow_store_free(store);
}

static void nothing_is_kept_without_room(void **state)
{
	struct flow_store *store = store_new(0, FLOW_MIN_MESSAGES);
	uint64_t mark = begin(store, SIP_INVITE);

	(void)state;
	assert_int_equal(mark, 0);
	assert_told(store, (struct flow_filter){ 0 }, "");
	assert_null(store->ring.octets);
	flow_store_free(store);
	store = store_new(2, 0);
	mark = begin(store, SIP_INVITE);
	assert_told(store, (struct flow_filter){ 0 }, "INVITE 0/0 \n");
	tell_messages(store, (struct flow_filter){ 0 }, SIZE_MAX);
	assert_int_equal(messages_told, 0);
	flow_store_free(store);
}

/* What sipd.yaml(5) promises. */
static void memory_is_bounded(void **state)
{
	(void)state;
	assert_true(sizeof(struct flow) <= 512);
	assert_true(sizeof(struct flow_entry) <= 24);
}

static void without_memory_there_is_no_store(void **state)
{
	const struct flow_config config = { 4, FLOW_MIN_MESSAGES };
	struct flow_store *store;

	(void)state;
	for (unsigned int n = 1; n <= 3; n++) {
		fail_at = n;
		assert_int_equal(flow_store_alloc(&store, &config), -ENOMEM);
		assert_null(store);
		fail_at = 0;
	}
	/* Afterwards a message needs none. */
	store = store_new(4, FLOW_MIN_MESSAGES);
	for (int i = 0; i < 100; i++) {
		uint64_t mark;

		fail_at = 1;
		mark = begin(store, SIP_INVITE);
		answer(store, &mark, 200);
		assert_int_equal(fail_at, 1);
	}
	fail_at = 0;
	flow_store_free(store);
}

static int set_up(void **state)
{
	(void)state;
	return tp_addr_parse(&peer.remote, VIEW_LIT("10.0.0.1:5060"), 0) ||
	       tp_addr_parse(&listener.local, VIEW_LIT("10.0.0.2:5060"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transaction_is_one_record),
		cmocka_unit_test(how_it_ends),
		cmocka_unit_test(filters),
		cmocka_unit_test(a_long_call_id_is_found_by_its_beginning),
		cmocka_unit_test(what_goes_first),
		cmocka_unit_test(a_page_goes_on_where_the_last_one_ended),
		cmocka_unit_test(messages_newest_first),
		cmocka_unit_test(a_cursor_leads_to_messages_of_its_flow_only),
		cmocka_unit_test(the_ring_wraps),
		cmocka_unit_test(a_message_that_fills_the_ring),
		cmocka_unit_test(nothing_is_kept_without_room),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(without_memory_there_is_no_store),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
