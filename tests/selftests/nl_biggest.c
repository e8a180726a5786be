// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions as big as they can be. */
#define _GNU_SOURCE
#include "nl_lib.h"

/* "session{id=N endpoint{...} x count}" with @forwards from each to the first ones. */
static char *big_session(int id, int count, int forwards)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		bail_out("no memory");
	fprintf(out, "session{id=%d", id);
	for (int i = 1; i <= count; i++) {
		fprintf(out, " endpoint{id=%d laddr=127.0.0.1 lport=%d", i, 31000 + i);
		for (int f = 1; f <= forwards; f++)
			fprintf(out, " forward{to=%d}", f);
		fputc('}', out);
	}
	fputc('}', out);
	fclose(out);
	return text;
}

static void a_session_has_up_to_32_endpoints_of_8_forwards(void)
{
	char *most = big_session(5, SIPFAST_MAX_ENDPOINTS, SIPFAST_MAX_FORWARDS);
	char *more = big_session(6, SIPFAST_MAX_ENDPOINTS + 1, 0);
	const struct reply *reply;
	int endpoints = 0, forwards = 0;

	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, most);
	reply = client_do(&client, GET, "session{id=5}");
	expect(!reply->err, "get: %d", reply->err);
	for (const char *p = reply->body; (p = strstr(p, "endpoint{")); p++)
		endpoints++;
	for (const char *p = reply->body; (p = strstr(p, "forward{")); p++)
		forwards++;
	expect(endpoints == 32 && forwards == 256, "%d endpoints, %d forwards", endpoints,
	       forwards);
	reply = client_do(&client, ADD, more);
	expect(reply->err < 0 && reply->text[0], "33 endpoints: %d \"%s\"", reply->err,
	       reply->text);
	free(most);
	free(more);
}

struct size {
	int len, endpoints, forwards;
};

static void note_size(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *nest = genlmsg_attrdata(nlmsg_data(nlh), 0), *ep, *attr;
	struct size *size = arg;
	int rem, inner;

	size->len = nlh->nlmsg_len > (unsigned int)size->len ? (int)nlh->nlmsg_len : size->len;
	nla_for_each_nested(ep, nest, rem) {
		if (nla_type(ep) != SIPFAST_A_SESSION_ENDPOINT)
			continue;
		size->endpoints++;
		nla_for_each_nested(attr, ep, inner)
			size->forwards += nla_type(attr) == SIPFAST_A_ENDPOINT_FORWARD;
	}
}

static void expect_whole(int cmd, int flags, const char *text)
{
	static struct reply reply;
	struct nl_msg *msg = client_request(&client, cmd, flags, text, NULL);
	struct size size = { 0 };

	client_send(&client, msg);
	client_reply(&client, nlmsg_hdr(msg)->nlmsg_seq, &reply, note_size, &size);
	nlmsg_free(msg);
	expect(!reply.err && size.endpoints == 32 && size.forwards == 256,
	       "command %d: error %d, %d endpoints, %d forwards", cmd, reply.err, size.endpoints,
	       size.forwards);
	expect(size.len <= 40960, "command %d: a message of %d octets", cmd, size.len);
}

/* 32 endpoints of IPv6 with all there is, and 8 forwards with all there is. */
static void the_biggest_session_comes_back_whole(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "session{id=5");
	for (int i = 1; i <= SIPFAST_MAX_ENDPOINTS; i++) {
		fprintf(out,
			" endpoint{id=%d laddr6=::1 lport=%d raddr6=2001:db8::1 rport=4000 "
			"learn=2 from6=2001:db8:: prefix=32 learnms=600000 inactive=1000 "
			"dtmftype=101",
			i, 31000 + i);
		for (int f = 1; f <= SIPFAST_MAX_FORWARDS; f++)
			fprintf(out,
				" forward{to=%d mode=1 pts=" PTS_32 " ssrc=1 seq=1 "
				"timestamp=1 dscp=1 ttl=1}",
				f);
		fputc('}', out);
	}
	fputc('}', out);
	fclose(out);
	must(&client, RANGE_ADD, RANGE6);
	must(&client, ADD, text);
	expect_whole(GET, NLM_F_ACK, "session{id=5}");
	expect_whole(GET, NLM_F_DUMP, "");
	expect_whole(DEL, NLM_F_ACK | NLM_F_ECHO, "session{id=5}");
	free(text);
}

static const struct test tests[] = {
	TEST(a_session_has_up_to_32_endpoints_of_8_forwards),
	TEST(the_biggest_session_comes_back_whole),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
