// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libsipfast before a kernel that is played here: what goes wrong between the two is rare with
 * a real one. Sending and receiving are replaced (see LDFLAGS_test_libsipfast).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libsipfast/client.h"

#define FAMILY 30
#define DATAGRAMS_MAX 4096

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *buf, size_t len);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size);
int __wrap_mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len);

/* --- the kernel that is played ------------------------------------------------------------- */

/* What waits for recvfrom(): a datagram, or an error. */
static struct {
	void *data;
	size_t len;
	int err;
} queue[DATAGRAMS_MAX];
static size_t queue_head, queue_tail;

/* Answers one request. */
static void (*kernel)(const struct nlmsghdr *request);
static unsigned int sends, requests;

static void queue_clear(void)
{
	while (queue_head < queue_tail)
		free(queue[queue_head++].data);
	queue_head = queue_tail = 0;
}

static void push_error(int err)
{
	assert_true(queue_tail < DATAGRAMS_MAX);
	queue[queue_tail].data = NULL;
	queue[queue_tail++].err = err;
}

static void push(const struct nlmsghdr *nlh)
{
	assert_true(queue_tail < DATAGRAMS_MAX);
	queue[queue_tail].err = 0;
	queue[queue_tail].len = nlh->nlmsg_len;
	queue[queue_tail].data = malloc(nlh->nlmsg_len);
	assert_non_null(queue[queue_tail].data);
	memcpy(queue[queue_tail++].data, nlh, nlh->nlmsg_len);
}

ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size)
{
	size_t i = queue_head;

	(void)nl;
	if (queue_head == queue_tail) {
		errno = EAGAIN;
		return -1;
	}
	queue_head++;
	if (!queue[i].data) {
		errno = queue[i].err;
		return -1;
	}
	assert_true(queue[i].len <= size);
	memcpy(buf, queue[i].data, queue[i].len);
	free(queue[i].data);
	return queue[i].len;
}

int __wrap_mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
	(void)nl;
	(void)type;
	(void)buf;
	(void)len;
	return 0;
}

static char scratch[65536] __attribute__((aligned(8)));

static struct nlmsghdr *answer(const struct nlmsghdr *request, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(scratch);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = request ? request->nlmsg_seq : 0;
	return nlh;
}

static struct nlmsghdr *message(const struct nlmsghdr *request, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = answer(request, request ? request->nlmsg_type : FAMILY, flags);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static struct nlmsghdr *error_begin(const struct nlmsghdr *request, int err)
{
	struct nlmsghdr *nlh = answer(request, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	struct nlmsgerr *msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));

	msg->error = err;
	msg->msg = *request;
	return nlh;
}

static void push_ack(const struct nlmsghdr *request, int err)
{
	push(error_begin(request, err));
}

static void push_done(const struct nlmsghdr *request, uint16_t flags)
{
	struct nlmsghdr *nlh = answer(request, NLMSG_DONE, NLM_F_MULTI | flags);

	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = 0;
	push(nlh);
}

static void answer_getfamily(const struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = message(request, CTRL_CMD_NEWFAMILY, 0);
	struct nlattr *groups, *group;

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, SIPFAST_MCGRP_MEDIA);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, 9);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	push(nlh);
	push_ack(request, 0);
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *buf, size_t len)
{
	const struct nlmsghdr *nlh = buf;
	int rest = len;

	(void)nl;
	sends++;
	for (; mnl_nlmsg_ok(nlh, rest); nlh = mnl_nlmsg_next(nlh, &rest)) {
		if (nlh->nlmsg_type == GENL_ID_CTRL && kernel != NULL) {
			answer_getfamily(nlh);
			continue;
		}
		requests++;
		if (kernel)
			kernel(nlh);
		else
			push_ack(nlh, -ENOENT);
	}
	return len;
}

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

/* --- a client for each test ---------------------------------------------------------------- */

static struct sf_client *client;

static void acknowledge(const struct nlmsghdr *request)
{
	push_ack(request, 0);
}

static int open_client(void **state)
{
	(void)state;
	queue_clear();
	kernel = acknowledge;
	if (sf_open(&client))
		return -1;
	sends = requests = 0;
	return 0;
}

static int close_client(void **state)
{
	(void)state;
	sf_close(client);
	queue_clear();
	return 0;
}

static void a_missing_module_is_told(void **state)
{
	struct sf_client *none = client;

	(void)state;
	kernel = NULL;
	assert_int_equal(sf_open(&none), -ENOENT);
	assert_null(none);
	assert_string_equal(sf_error(NULL), "the sipfast kernel module is not loaded");
}

/* --- refusals ------------------------------------------------------------------------------ */

static uint32_t refused_type; /* attribute of the second endpoint to point at */
static bool refused_missing;

/* The offset of the last attribute @type at @depth, or of the last nest there when type is 0. */
static uint32_t offset_of(const struct nlmsghdr *nlh, const struct nlattr *nest, uint32_t type)
{
	const struct nlattr *attr;
	uint32_t offset = 0;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			offset = (const char *)attr - (const char *)nlh;
	return offset;
}

static void refuse(const struct nlmsghdr *request)
{
	const struct nlattr *session = mnl_nlmsg_get_payload_offset(request, GENL_HDRLEN);
	uint32_t nest = offset_of(request, session, SIPFAST_A_SESSION_ENDPOINT);
	struct nlmsghdr *nlh = error_begin(request, -EINVAL);

	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "no good");
	if (refused_missing) {
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE, refused_type);
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_NEST, nest);
	} else if (refused_type) {
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
				 offset_of(request, (const void *)((const char *)request + nest),
					   refused_type));
	}
	push(nlh);
}

static void a_refusal_names_the_attribute(void **state)
{
	static const struct {
		uint32_t type;
		bool missing;
		const char *text;
	} cases[] = {
		{ 0, false, "no good, session 17" },
		{ SIPFAST_A_ENDPOINT_DSCP, false, "no good, session 17, endpoint 2, dscp" },
		{ SIPFAST_A_ENDPOINT_ID, false, "no good, session 17, endpoint 2, id" },
		{ SIPFAST_A_ENDPOINT_FORWARD, false, "no good, session 17, endpoint 2, forward" },
		{ SIPFAST_A_ENDPOINT_LOCAL_PORT, true,
		  "no good, session 17, endpoint 2, local port missing" },
	};
	struct sf_session session = { .id = 17, .nendpoints = 2 };

	(void)state;
	for (int i = 0; i < 2; i++)
		session.endpoints[i] = (struct sf_endpoint){ .id = i + 1,
							     .has = SF_HAS_DSCP | SF_HAS_FORWARDS,
							     .forwards = { 1 },
							     .nforwards = 1 };
	kernel = refuse;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refused_type = cases[i].type;
		refused_missing = cases[i].missing;
		assert_int_equal(sf_session_add(client, &session), -EINVAL);
		assert_string_equal(sf_error(client), cases[i].text);
	}
}

static void refuse_without_a_word(const struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = error_begin(request, -EPERM);

	nlh->nlmsg_flags = NLM_F_CAPPED;
	push(nlh);
}

static void say_nothing(const struct nlmsghdr *request)
{
	(void)request;
}

static void silence_is_an_error(void **state)
{
	(void)state;
	kernel = refuse_without_a_word;
	assert_int_equal(sf_session_flush(client, NULL), -EPERM);
	assert_string_equal(sf_error(client), "Operation not permitted");
	kernel = say_nothing;
	assert_int_equal(sf_session_flush(client, NULL), -EIO);
	assert_string_equal(sf_error(client), "the kernel gave no answer");
}

/* An old answer that comes late is not taken for the new one. */
static void answer_the_last_one_again(const struct nlmsghdr *request)
{
	struct nlmsghdr old = *request;

	old.nlmsg_seq--;
	push_ack(&old, -EBUSY);
	push_ack(request, 0);
}

static void answers_belong_to_their_request(void **state)
{
	(void)state;
	kernel = answer_the_last_one_again;
	assert_int_equal(sf_session_flush(client, NULL), 0);
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

/* --- batches ------------------------------------------------------------------------------- */

#define MANY 1000

static void refuse_some(const struct nlmsghdr *request)
{
	push_ack(request, requests == 300 ? -ENOENT :
			  requests == 700 ? -EPERM :
			  requests == 800 ? -EBUSY :
					    0);
}

static void a_batch_takes_few_sends(void **state)
{
	static uint64_t ids[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		ids[i] = i + 1;
	kernel = refuse_some;
	assert_int_equal(sf_session_del_batch(client, ids, MANY), -EPERM);
	assert_string_equal(sf_error(client), "Operation not permitted, session 700");
	assert_int_equal(requests, MANY);
	assert_int_equal(sends, (MANY + client->acks_max - 1) / client->acks_max);
	assert_true(sends < MANY / 50);
}

static void lose_one(const struct nlmsghdr *request)
{
	if (requests == 3)
		push_error(ENOBUFS);
	else
		push_ack(request, 0);
}

/* The requests behind it are sent all the same. */
static void a_lost_acknowledgement_is_told(void **state)
{
	static const uint64_t ids[] = { 1, 2, 3, 4, 5 };

	(void)state;
	client->acks_max = 3;
	kernel = lose_one;
	assert_int_equal(sf_session_del_batch(client, ids, 5), -ENOBUFS);
	assert_string_equal(sf_error(client),
			    "cannot receive from the kernel: No buffer space available");
	assert_int_equal(requests, 5);
	assert_int_equal(sends, 2);
}

/* --- events -------------------------------------------------------------------------------- */

static char events[64];

static void note_event(enum sf_event_type type, const struct sf_session *session, void *arg)
{
	static const char letters[] = "LTO";

	(void)arg;
	assert_int_equal(type == SF_EVENT_OVERRUN, session == NULL);
	if (session) {
		assert_int_equal(session->id, 5);
		assert_int_equal(session->endpoints[0].remote.sin_port, htons(4000));
	}
	events[strlen(events)] = letters[type];
}

static void events_are_read_until_none_waits(void **state)
{
	struct sf_monitor *monitor;

	(void)state;
	assert_int_equal(sf_monitor_open(&monitor), 0);
	assert_int_equal(sf_monitor_read(monitor, note_event, NULL), 0);
	push_session(NULL, SIPFAST_CMD_EVENT_LEARNED, 0, 5, 1);
	push_error(ENOBUFS);
	push_session(NULL, SIPFAST_CMD_EVENT_TIMEOUT, 0, 5, 1);
	push_session(NULL, SIPFAST_CMD_MAX + 1, 0, 5, 1);
	assert_int_equal(sf_monitor_read(monitor, note_event, NULL), 3);
	assert_string_equal(events, "LOT");
	sf_monitor_close(monitor);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_client, close_client)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_module_is_told),
		TEST(a_refusal_names_the_attribute),
		TEST(silence_is_an_error),
		TEST(answers_belong_to_their_request),
		TEST(a_session_in_parts_is_put_together),
		TEST(a_callback_ends_a_dump),
		TEST(an_interrupted_dump_is_repeated),
		TEST(nonsense_is_refused),
		TEST(a_batch_takes_few_sends),
		TEST(a_lost_acknowledgement_is_told),
		TEST(events_are_read_until_none_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
