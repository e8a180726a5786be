// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions read back as they were written, and once more when they are deleted. */
#define _GNU_SOURCE
#include "nl_lib.h"

static void a_session_reads_back_as_written(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD,
	     "session{id=18446744073709551615 owner=4294967295 timeout=86400000 "
	     "endpoint{id=4294967295 laddr=127.0.0.1 lport=39999 raddr=10.1.2.3 rport=65535 "
	     "component=2 learn=1 from=10.1.0.0 prefix=16 source=1 dscp=63 ttl=255 clock=192000 "
	     "forward{to=1} forward{to=4294967295}} "
	     "endpoint{id=1 laddr=127.0.0.1 lport=30000}}");
	expect_text(
		"session", client_do(&client, GET, "session{id=18446744073709551615}")->body,
		"session{id=18446744073709551615 owner=4294967295 timeout=86400000 "
		"endpoint{id=4294967295 laddr=127.0.0.1 lport=39999 raddr=10.1.2.3 rport=65535 "
		"component=2 learn=1 from=10.1.0.0 prefix=16 source=1 dscp=63 ttl=255 "
		"clock=192000 inactive=0 dtmftype=255 forward{to=1} forward{to=4294967295} " NO_RX
		" " NO_TX "} "
		"endpoint{id=1 laddr=127.0.0.1 lport=30000 " DEFAULTS " " NO_RX " " NO_TX "}}");
}

static void everything_new_reads_back_as_written(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, RANGE_ADD, RANGE6);
	must(&client, ADD,
	     "session{id=1 endpoint{id=1 laddr6=::1 lport=30000 raddr6=2001:db8::1 rport=4000 "
	     "learn=2 from6=2001:db8:: prefix=128 learnms=600000 inactive=86400000 dtmftype=127 "
	     "forward{to=2 mode=1 pts=" PTS_32 " ssrc=4294967295 seq=65535 "
	     "timestamp=4294967295 dscp=63 ttl=255} forward{to=1 mode=2 ssrc=0 dscp=0 ttl=1}} "
	     "endpoint{id=2 laddr=127.0.0.1 lport=30000 inactive=100 dtmftype=0}}");
	expect_text("session", client_do(&client, GET, "session{id=1}")->body,
		    "session{id=1 owner=0 timeout=0 endpoint{id=1 laddr6=::1 lport=30000 "
		    "raddr6=2001:db8::1 rport=4000 component=0 learn=2 from6=2001:db8:: prefix=128 "
		    "source=0 dscp=0 ttl=64 clock=8000 inactive=86400000 dtmftype=127 "
		    "forward{to=2 mode=1 pts=" PTS_32 " ssrc=4294967295 seq=65535 "
		    "timestamp=4294967295 dscp=63 ttl=255} "
		    "forward{to=1 mode=2 ssrc=0 dscp=0 ttl=1} " NO_RX " " NO_TX "} "
		    "endpoint{id=2 laddr=127.0.0.1 lport=30000 component=0 learn=0 prefix=0 "
		    "source=0 dscp=0 ttl=64 clock=8000 inactive=100 dtmftype=0 " NO_RX " " NO_TX
		    "}}");
	/* Forwards are replaced as a whole, and no rewrite of before is left. */
	must(&client, SET,
	     "session{id=1 endpoint{id=1 learn=0 prefix=0 inactive=0 dtmftype=255 "
	     "forward{to=2} forward{to=1 seq=1}}}");
	expect(strstr(client_do(&client, GET, "session{id=1}")->body,
		      " rport=4000 " DEFAULTS " forward{to=2} forward{to=1 seq=1} rx{"),
	       "not changed: %s", client_do(&client, GET, "session{id=1}")->body);
}

/* What is about RTP is absent while an endpoint is transparent. */
static void a_transparent_endpoint_reads_back(void)
{
	/* clang-format off */
	static const char transparent[] =
		"session{id=1 owner=0 timeout=0 endpoint{id=1 laddr=127.0.0.1 lport=30000 "
		"component=3 learn=1 prefix=0 source=0 dscp=46 ttl=64 clock=8000 inactive=0 "
		"dtmftype=101 forward{to=2} " BARE_RX " " NO_TX "} "
		"endpoint{id=2 laddr=127.0.0.1 lport=30002 component=3 learn=0 prefix=0 source=0 "
		"dscp=0 ttl=64 clock=8000 inactive=0 dtmftype=255 forward{to=1 mode=2 dscp=1} "
		BARE_RX " " NO_TX "}}";
	/* clang-format on */

	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD,
	     "session{id=1 endpoint{id=1 laddr=127.0.0.1 lport=30000 component=3 learn=1 dscp=46 "
	     "dtmftype=101 forward{to=2}} endpoint{id=2 laddr=127.0.0.1 lport=30002 component=3 "
	     "forward{to=1 mode=2 dscp=1}}}");
	expect_text("transparent", client_do(&client, GET, "session{id=1}")->body, transparent);
	must(&client, SET, "session{id=1 endpoint{id=2 component=0 noforwards}}");
	expect(strstr(client_do(&client, GET, "session{id=1}")->body,
		      "endpoint{id=2 laddr=127.0.0.1 lport=30002 " DEFAULTS " " NO_RX " "),
	       "not RTP again: %s", client_do(&client, GET, "session{id=1}")->body);
}

/* What rewrites goes before, or with, what it cannot be done to. */
static void rewrites_and_transparency_exclude_each_other(void)
{
	static const char refused[] = "A transparent endpoint's forwards change nothing";
	const struct reply *reply;

	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD,
	     "session{id=1 endpoint{id=1 laddr=127.0.0.1 lport=30000 forward{to=1 ssrc=7}}}");
	reply = client_do(&client, SET, "session{id=1 endpoint{id=1 component=3}}");
	expect(reply->err == -EINVAL && !strcmp(reply->text, refused), "%d \"%s\"", reply->err,
	       reply->text);
	must(&client, SET, "session{id=1 endpoint{id=1 component=3 forward{to=1}}}");
	reply = client_do(&client, SET, "session{id=1 endpoint{id=1 forward{to=1 seq=1}}}");
	expect(reply->err == -EINVAL && !strcmp(reply->text, refused), "%d \"%s\"", reply->err,
	       reply->text);
	must(&client, SET, "session{id=1 endpoint{id=1 component=0 forward{to=1 seq=1}}}");
}

static void note_learn_ms(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *session = genlmsg_attrdata(nlmsg_data(nlh), 0);
	struct nlattr *ep =
		nla_find(nla_data(session), nla_len(session), SIPFAST_A_SESSION_ENDPOINT);
	struct nlattr *left =
		ep ? nla_find(nla_data(ep), nla_len(ep), SIPFAST_A_ENDPOINT_LEARN_MS) : NULL;

	if (left)
		*(uint32_t *)arg = nla_get_u32(left);
}

/* What is left of the window of endpoint 1 of session 1; UINT32_MAX when that is not said. */
static uint32_t learn_ms(void)
{
	static struct reply reply;
	struct nl_msg *msg = client_request(&client, GET, NLM_F_ACK, "session{id=1}", NULL);
	uint32_t left = UINT32_MAX;

	client_send(&client, msg);
	client_reply(&client, nlmsg_hdr(msg)->nlmsg_seq, &reply, note_learn_ms, &left);
	nlmsg_free(msg);
	return left;
}

static void a_window_runs_down(void)
{
	uint32_t left;

	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, "session{id=1 endpoint{id=1 laddr=127.0.0.1 lport=30000 learn=2}}");
	left = learn_ms();
	expect(left > 0 && left <= 10000, "by default %u ms are left", left);
	must(&client, SET, "session{id=1 endpoint{id=1 learn=2 learnms=600000}}");
	left = learn_ms();
	expect(left > 590000 && left <= 600000, "of 600000 ms %u are left", left);
	must(&client, SET, "session{id=1 endpoint{id=1 dscp=1}}");
	usleep(20000);
	expect(learn_ms() < left, "a change of something else restarts the window");
	must(&client, SET, "session{id=1 endpoint{id=1 learn=2 learnms=1}}");
	usleep(20000);
	expect(learn_ms() == 0, "%u ms are left of 1", learn_ms());
	must(&client, SET, "session{id=1 endpoint{id=1 learn=1}}");
	expect(learn_ms() == UINT32_MAX, "without a window %u ms are left", learn_ms());
}
static void a_deleted_session_is_echoed(void)
{
	const struct reply *reply;
	char *before;

	a_range_and_a_session();
	before = strdup(client_do(&client, GET, "session{id=1}")->body);
	reply = client_ask(&client, DEL, NLM_F_ACK | NLM_F_ECHO, "session{id=1}", NULL);
	expect(!reply->err && reply->messages == 1, "error %d, %d messages", reply->err,
	       reply->messages);
	expect_text("echo", reply->body, before);
	must(&client, ADD, SESSION1);
	reply = client_do(&client, DEL, "session{id=1}");
	expect(!reply->err && !reply->messages, "error %d, %d messages", reply->err,
	       reply->messages);
	expect(client_do(&client, GET, "session{id=1}")->err == -ENOENT, "still there");
	free(before);
}

/* Of what no packet came to there is nothing to tell; see nl_events.c for the rest. */
static void a_brief_answer_has_no_silent_endpoints(void)
{
	const struct reply *reply;

	a_range_and_a_session();
	reply = client_do(&client, GET, "session{id=1 brief}");
	expect_text("answer", reply->body, "session{id=1 brief}");
	reply = client_ask(&client, DEL, NLM_F_ACK | NLM_F_ECHO, "session{id=1 brief}", NULL);
	expect(!reply->err && reply->messages == 1, "error %d, %d messages", reply->err,
	       reply->messages);
	expect_text("echo", reply->body, "session{id=1 brief}");
	expect(client_do(&client, GET, "session{id=1 brief}")->err == -ENOENT, "still there");
	/* There is no answer to be brief. */
	must(&client, ADD, SESSION1);
	reply = client_do(&client, DEL, "session{id=1 brief}");
	expect(!reply->err && !reply->messages, "error %d, %d messages", reply->err,
	       reply->messages);
	reply = client_ask(&client, GET, NLM_F_DUMP, "session{owner=9 brief}", NULL);
	expect(reply->err == -EINVAL, "a brief dump: %d", reply->err);
}

static const struct test tests[] = {
	TEST(a_session_reads_back_as_written),
	TEST(everything_new_reads_back_as_written),
	TEST(a_transparent_endpoint_reads_back),
	TEST(rewrites_and_transparency_exclude_each_other),
	TEST(a_window_runs_down),
	TEST(a_deleted_session_is_echoed),
	TEST(a_brief_answer_has_no_silent_endpoints),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
