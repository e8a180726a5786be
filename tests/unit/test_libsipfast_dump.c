// SPDX-License-Identifier: GPL-2.0-or-later
/* Dumps, in parts and interrupted, and events, as libsipfast hands them on. */
#include "kernel_fixture.h"

/* A session with one endpoint, as the kernel would send it. */
static void push_session(const struct nlmsghdr *request, uint8_t cmd, uint16_t flags, uint64_t id,
			 uint32_t endpoint)
{
	struct nlmsghdr *nlh = message(request, cmd, flags);
	struct nlattr *session = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION), *nest;

	mnl_attr_put_u64(nlh, SIPFAST_A_SESSION_ID, id);
	mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_OWNER, SF_OWNER_SIPD);
	nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION_ENDPOINT);
	mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_ID, endpoint);
	mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_REMOTE_ADDR4, inet_addr("10.0.0.1"));
	mnl_attr_put_u16(nlh, SIPFAST_A_ENDPOINT_REMOTE_PORT, htons(4000));
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, session);
	push(nlh);
}

/* --- dumps --------------------------------------------------------------------------------- */

static uint64_t got[16];
static unsigned int ngot, stop_at;
static unsigned int endpoints_got;

static int collect(const struct sf_session *session, void *arg)
{
	(void)arg;
	assert_true(ngot < 16);
	got[ngot++] = session->id;
	endpoints_got = session->nendpoints;
	return ngot == stop_at ? 7 : 0;
}

static int dump(void)
{
	ngot = 0;
	return sf_session_dump(client, NULL, collect, NULL);
}

static void send_in_parts(const struct nlmsghdr *request)
{
	push_session(request, SIPFAST_CMD_SESSION_GET, NLM_F_MULTI, 1, 1);
	push_session(request, SIPFAST_CMD_SESSION_GET, NLM_F_MULTI, 2, 1);
	push_session(request, SIPFAST_CMD_SESSION_GET, NLM_F_MULTI, 2, 2);
	push_session(request, SIPFAST_CMD_SESSION_GET, NLM_F_MULTI, 2, 3);
	push_done(request, 0);
}

static void a_session_in_parts_is_put_together(void **state)
{
	(void)state;
	kernel = send_in_parts;
	stop_at = 0;
	assert_int_equal(dump(), 0);
	assert_int_equal(ngot, 2);
	assert_int_equal(got[1], 2);
	assert_int_equal(endpoints_got, 3);
}

static void a_callback_ends_a_dump(void **state)
{
	(void)state;
	kernel = send_in_parts;
	stop_at = 1;
	assert_int_equal(dump(), 7);
	assert_int_equal(ngot, 1);
	/* The rest was read: the socket is good for the next request. */
	assert_int_equal(queue_head, queue_tail);
}

/* The second session went away in the first pass, the third was missed. */
static void interrupt_once(const struct nlmsghdr *request)
{
	uint16_t flags = NLM_F_MULTI | (requests == 1 ? NLM_F_DUMP_INTR : 0);

	push_session(request, SIPFAST_CMD_SESSION_GET, flags, 1, 1);
	push_session(request, SIPFAST_CMD_SESSION_GET, flags, requests == 1 ? 2 : 3, 1);
	push_done(request, 0);
}

static void interrupt_always(const struct nlmsghdr *request)
{
	push_session(request, SIPFAST_CMD_SESSION_GET, NLM_F_MULTI, requests, 1);
	push_done(request, NLM_F_DUMP_INTR);
}

static void an_interrupted_dump_is_repeated(void **state)
{
	(void)state;
	stop_at = 0;
	kernel = interrupt_once;
	assert_int_equal(dump(), 0);
	assert_int_equal(requests, 2);
	assert_int_equal(ngot, 3);
	assert_int_equal(got[0], 1);
	assert_int_equal(got[1], 2);
	assert_int_equal(got[2], 3);
	requests = 0;
	kernel = interrupt_always;
	assert_int_equal(dump(), 0);
	assert_int_equal(requests, SF_DUMP_PASSES);
	assert_int_equal(ngot, SF_DUMP_PASSES);
}

/* An ID of 4 octets, and an endpoint of a nest that ends in the middle of an attribute. */
static void send_nonsense(const struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = message(request, SIPFAST_CMD_SESSION_GET, NLM_F_MULTI);
	struct nlattr *session = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION);

	if (requests == 1)
		mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_ID, 1);
	else
		mnl_attr_put_u64(nlh, SIPFAST_A_SESSION_ID, 1);
	if (requests == 2)
		mnl_attr_put(nlh, SIPFAST_A_SESSION_ENDPOINT | NLA_F_NESTED, 6,
			     "\x08\x00\x02\x00\x01\x00");
	mnl_attr_nest_end(nlh, session);
	push(nlh);
	push_done(request, 0);
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	stop_at = 0;
	kernel = send_nonsense;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dump(), -EPROTO);
		assert_string_equal(sf_error(client), "the kernel's answer is malformed");
		assert_int_equal(ngot, 0);
	}
}

/* --- events -------------------------------------------------------------------------------- */

static char events[64];

static void note_event(const struct sf_event *event, void *arg)
{
	static const char letters[] = {
		[SF_EVENT_LEARNED] = 'L',
		[SF_EVENT_TIMEOUT] = 'T',
		[SF_EVENT_OVERRUN] = 'O',
	};
	const struct sf_session *session = event->session;

	(void)arg;
	assert_int_equal(event->type == SF_EVENT_OVERRUN, session == NULL);
	if (session) {
		assert_int_equal(session->id, 5);
		assert_int_equal(session->endpoints[0].remote.port, htons(4000));
	}
	events[strlen(events)] = letters[event->type];
}

static void events_are_read_until_none_waits(void **state)
{
	struct sf_monitor *monitor;

	(void)state;
	assert_int_equal(sf_monitor_open(&monitor), 0);
	assert_int_equal(joined, 9);
	assert_int_equal(sf_monitor_read(monitor, note_event, NULL), 0);
	push_session(NULL, SIPFAST_CMD_EVENT_LEARNED, 0, 5, 1);
	push_error(ENOBUFS);
	push_session(NULL, SIPFAST_CMD_EVENT_TIMEOUT, 0, 5, 1);
	push_session(NULL, SIPFAST_CMD_MAX + 1, 0, 5, 1);
	assert_int_equal(sf_monitor_read(monitor, note_event, NULL), 3);
	assert_string_equal(events, "LOT");
	sf_monitor_close(monitor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_in_parts_is_put_together),
		TEST(a_callback_ends_a_dump),
		TEST(an_interrupted_dump_is_repeated),
		TEST(nonsense_is_refused),
		TEST(events_are_read_until_none_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
