// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests of libsipfast, one or many at once, and what goes wrong between it and the kernel: that
 * is rare with a real one.
 */
#include "kernel_fixture.h"

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
		{ SIPFAST_A_ENDPOINT_FORWARD, false, "no good, session 17, endpoint 2, forward 1" },
		{ SIPFAST_A_ENDPOINT_LOCAL_PORT, true,
		  "no good, session 17, endpoint 2, local port missing" },
	};
	struct sf_session session = { .id = 17, .nendpoints = 2 };

	(void)state;
	for (int i = 0; i < 2; i++)
		session.endpoints[i] = (struct sf_endpoint){ .id = i + 1,
							     .has = SF_HAS_DSCP | SF_HAS_FORWARDS,
							     .forwards = { { .to = 1 } },
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

/* --- requests about one session: silence is consent -------------------------------------- */

static unsigned int acks_wanted;

static void carry_out_silently(const struct nlmsghdr *request)
{
	acks_wanted += request->nlmsg_flags & NLM_F_ACK ? 1 : 0;
}

static void what_is_not_refused_is_done(void **state)
{
	static const struct sf_session session = { .id = 17 };

	(void)state;
	kernel = carry_out_silently;
	acks_wanted = 0;
	assert_int_equal(sf_session_add(client, &session), 0);
	assert_int_equal(sf_session_set(client, &session), 0);
	assert_int_equal(sf_session_del(client, 17, NULL), 0);
	assert_int_equal(requests, 3);
	assert_int_equal(acks_wanted, 0);
}

static void refuse_the_last_one_too(const struct nlmsghdr *request)
{
	struct nlmsghdr old = *request;

	old.nlmsg_seq--;
	push_ack(&old, -EBUSY);
	if (requests == 2)
		push_ack(request, -ENOENT);
}

/* A refusal of before that comes late is not taken for one of this request. */
static void a_refusal_belongs_to_its_request(void **state)
{
	(void)state;
	kernel = refuse_the_last_one_too;
	assert_int_equal(sf_session_del(client, 1, NULL), 0);
	assert_int_equal(sf_session_del(client, 2, NULL), -ENOENT);
	assert_string_equal(sf_error(client), "No such file or directory, session 2");
	assert_int_equal(sf_session_del(client, 3, NULL), 0);
}

static void lose_the_refusal(const struct nlmsghdr *request)
{
	(void)request;
	push_error(ENOBUFS);
}

/* That is how the kernel says that it had no memory for one. */
static void a_lost_refusal_is_told(void **state)
{
	static const struct sf_session session = { .id = 17 };

	(void)state;
	kernel = lose_the_refusal;
	assert_int_equal(sf_session_set(client, &session), -ENOBUFS);
	assert_string_equal(sf_error(client),
			    "cannot receive from the kernel: No buffer space available");
}

static void an_answer_that_is_missing_is_told(void **state)
{
	static struct sf_session session;

	(void)state;
	kernel = carry_out_silently;
	assert_int_equal(sf_session_del(client, 17, &session), -EPROTO);
	assert_string_equal(sf_error(client), "the kernel deleted the session silently");
	assert_int_equal(sf_session_get(client, 17, &session), -EPROTO);
	assert_string_equal(sf_error(client), "the kernel sent no session");
}

static void know_nothing_of_brief(const struct nlmsghdr *request)
{
	const struct nlattr *nest = mnl_nlmsg_get_payload_offset(request, GENL_HDRLEN);
	struct nlmsghdr *nlh;

	if (mnl_attr_get_payload_len(nest) > MNL_ALIGN(MNL_ATTR_HDRLEN + sizeof(uint64_t))) {
		push_ack(request, -EINVAL);
		return;
	}
	nlh = message(request, SIPFAST_CMD_SESSION_GET, 0);
	memcpy(mnl_nlmsg_get_payload_tail(nlh), nest, nest->nla_len);
	nlh->nlmsg_len += nest->nla_len;
	push(nlh);
}

static void an_older_module_tells_all(void **state)
{
	static struct sf_session session;

	(void)state;
	kernel = know_nothing_of_brief;
	assert_int_equal(sf_session_get_brief(client, 17, &session), 0);
	assert_int_equal(session.id, 17);
	assert_int_equal(sf_session_del_brief(client, 18, &session), 0);
	assert_int_equal(session.id, 18);
	assert_int_equal(requests, 4);
	kernel = refuse_without_a_word;
	assert_int_equal(sf_session_del_brief(client, 18, &session), -EPERM);
	assert_int_equal(requests, 5);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_module_is_told),
		TEST(a_refusal_names_the_attribute),
		TEST(silence_is_an_error),
		TEST(answers_belong_to_their_request),
		TEST(what_is_not_refused_is_done),
		TEST(a_refusal_belongs_to_its_request),
		TEST(a_lost_refusal_is_told),
		TEST(an_answer_that_is_missing_is_told),
		TEST(an_older_module_tells_all),
		TEST(a_batch_takes_few_sends),
		TEST(a_lost_acknowledgement_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
