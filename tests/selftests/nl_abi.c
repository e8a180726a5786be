// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What <linux/sipfast.h> says is refused: with which error, with a sentence, pointing at the
 * attribute, and with nothing changed.
 */
#define _GNU_SOURCE
#include "nl_lib.h"

/* --- requests spoilt attribute by attribute ------------------------------------------------ */

static const struct base {
	int cmd;
	int flags;
	const char *text;
} bases[] = {
	{ STATUS_GET, NLM_F_ACK, "" },
	{ COUNTER_GET, NLM_F_DUMP, "" },
	{ RANGE_ADD, NLM_F_ACK, "range!{addr!=127.0.0.2 min!=30000 max!=30009}" },
	{ RANGE_DEL, NLM_F_ACK, "range!{addr!=127.0.0.1 min!=30000 max!=39999}" },
	{ RANGE_GET, NLM_F_DUMP, "" },
	{ RANGE_ADD, NLM_F_ACK, "range!{addr6!=::1 min!=40000 max!=40009}" },
	{ RANGE_DEL, NLM_F_ACK, "range!{addr6!=::1 min!=30000 max!=39999}" },
	{ CONFIG_GET, NLM_F_ACK, "" },
	{ CONFIG_SET, NLM_F_ACK,
	  "config!{sessions=1000 endpoints=2000 hooks=2 device=eth0 device=lo}" },
	{ ADD, NLM_F_ACK,
	  "session!{id!=7 owner=9 timeout=30000 "
	  "endpoint{id!=1 laddr!=127.0.0.1 lport!=30100 raddr!=127.0.0.1 rport!=4000 component=0 "
	  "learn=1 from!=127.0.0.0 prefix!=8 source=0 dscp=46 ttl=64 clock=8000 forward{to!=2}} "
	  "endpoint{id!=2 laddr!=127.0.0.1 lport!=30102}}" },
	{ ADD, NLM_F_ACK,
	  "session!{id!=7 "
	  "endpoint{id!=1 laddr6!=::1 lport!=30100 raddr6!=2001:db8::1 rport!=4000 "
	  "learn=2 from6!=2001:db8:: prefix!=32 learnms=5000 inactive=1000 dtmftype=101 "
	  "forward{to!=2 mode=1 pts=65600008 ssrc=0x1234 seq=65535 timestamp=4294967295 dscp=46 "
	  "ttl=9}} "
	  "endpoint{id!=2 laddr!=127.0.0.1 lport!=30102}}" },
	{ SET, NLM_F_ACK,
	  "session!{id!=1 timeout=30000 "
	  "endpoint{id!=1 raddr!=127.0.0.1 rport!=4010 component=0 learn=1 from!=127.0.0.0 "
	  "prefix!=8 source=0 dscp=46 ttl=64 clock=8000 forward{to!=3}} "
	  "endpoint{id!=2 delete} endpoint{id!=3 laddr!=127.0.0.1 lport!=30104 noforwards}}" },
	{ DEL, NLM_F_ACK, "session!{id!=1}" },
	{ GET, NLM_F_ACK, "session!{id!=1}" },
	{ GET, NLM_F_DUMP, "session{id=1 owner=9}" },
	{ FLUSH, NLM_F_ACK, "session{owner=9}" },
};

static const char *node_name(const struct request *request, int node)
{
	return node < 0 ? "the top level" : request->nodes[node].spec->name;
}

/* An address may be missing as one of either family: it is told as one of IPv4. */
static int missing_type(const struct node *node)
{
	return node->spec->kind == IP6 ? node->spec[-1].type : node->spec->type;
}

/* Sends @base with @mutation and expects the documented refusal, pointing at the attribute. */
static void expect_spoilt(const struct base *base, const struct request *request,
			  struct mutation *mutation, int err, const char *how)
{
	const struct reply *reply =
		client_ask(&client, base->cmd, base->flags, base->text, mutation);
	const char *name = node_name(request, mutation->node);

	expect(reply->err == err, "command %d, %s %s: %d instead of %d (\"%s\")", base->cmd, name,
	       how, reply->err, err, reply->text);
	if (!reply->err)
		return;
	expect(reply->text[0], "command %d, %s %s: no sentence", base->cmd, name, how);
	if (mutation->spoil == SPOIL_DROP) {
		int type = missing_type(&request->nodes[mutation->node]);
		bool missing = (int)reply->missing == type && reply->nest == mutation->parent;

		expect(missing || (mutation->parent && reply->offset == mutation->parent),
		       "command %d, %s %s: points at %u, missing %u in %u, want %d in %u (\"%s\")",
		       base->cmd, name, how, reply->offset, reply->missing, reply->nest, type,
		       mutation->parent, reply->text);
	} else {
		expect(reply->offset == mutation->offset,
		       "command %d, %s %s: points at %u instead of %u (\"%s\")", base->cmd, name,
		       how, reply->offset, mutation->offset, reply->text);
	}
}

/*
 * Runs @spoil on each attribute of each command that @wanted picks. All in all nothing may have
 * changed.
 */
static void spoil_each(enum spoil spoil, const char *how, bool (*wanted)(const struct node *node),
		       int (*err)(const struct node *node))
{
	static struct request request;
	int spoilt = 0;
	char *before;

	a_range_and_a_session();
	must(&client, RANGE_ADD, RANGE6);
	before = everything();
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		request_read(&request, bases[b].text);
		for (int i = 0; i < request.n; i++) {
			struct mutation mutation = { spoil, i, NULL, 0, 0 };

			if (!wanted(&request.nodes[i]))
				continue;
			expect_spoilt(&bases[b], &request, &mutation, err(&request.nodes[i]), how);
			spoilt++;
		}
		expect_nothing_changed(&before, bases[b].text);
	}
	expect(spoilt > 5, "only %d attributes were spoilt", spoilt);
	free(before);
}

/* What the tests above spoil is right by itself. */
static void the_requests_are_right_before_they_are_spoilt(void)
{
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		const struct reply *reply;

		must(&client, FLUSH, "");
		client_do(&client, RANGE_DEL, RANGE);
		client_do(&client, RANGE_DEL, RANGE6);
		must(&client, RANGE_ADD, RANGE);
		must(&client, RANGE_ADD, RANGE6);
		if (bases[b].cmd != RANGE_DEL)
			must(&client, ADD, SESSION1);
		reply = client_ask(&client, bases[b].cmd, bases[b].flags, bases[b].text, NULL);
		expect(!reply->err, "command %d, %s: %d \"%s\"", bases[b].cmd, bases[b].text,
		       reply->err, reply->text);
	}
}

static bool any(const struct node *node)
{
	(void)node;
	return true;
}

static bool required(const struct node *node)
{
	return node->required;
}

static bool not_flag(const struct node *node)
{
	return node->spec->kind != FLAG;
}

/* A string may end early. */
static bool can_be_too_long(const struct node *node)
{
	return node->spec->kind != NEST && node->spec->kind != STRING;
}

static int invalid(const struct node *node)
{
	(void)node;
	return -EINVAL;
}

/* The kernel's own checks of lengths: a number or a string is invalid, others out of range. */
static int wrong_length(const struct node *node)
{
	switch (node->spec->kind) {
	case FLAG:
	case NEST:
	case IP6:
		return -ERANGE;
	default:
		return -EINVAL;
	}
}

static void a_missing_attribute_is_refused(void)
{
	spoil_each(SPOIL_DROP, "missing", required, invalid);
}

static void a_short_attribute_is_refused(void)
{
	spoil_each(SPOIL_SHORT, "too short", not_flag, wrong_length);
}

static void a_long_attribute_is_refused(void)
{
	spoil_each(SPOIL_LONG, "too long", can_be_too_long, wrong_length);
}

static void a_wrong_nesting_flag_is_refused(void)
{
	spoil_each(SPOIL_NESTED, "nested the other way", any, invalid);
}

/* Puts each attribute that @wanted picks of each level's specification into each nest. */
static void add_to_each_nest(bool unknown)
{
	static struct request request;
	char *before;

	a_range_and_a_session();
	must(&client, RANGE_ADD, RANGE6);
	before = everything();
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		request_read(&request, bases[b].text);
		for (int i = -1; i < request.n; i++) {
			const struct spec *level = i < 0 ? top_spec : request.nodes[i].spec->nest;
			struct mutation mutation = { SPOIL_UNKNOWN, i, NULL, 0, 0 };

			if (level && unknown)
				expect_spoilt(&bases[b], &request, &mutation, -EINVAL,
					      "with an unknown attribute");
			for (; level && !unknown && level->name; level++) {
				mutation = (struct mutation){ SPOIL_EXTRA, i, level, 0, 0 };
				if (level->flags & RO)
					expect_spoilt(&bases[b], &request, &mutation, -EINVAL,
						      level->name);
			}
		}
	}
	expect_nothing_changed(&before, "read-only or unknown attributes");
	free(before);
}

static void an_unknown_attribute_is_refused(void)
{
	add_to_each_nest(true);
}

static void a_read_only_attribute_is_refused(void)
{
	add_to_each_nest(false);
}

/* --- requests that are well-formed and wrong ----------------------------------------------- */

#define CHANGE(rest) "session{id=1 endpoint{id=1 " rest "}}"
#define FWD(n) "forward{to=" #n "} "

static const struct expected refusals[] = {
	/* Ranges of values. */
	{ ADD, "session{id=0}", -ERANGE },
	{ GET, "session{id=0}", -ERANGE },
	{ DEL, "session{id=0}", -ERANGE },
	{ ADD, "session{id=5 timeout=99 endpoint{id=1 laddr=127.0.0.1 lport=30100}}", -ERANGE },
	{ SET, "session{id=1 timeout=86400001}", -ERANGE },
	{ SET, "session{id=1 timeout=99}", -ERANGE },
	{ ADD, "session{id=5 endpoint{id=0 laddr=127.0.0.1 lport=30100}}", -ERANGE },
	{ ADD, NEW("component=3"), -ERANGE },
	{ ADD, NEW("learn=3"), -ERANGE },
	{ ADD, NEW("learn=2 learnms=0"), -ERANGE },
	{ ADD, NEW("learn=2 learnms=600001"), -ERANGE },
	{ ADD, NEW("from=127.0.0.1 prefix=33"), -ERANGE },
	{ ADD, NEW6("from6=::1 prefix=129"), -ERANGE },
	{ ADD, NEW("inactive=99"), -ERANGE },
	{ ADD, NEW("inactive=86400001"), -ERANGE },
	{ ADD, NEW("dtmftype=128"), -ERANGE },
	{ ADD, NEW("dtmftype=254"), -ERANGE },
	{ ADD, NEW("source=2"), -ERANGE },
	{ ADD, NEW("dscp=64"), -ERANGE },
	{ ADD, NEW("ttl=0"), -ERANGE },
	{ ADD, NEW("clock=999"), -ERANGE },
	{ ADD, NEW("clock=192001"), -ERANGE },
	{ ADD, NEW("forward{to=0}"), -ERANGE },
	{ ADD, NEW("forward{to=1 mode=3}"), -ERANGE },
	{ ADD, NEW("forward{to=1 dscp=64}"), -ERANGE },
	{ ADD, NEW("forward{to=1 ttl=0}"), -ERANGE },
	{ ADD, NEW("forward{to=1 pts=}"), -ERANGE },
	{ ADD,
	  NEW("forward{to=1 pts=000102030405060708090a0b0c0d0e0f1011121314151617"
	      "18191a1b1c1d1e1f2021}"),
	  -ERANGE },
	{ ADD, NEW("forward{to=1 pts=8000}"), -EINVAL },
	{ ADD, NEW("forward{to=1 pts=0080}"), -EINVAL },
	{ ADD, NEW("forward{to=1 pts=000800}"), -EINVAL },
	{ ADD, NEW("forward{to=1 pts=00080009}"), -EINVAL },
	{ ADD, NEW("forward{to=1 pts=006502ff}"), -EINVAL },
	{ ADD, NEW("raddr=127.0.0.1 rport=0"), -ERANGE },
	{ ADD, "session{id=5 endpoint{id=1 laddr=127.0.0.1 lport=0}}", -ERANGE },
	{ RANGE_ADD, "range{addr=127.0.0.1 min=0 max=9}", -ERANGE },
	{ RANGE_ADD, "range{addr=127.0.0.1 min=40001 max=40000}", -EINVAL },
	{ CONFIG_SET, "config{hooks=3}", -ERANGE },
	{ CONFIG_SET, "config{sessions=4294967295}", -ERANGE },
	{ CONFIG_SET, "config{endpoints=4294967295}", -ERANGE },
	{ CONFIG_SET, "config{hooks=2 device=a-name-of-sixteen}", -EINVAL },
	/* Ranges. */
	{ RANGE_ADD, "range{addr=127.0.0.1 min=30000 max=39999}", -EEXIST },
	{ RANGE_ADD, "range{addr=127.0.0.1 min=39999 max=40005}", -EEXIST },
	{ RANGE_ADD, "range{addr=127.0.0.1 min=29000 max=30000}", -EEXIST },
	{ RANGE_ADD, "range{addr=127.0.0.1 min=31000 max=31009}", -EEXIST },
	{ RANGE_ADD, "range{addr=10.9.8.7 min=30000 max=30009}", -EADDRNOTAVAIL },
	{ RANGE_DEL, "range{addr=127.0.0.1 min=30000 max=39999}", -EBUSY },
	{ RANGE_DEL, "range{addr=127.0.0.1 min=30000 max=39998}", -ENOENT },
	{ RANGE_DEL, "range{addr=127.0.0.2 min=30000 max=39999}", -ENOENT },
	{ RANGE_ADD, "range{addr6=::1 min=30000 max=30000}", -EEXIST },
	{ RANGE_ADD, "range{addr6=::1 min=29000 max=40000}", -EEXIST },
	{ RANGE_ADD, "range{addr6=2001:db8::1 min=30000 max=30009}", -EADDRNOTAVAIL },
	{ RANGE_ADD, "range{addr6=:: min=30000 max=30009}", -EADDRNOTAVAIL },
	{ RANGE_ADD, "range{addr6=ff02::1 min=30000 max=30009}", -EADDRNOTAVAIL },
	{ RANGE_ADD, "range{addr6=::ffff:127.0.0.1 min=40000 max=40009}", -EINVAL },
	{ RANGE_ADD, "range{addr=127.0.0.1 addr6=::1 min=40000 max=40009}", -EINVAL },
	{ RANGE_DEL, "range{addr6=::1 min=30000 max=39998}", -ENOENT },
	{ RANGE_DEL, "range{addr6=::2 min=30000 max=39999}", -ENOENT },
	/* Addresses that go together are of one family. */
	{ ADD, NEW("laddr6=::1"), -EINVAL },
	{ ADD, NEW("raddr6=::1 rport=4000"), -EINVAL },
	{ ADD, NEW("raddr=127.0.0.1 raddr6=::1 rport=4000"), -EINVAL },
	{ ADD, NEW6("raddr=127.0.0.1 rport=4000"), -EINVAL },
	{ ADD, NEW("from6=::1 prefix=128"), -EINVAL },
	{ ADD, NEW6("from=127.0.0.1 prefix=8"), -EINVAL },
	{ ADD, NEW6("raddr6=::ffff:127.0.0.1 rport=4000"), -EINVAL },
	{ ADD, NEW6("raddr6=:: rport=4000"), -EINVAL },
	{ ADD, NEW6("raddr6=ff02::1 rport=4000"), -EINVAL },
	{ ADD, NEW6("raddr6=fe80::1 rport=4000"), -EINVAL },
	{ SET, "session{id=1 endpoint{id=1 raddr6=::1 rport=4000}}", -EINVAL },
	{ SET, "session{id=1 endpoint{id=1 from6=::1 prefix=128}}", -EINVAL },
	{ ADD, "session{id=5 endpoint{id=1 laddr6=::1 lport=29999}}", -ERANGE },
	{ ADD,
	  "session{id=5 endpoint{id=1 laddr6=::1 lport=30100} "
	  "endpoint{id=2 laddr6=::1 lport=30100}}",
	  -EEXIST },
	{ ADD, NEW6("raddr6=2001:db8::1 rport=4000"), 0 },
	{ ADD, "session{id=6 endpoint{id=1 laddr6=::1 lport=30100}}", -EEXIST },
	{ RANGE_DEL, "range{addr6=::1 min=30000 max=39999}", -EBUSY },
	{ DEL, "session{id=5}", 0 },
	/* What is taken, and what is not there. */
	{ ADD, SESSION1, -EEXIST },
	{ ADD, "session{id=1 endpoint{id=1 laddr=127.0.0.1 lport=30100}}", -EEXIST },
	{ ADD, "session{id=5 endpoint{id=1 laddr=127.0.0.1 lport=30002}}", -EEXIST },
	{ ADD, NEW(""), 0 }, /* what the others spoil is right by itself */
	{ DEL, "session{id=5}", 0 },
	{ ADD,
	  "session{id=5 endpoint{id=1 laddr=127.0.0.1 lport=30100} "
	  "endpoint{id=2 laddr=127.0.0.1 lport=30100}}",
	  -EEXIST },
	{ ADD, "session{id=5 endpoint{id=1 laddr=127.0.0.1 lport=29999}}", -ERANGE },
	{ ADD, "session{id=5 endpoint{id=1 laddr=127.0.0.2 lport=30100}}", -ERANGE },
	{ ADD, NEW("forward{to=2}"), -ENOENT },
	{ SET, "session{id=5 timeout=1000}", -ENOENT },
	{ GET, "session{id=5}", -ENOENT },
	{ DEL, "session{id=5}", -ENOENT },
	{ SET, "session{id=1 endpoint{id=3 delete}}", -ENOENT },
	{ SET, CHANGE("forward{to=3}"), -ENOENT },
	/* Contradictions. */
	{ ADD, "session{id=5}", -EINVAL },
	{ ADD, NEW("delete"), -EINVAL },
	{ ADD, NEW("noforwards"), -EINVAL },
	{ SET, CHANGE("noforwards forward{to=2}"), -EINVAL },
	{ SET, CHANGE("delete dscp=1"), -EINVAL },
	{ SET, CHANGE("laddr=127.0.0.1 lport=30100"), -EINVAL },
	{ SET, "session{id=1 owner=10}", -EINVAL },
	{ SET, "session{id=1 endpoint{id=3}}", -EINVAL },
	{ SET, "session{id=1 endpoint{id=1 dscp=1} endpoint{id=1 dscp=2}}", -EINVAL },
	{ ADD,
	  "session{id=5 endpoint{id=1 laddr=127.0.0.1 lport=30100} "
	  "endpoint{id=1 laddr=127.0.0.1 lport=30102}}",
	  -EINVAL },
	{ ADD, NEW("forward{to=1} forward{to=1}"), -EEXIST },
	{ ADD, NEW("forward{to=1} forward{to=1 mode=2}"), -EEXIST },
	{ ADD, NEW("learnms=5000"), -EINVAL },
	{ ADD, NEW("learn=1 learnms=5000"), -EINVAL },
	{ CONFIG_SET, "", -EINVAL },
	{ CONFIG_SET, "config{device=lo}", -EINVAL },
	{ CONFIG_SET, "config{hooks=0 device=lo}", -EINVAL },
	{ CONFIG_SET, "config{hooks=1 device=lo}", -EINVAL },
	{ CONFIG_SET, "config{hooks=2 device=}", -EINVAL },
	{ CONFIG_SET, "config{hooks=2 device=a/b}", -EINVAL },
	{ CONFIG_SET, "config{hooks=2 device=..}", -EINVAL },
	/* Attributes that belong to other commands. */
	{ SET, "session{id=1} range{addr=127.0.0.1 min=1 max=2}", -EINVAL },
	{ RANGE_ADD, "range{addr=127.0.0.2 min=1 max=2} session{id=5}", -EINVAL },
	{ STATUS_GET, "session{id=1}", -EINVAL },
	{ CONFIG_GET, "config{hooks=0}", -EINVAL },
	{ CONFIG_SET, "config{hooks=0} session{id=1}", -EINVAL },
	{ SET, "session{id=1} config{hooks=0}", -EINVAL },
	{ GET, "session{id=1 owner=9}", -EINVAL },
	{ GET, "session{id=1 timeout=1000}", -EINVAL },
	{ DEL, "session{id=1 owner=9}", -EINVAL },
	{ DEL, "session{id=1 " EP1 "}", -EINVAL },
	{ FLUSH, "session{id=1}", -EINVAL },
	{ FLUSH, "session{owner=9 timeout=1000}", -EINVAL },
	/* The second half is wrong: the first must not be carried out. */
	{ ADD,
	  "session{id=5 endpoint{id=1 laddr=127.0.0.1 lport=30100} "
	  "endpoint{id=2 laddr=127.0.0.1 lport=29999}}",
	  -ERANGE },
	{ SET,
	  "session{id=1 timeout=1000 endpoint{id=1 dscp=1 forward{to=1}} "
	  "endpoint{id=3 laddr=127.0.0.1 lport=30100} endpoint{id=2 delete} "
	  "endpoint{id=4 laddr=127.0.0.1 lport=29999}}",
	  -ERANGE },
	{ SET, "session{id=1 endpoint{id=2 delete} endpoint{id=1 forward{to=2}}}", -ENOENT },
	/* Too many. */
	{ CONFIG_SET, "config{sessions=5 hooks=1 endpoints=4294967295}", -ERANGE },
	{ SET,
	  "session{id=1 endpoint{id=1 inactive=100 dtmftype=9 forward{to=1 mode=2}} "
	  "endpoint{id=2 inactive=99}}",
	  -ERANGE },
	{ ADD, NEW(FWD(1) FWD(2) FWD(3) FWD(4) FWD(5) FWD(6) FWD(7) FWD(8) FWD(9)), -E2BIG },
};

static void a_wrong_request_is_refused_and_changes_nothing(void)
{
	char *before;

	a_range_and_a_session();
	must(&client, RANGE_ADD, RANGE6);
	before = everything();
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct expected *r = &refusals[i];
		const struct reply *reply = client_do(&client, r->cmd, r->text);

		expect(reply->err == r->err, "command %d, %s: %d instead of %d (\"%s\")", r->cmd,
		       r->text, reply->err, r->err, reply->text);
		expect(!r->err || !reply->err || reply->text[0], "command %d, %s: no sentence",
		       r->cmd, r->text);
		if (r->err) {
			expect_nothing_changed(&before, r->text);
		} else {
			free(before);
			before = everything();
		}
	}
	free(before);
}

static const struct test tests[] = {
	TEST(the_requests_are_right_before_they_are_spoilt),
	TEST(a_missing_attribute_is_refused),
	TEST(a_short_attribute_is_refused),
	TEST(a_long_attribute_is_refused),
	TEST(a_wrong_nesting_flag_is_refused),
	TEST(an_unknown_attribute_is_refused),
	TEST(a_read_only_attribute_is_refused),
	TEST(a_wrong_request_is_refused_and_changes_nothing),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
