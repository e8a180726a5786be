// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What <linux/sipfast.h> says is refused: with which error, with a sentence, pointing at the
 * attribute, and with nothing changed.
 */
#define _GNU_SOURCE
#include "nl_lib.h"

/* --- what is spoilt ------------------------------------------------------------------------ */

static const struct base bases[] = {
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
	{ DEL, NLM_F_ACK, "session!{id!=1 brief}" },
	{ GET, NLM_F_ACK, "session!{id!=1 brief}" },
	{ GET, NLM_F_DUMP, "session{id=1 owner=9}" },
	{ FLUSH, NLM_F_ACK, "session{owner=9}" },
};

static void prepare(void)
{
	a_range_and_a_session();
	must(&client, RANGE_ADD, RANGE6);
}

#include "nl_spoil.h"

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
	{ ADD, NEW("component=4"), -ERANGE },
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
	{ ADD, NEW("component=3 forward{to=1 mode=1}"), -EINVAL },
	{ ADD, NEW("component=3 forward{to=1 mode=2 seq=1}"), -EINVAL },
	{ ADD, NEW("component=3 forward{to=1 ssrc=1}"), -EINVAL },
	{ ADD, NEW("component=3 forward{to=1 timestamp=1}"), -EINVAL },
	{ ADD, NEW("component=3 forward{to=1 pts=0008}"), -EINVAL },
	{ SET, CHANGE("component=3 forward{to=1 seq=1}"), -EINVAL },
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
	{ GET, "session{id=1 owner=9 brief}", -EINVAL },
	{ DEL, "session{id=1 owner=9}", -EINVAL },
	{ SET, "session{id=1 timeout=1000 brief}", -EINVAL },
	{ FLUSH, "session{brief}", -EINVAL },
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
	expect_each(refusals, ARRAY_SIZE(refusals));
}

static const struct test tests[] = {
	TEST(the_requests_are_right_before_they_are_spoilt),
	SPOIL_TESTS,
	TEST(a_wrong_request_is_refused_and_changes_nothing),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
