// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What <linux/sipfast.h> says is carried out: objects that come, change and go, dumps, batches,
 * and who may do it.
 */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>

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

#define PTS_32 "0001020003000400050006000700080009000a000b000c000d000e000f007f65"

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

/* --- what is carried out ------------------------------------------------------------------- */

static void a_range_comes_and_goes(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, RANGE_ADD, "range{addr=127.0.0.1 min=40000 max=40000}");
	must(&client, RANGE_ADD, "range{addr=127.0.0.2 min=30000 max=39999}");
	expect(strstr(client_do(&client, STATUS_GET, "")->body,
		      " ranges=3 sessions=0 endpoints=0 "),
	       "status: %s", client_do(&client, STATUS_GET, "")->body);
	must(&client, RANGE_DEL, "range{addr=127.0.0.1 min=40000 max=40000}");
	must(&client, RANGE_DEL, "range{addr=127.0.0.2 min=30000 max=39999}");
	expect_text("ranges", client_dump(&client, RANGE_GET, "")->body,
		    "range{addr=127.0.0.1 min=30000 max=39999 endpoints=0 unknown=0}");
}

static void a_range_of_ipv6_comes_and_goes(void)
{
	must(&client, RANGE_ADD, RANGE6);
	must(&client, RANGE_ADD, "range{addr6=::1 min=1 max=1}");
	/* The same ports of an IPv4 address are others. */
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, "session{id=1 endpoint{id=1 laddr6=::1 lport=30000}}");
	must(&client, ADD, "session{id=2 endpoint{id=1 laddr=127.0.0.1 lport=30000}}");
	must(&client, RANGE_DEL, "range{addr6=::1 min=1 max=1}");
	must(&client, DEL, "session{id=2}");
	must(&client, RANGE_DEL, RANGE);
	expect_text("ranges", client_dump(&client, RANGE_GET, "")->body,
		    "range{addr6=::1 min=30000 max=39999 endpoints=1 unknown=0}");
}

static void a_range_with_a_socket_is_refused(void)
{
	static const struct {
		const char *host, *range;
		int err;
	} cases[] = {
		{ "127.0.0.1", RANGE, -EADDRINUSE }, { "0.0.0.0", RANGE, -EADDRINUSE },
		{ "::", RANGE, -EADDRINUSE },	     { "::1", RANGE6, -EADDRINUSE },
		{ "::", RANGE6, -EADDRINUSE },	     { "127.0.0.2", RANGE, 0 },
		{ "127.0.0.1", RANGE6, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = udp_socket_on(cases[i].host, 30500);
		const struct reply *reply = client_do(&client, RANGE_ADD, cases[i].range);

		expect(reply->err == cases[i].err && (!reply->err || reply->text[0]),
		       "%s with a socket on %s: %d \"%s\"", cases[i].range, cases[i].host,
		       reply->err, reply->text);
		close(fd);
		if (reply->err)
			must(&client, RANGE_ADD, cases[i].range);
		must(&client, RANGE_DEL, cases[i].range);
	}
}

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

#define AS_EP1(rest) "endpoint{id=1 laddr=127.0.0.1 lport=30000 " rest " " NO_RX " " NO_TX "}"
#define AS_EP2(rest) "endpoint{id=2 laddr=127.0.0.1 lport=30002 " rest " " NO_RX " " NO_TX "}"

static void a_change_leaves_what_it_does_not_name(void)
{
	/* clang-format off */
	static const char one_value[] =
		"session{id=1 owner=9 timeout=0 "
		AS_EP1("raddr=127.0.0.1 rport=4000 " DEFAULTS " forward{to=2}") " "
		AS_EP2("raddr=127.0.0.1 rport=4002 component=0 learn=0 prefix=0 source=0 dscp=46 "
		       "ttl=64 clock=8000 inactive=0 dtmftype=255 forward{to=1}") "}";
	static const char forwards[] =
		"session{id=1 owner=9 timeout=5000 "
		AS_EP1("raddr=127.0.0.9 rport=9 " DEFAULTS " forward{to=1} forward{to=2}") " "
		AS_EP2("raddr=127.0.0.1 rport=4002 " DEFAULTS) "}";
	/* clang-format on */

	a_range_and_a_session();
	must(&client, SET, "session{id=1 endpoint{id=2 dscp=46}}");
	expect_text("one value", client_do(&client, GET, "session{id=1}")->body, one_value);
	must(&client, SET,
	     "session{id=1 timeout=5000 endpoint{id=2 dscp=0 noforwards} "
	     "endpoint{id=1 raddr=127.0.0.9 rport=9 forward{to=1} forward{to=2}}}");
	expect_text("forwards", client_do(&client, GET, "session{id=1}")->body, forwards);
}

static void a_change_adds_and_deletes_endpoints(void)
{
	a_range_and_a_session();
	must(&client, SET,
	     "session{id=1 endpoint{id=2 delete} "
	     "endpoint{id=3 laddr=127.0.0.1 lport=30004 forward{to=1}} "
	     "endpoint{id=1 forward{to=3}}}");
	expect_text("endpoints", client_do(&client, GET, "session{id=1}")->body,
		    "session{id=1 owner=9 timeout=0 " AS_EP1(
			    "raddr=127.0.0.1 rport=4000 " DEFAULTS
			    " forward{to=3}") " "
					      "endpoint{id=3 laddr=127.0.0.1 lport=30004 " DEFAULTS
					      " forward{to=1} " NO_RX " " NO_TX "}}");
	/* The port that went is free again, for the same session and for another. */
	must(&client, ADD, "session{id=2 endpoint{id=1 laddr=127.0.0.1 lport=30002}}");
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

/* A session @id of @owner with one endpoint. */
#define ONE(id, owner) \
	"session{id=" #id " owner=" #owner " endpoint{id=1 laddr=127.0.0.1 lport=3100" #id "}}"

/* Session IDs without their endpoints, in the order they came. */
static const char *dumped(const char *filter)
{
	static char ids[512];
	const struct reply *reply = client_dump(&client, GET, filter);

	expect(!reply->err, "dump of %s: %d \"%s\"", filter, reply->err, reply->text);
	ids[0] = '\0';
	for (const char *p = reply->body; (p = strstr(p, "session{id=")); p++)
		snprintf(ids + strlen(ids), sizeof(ids) - strlen(ids), "%s%llu", *ids ? " " : "",
			 strtoull(p + strlen("session{id="), NULL, 10));
	return ids;
}

static void a_dump_is_filtered(void)
{
	const char *one, *two;

	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, ONE(1, 9));
	must(&client, ADD, ONE(2, 8));
	must(&client, ADD, ONE(3, 9));
	expect_text("by ID", dumped("session{id=2}"), "2");
	expect_text("by ID and owner", dumped("session{id=2 owner=8}"), "2");
	expect_text("by ID and another owner", dumped("session{id=2 owner=9}"), "");
	expect_text("by an ID that is not there", dumped("session{id=4}"), "");
	expect_text("by owner", dumped("session{owner=8}"), "2");
	one = dumped("session{owner=9}");
	expect(!strcmp(one, "1 3") || !strcmp(one, "3 1"), "by owner 9: %s", one);
	expect_text("by an owner that has none", dumped("session{owner=0}"), "");
	two = dumped("");
	expect(strlen(two) == strlen("1 2 3"), "all: %s", two);
	expect_text("of an empty filter", dumped("session{}"), two);
}

static void a_flush_deletes_by_owner(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, "session{id=1 owner=9 " EP1 " " EP2 "}");
	must(&client, ADD, ONE(2, 8));
	must(&client, ADD, ONE(3, 0));
	must(&client, FLUSH, "session{owner=9}");
	must(&client, FLUSH, "session{owner=0}");
	expect_text("after a flush of 9 and 0", dumped(""), "2");
	must(&client, ADD, "session{id=3 owner=9 " EP1 " " EP2 "}");
	must(&client, FLUSH, "");
	expect_text("after a flush of all", dumped(""), "");
	must(&client, RANGE_DEL, RANGE);
}

/* --- many ---------------------------------------------------------------------------------- */

#define MANY 5000
#define BATCH 50 /* acknowledgements fit the receive buffer */

static void add_many(void)
{
	static char all[1 << 17];
	struct reply reply;

	for (int i = 0; i < MANY; i += BATCH) {
		size_t len = 0;
		uint32_t first = client.seq + 1;

		for (int j = 1; j <= BATCH; j++) {
			char text[128];
			struct nl_msg *msg;

			snprintf(text, sizeof(text),
				 "session{id=%d endpoint{id=1 laddr=127.0.0.1 lport=%d}}", i + j,
				 30000 + i + j);
			msg = client_request(&client, ADD, NLM_F_ACK, text, NULL);
			memcpy(all + len, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
			len += NLMSG_ALIGN(nlmsg_hdr(msg)->nlmsg_len);
			nlmsg_free(msg);
		}
		if (send(nl_socket_get_fd(client.sk), all, len, 0) != (ssize_t)len)
			bail_out("send");
		for (int j = 0; j < BATCH; j++) {
			client_reply(&client, first + j, &reply, NULL, NULL);
			expect(!reply.err, "session %d: %d", i + j + 1, reply.err);
		}
	}
}

struct seen {
	int messages;
	unsigned char times[MANY + 1];
};

static void note_session(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *nest = genlmsg_attrdata(nlmsg_data(nlh), 0);
	struct nlattr *id = nla_find(nla_data(nest), nla_len(nest), SIPFAST_A_SESSION_ID);
	struct seen *seen = arg;

	seen->messages++;
	if (id && nla_get_u64(id) <= MANY)
		seen->times[nla_get_u64(id)]++;
}

static void a_dump_of_5000_has_each_once(void)
{
	static struct seen seen;
	struct reply reply;
	struct nl_msg *msg;
	int wrong = 0;

	must(&client, RANGE_ADD, RANGE);
	add_many();
	memset(&seen, 0, sizeof(seen));
	msg = client_request(&client, GET, NLM_F_DUMP, "", NULL);
	client_send(&client, msg);
	client_reply(&client, nlmsg_hdr(msg)->nlmsg_seq, &reply, note_session, &seen);
	nlmsg_free(msg);
	expect(!reply.err && seen.messages == MANY, "error %d, %d messages", reply.err,
	       seen.messages);
	for (int id = 1; id <= MANY; id++)
		wrong += seen.times[id] != 1;
	expect(!wrong, "%d sessions not exactly once", wrong);
	must(&client, FLUSH, "");
	must(&client, RANGE_DEL, RANGE);
}

/* One sendmsg() of good and bad requests: each has its own acknowledgement, in order. */
static void a_batch_is_acknowledged_one_by_one(void)
{
	static const struct expected batch[] = {
		{ RANGE_ADD, RANGE, 0 },
		{ ADD, SESSION1, 0 },
		{ ADD, SESSION1, -EEXIST },
		{ SET, "session{id=1 endpoint{id=1 dscp=46}}", 0 },
		{ ADD, NEW("dscp=64"), -ERANGE },
		{ ADD, NEW("dscp=63"), 0 },
		{ DEL, "session{id=1}", 0 },
		{ SET, "session{id=1 timeout=1000}", -ENOENT },
		{ RANGE_DEL, RANGE, -EBUSY },
		{ DEL, "session{id=5}", 0 },
		{ RANGE_DEL, RANGE, 0 },
	};
	uint32_t first = client.seq + 1;
	char all[8192];
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(batch); i++) {
		struct nl_msg *msg =
			client_request(&client, batch[i].cmd, NLM_F_ACK, batch[i].text, NULL);

		memcpy(all + len, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
		len += NLMSG_ALIGN(nlmsg_hdr(msg)->nlmsg_len);
		nlmsg_free(msg);
	}
	if (send(nl_socket_get_fd(client.sk), all, len, 0) != (ssize_t)len)
		bail_out("send");
	for (size_t i = 0; i < ARRAY_SIZE(batch); i++) {
		struct reply reply;

		client_reply(&client, first + i, &reply, NULL, NULL);
		expect(reply.err == batch[i].err, "request %zu: %d instead of %d (\"%s\")", i,
		       reply.err, batch[i].err, reply.text);
		expect(!reply.err || reply.text[0], "request %zu: no sentence", i);
	}
}

/* --- privilege ----------------------------------------------------------------------------- */

/* Runs @body in a child and passes its verdict on. */
static void in_child(void (*body)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		body();
		fflush(stdout);
		_exit(!tap_good);
	}
	waitpid(pid, &status, 0);
	expect(status == 0, "the child ended with status %#x", status);
}

static void drop_net_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		bail_out("capget");
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &header, data) < 0)
		bail_out("capset");
}

static void write_without_privilege(void)
{
	static const struct expected writes[] = {
		{ RANGE_ADD, "range{addr=127.0.0.1 min=40000 max=40009}", -EPERM },
		{ RANGE_DEL, RANGE, -EPERM },
		{ ADD, NEW(""), -EPERM },
		{ SET, "session{id=1 timeout=1000}", -EPERM },
		{ DEL, "session{id=1}", -EPERM },
		{ FLUSH, "", -EPERM },
		{ CONFIG_SET, "config{sessions=5}", -EPERM },
		{ STATUS_GET, "", 0 },
		{ CONFIG_GET, "", 0 },
		{ GET, "session{id=1}", 0 },
	};

	drop_net_admin();
	for (size_t i = 0; i < ARRAY_SIZE(writes); i++) {
		const struct reply *reply = client_do(&client, writes[i].cmd, writes[i].text);

		expect(reply->err == writes[i].err, "command %d: %d instead of %d", writes[i].cmd,
		       reply->err, writes[i].err);
	}
	expect(!client_dump(&client, GET, "")->err, "sessions cannot be dumped");
	expect(!client_dump(&client, RANGE_GET, "")->err, "ranges cannot be dumped");
	expect(!client_dump(&client, COUNTER_GET, "")->err, "counters cannot be dumped");
}

static void writing_needs_cap_net_admin(void)
{
	char *before;

	a_range_and_a_session();
	before = everything();
	in_child(write_without_privilege);
	expect_nothing_changed(&before, "all without privilege");
	free(before);
}

static void write_in_a_user_namespace(void)
{
	struct client inner;

	if (setresuid(65534, 65534, 65534) < 0 || unshare(CLONE_NEWUSER) < 0)
		bail_out("no user namespace");
	namespace_new();
	client_open(&inner);
	must(&inner, RANGE_ADD, RANGE);
	must(&inner, ADD, SESSION1);
	must(&inner, DEL, "session{id=1}");
	must(&inner, CONFIG_SET, "config{sessions=5}");
	expect(client_do(&client, CONFIG_SET, "config{sessions=5}")->err == -EPERM,
	       "may set outside");
	/* The same process may not write where it came from. */
	expect(client_do(&client, FLUSH, "")->err == -EPERM, "may write outside");
}

static void the_owner_of_a_user_namespace_may_write(void)
{
	a_range_and_a_session();
	in_child(write_in_a_user_namespace);
}

static const struct test tests[] = {
	TEST(a_session_has_up_to_32_endpoints_of_8_forwards),
	TEST(the_biggest_session_comes_back_whole),
	TEST(a_range_comes_and_goes),
	TEST(a_range_of_ipv6_comes_and_goes),
	TEST(a_range_with_a_socket_is_refused),
	TEST(a_session_reads_back_as_written),
	TEST(everything_new_reads_back_as_written),
	TEST(a_window_runs_down),
	TEST(a_change_leaves_what_it_does_not_name),
	TEST(a_change_adds_and_deletes_endpoints),
	TEST(a_deleted_session_is_echoed),
	TEST(a_dump_is_filtered),
	TEST(a_flush_deletes_by_owner),
	TEST(a_dump_of_5000_has_each_once),
	TEST(a_batch_is_acknowledged_one_by_one),
	TEST(writing_needs_cap_net_admin),
	TEST(the_owner_of_a_user_namespace_may_write),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
