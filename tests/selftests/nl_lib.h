/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of the sipfast family for tests of its ABI, on libnl and on nothing of this project
 * but <linux/sipfast.h>; and TAP.
 */
#ifndef NL_LIB_H
#define NL_LIB_H

#include <errno.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nl_text.h"

/* --- TAP ---------------------------------------------------------------------------------- */

static int tap_number;
static int tap_failed;
static bool tap_good;

/* Notes a failure of the running test; the test goes on. */
static void __attribute__((format(printf, 2, 3))) expect(bool good, const char *fmt, ...)
{
	va_list ap;

	if (good)
		return;
	tap_good = false;
	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static inline void expect_text(const char *what, const char *got, const char *want)
{
	expect(!strcmp(got, want), "%s:\n#   got  %s\n#   want %s", what, got, want);
}

static void __attribute__((noreturn)) bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the socket ---------------------------------------------------------------------------- */

struct client {
	struct nl_sock *sk;
	int family;
	uint32_t seq;
};

/* What the kernel said to one request. */
struct reply {
	int err;
	char text[256]; /* of the extended acknowledgement */
	uint32_t offset;
	uint32_t missing;
	uint32_t nest; /* that the missing attribute belongs to, 0: the top level */
	int messages;
	char body[16384]; /* the answers, rendered, a blank between two */
};

static void client_open(struct client *client)
{
	int one = 1;

	client->sk = nl_socket_alloc();
	if (!client->sk || genl_connect(client->sk) < 0)
		bail_out("genl_connect");
	/* For a session as big as can be, and its acknowledgement. */
	nl_socket_set_buffer_size(client->sk, 1 << 19, 0);
	client->family = genl_ctrl_resolve(client->sk, SIPFAST_GENL_NAME);
	if (client->family < 0)
		bail_out("the family is not there");
	setsockopt(nl_socket_get_fd(client->sk), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl_socket_get_fd(client->sk), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	client->seq = 1;
}

static void client_close(struct client *client)
{
	nl_socket_free(client->sk);
}

static struct nl_msg *client_request(struct client *client, int cmd, int flags, const char *text,
				     struct mutation *mutation)
{
	static struct request request;
	struct mutation none = { SPOIL_NOTHING, -2, NULL, 0, 0 };
	struct nl_msg *msg = nlmsg_alloc_size(65536);

	if (!msg)
		bail_out("nlmsg_alloc");
	if (!mutation)
		mutation = &none;
	genlmsg_put(msg, NL_AUTO_PORT, ++client->seq, client->family, 0, flags | NLM_F_REQUEST, cmd,
		    SIPFAST_GENL_VERSION);
	request_read(&request, text);
	put_level(msg, &request, 0, 0, mutation, 0);
	if (mutation->node == -1)
		put_extra(msg, top_spec, mutation);
	return msg;
}

static void read_ack(struct nlmsghdr *nlh, struct reply *reply)
{
	struct nlmsgerr *ack = nlmsg_data(nlh);
	int fixed = nlh->nlmsg_type == NLMSG_DONE ? (int)sizeof(int) : (int)sizeof(*ack);
	struct nlattr *attr;
	int rem;

	reply->err = ack->error;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	nla_for_each_attr(attr, (struct nlattr *)((char *)ack + NLMSG_ALIGN(fixed)),
			  nlmsg_datalen(nlh) - NLMSG_ALIGN(fixed), rem) {
		switch (nla_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(reply->text, sizeof(reply->text), "%s", nla_get_string(attr));
			break;
		case NLMSGERR_ATTR_OFFS:
			reply->offset = nla_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			reply->missing = nla_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			reply->nest = nla_get_u32(attr);
			break;
		}
	}
}

typedef void (*message_fn)(struct nlmsghdr *nlh, void *arg);

/* Reads until the acknowledgement of @seq; each message before it goes to @fn, or is rendered. */
static void client_reply(struct client *client, uint32_t seq, struct reply *reply, message_fn fn,
			 void *arg)
{
	static char buf[65536] __attribute__((aligned(8)));
	int fd = nl_socket_get_fd(client->sk);

	memset(reply, 0, sizeof(*reply));
	for (;;) {
		struct nlmsghdr *nlh = (void *)buf;
		int len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

		if (len < 0) {
			reply->err = -errno;
			snprintf(reply->text, sizeof(reply->text), "recv(): no acknowledgement");
			return;
		}
		for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != seq)
				continue;
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
				read_ack(nlh, reply);
				return;
			}
			reply->messages++;
			if (fn)
				fn(nlh, arg);
			else
				render(nlh, reply->body, sizeof(reply->body));
		}
	}
}

static void client_send(struct client *client, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	if (send(nl_socket_get_fd(client->sk), nlh, nlh->nlmsg_len, 0) < 0)
		bail_out("send");
}

/* Asks and returns the answer, valid until the next call. */
static const struct reply *client_ask(struct client *client, int cmd, int flags, const char *text,
				      struct mutation *mutation)
{
	static struct reply reply;
	struct nl_msg *msg = client_request(client, cmd, flags, text, mutation);

	client_send(client, msg);
	client_reply(client, nlmsg_hdr(msg)->nlmsg_seq, &reply, NULL, NULL);
	nlmsg_free(msg);
	return &reply;
}

static const struct reply *client_do(struct client *client, int cmd, const char *text)
{
	return client_ask(client, cmd, NLM_F_ACK, text, NULL);
}

static inline const struct reply *client_dump(struct client *client, int cmd, const char *text)
{
	return client_ask(client, cmd, NLM_F_DUMP, text, NULL);
}

static void must(struct client *client, int cmd, const char *text)
{
	const struct reply *reply = client_do(client, cmd, text);

	expect(!reply->err, "refused (%d, \"%s\"): %s", reply->err, reply->text, text);
}

/* --- the surroundings ---------------------------------------------------------------------- */

/* A network namespace of one's own, with 127.0.0.0/8 and ::1 in it. */
static void namespace_new(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		bail_out("unshare");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr) < 0)
		bail_out("cannot bring lo up");
	close(fd);
}

/* A UDP socket on @host, of IPv4 or IPv6. */
static inline int udp_socket_on(const char *host, unsigned int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 addr6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	bool is6 = strchr(host, ':');
	int fd = socket(is6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (inet_pton(is6 ? AF_INET6 : AF_INET, host,
		      is6 ? (void *)&addr6.sin6_addr : (void *)&addr.sin_addr) != 1)
		abort();
	if (fd < 0 || bind(fd, is6 ? (void *)&addr6 : (void *)&addr,
			   is6 ? sizeof(addr6) : sizeof(addr)) < 0)
		bail_out("bind");
	return fd;
}

static inline int udp_socket(unsigned int port)
{
	return udp_socket_on("127.0.0.1", port);
}

/* --- the tests ----------------------------------------------------------------------------- */

#define ADD SIPFAST_CMD_SESSION_ADD
#define SET SIPFAST_CMD_SESSION_SET
#define DEL SIPFAST_CMD_SESSION_DEL
#define GET SIPFAST_CMD_SESSION_GET
#define FLUSH SIPFAST_CMD_SESSION_FLUSH
#define RANGE_ADD SIPFAST_CMD_RANGE_ADD
#define RANGE_DEL SIPFAST_CMD_RANGE_DEL
#define RANGE_GET SIPFAST_CMD_RANGE_GET
#define STATUS_GET SIPFAST_CMD_STATUS_GET
#define COUNTER_GET SIPFAST_CMD_COUNTER_GET
#define CONFIG_GET SIPFAST_CMD_CONFIG_GET
#define CONFIG_SET SIPFAST_CMD_CONFIG_SET
#define LISTENER_ADD SIPFAST_CMD_LISTENER_ADD
#define LISTENER_SET SIPFAST_CMD_LISTENER_SET
#define LISTENER_DEL SIPFAST_CMD_LISTENER_DEL
#define LISTENER_GET SIPFAST_CMD_LISTENER_GET
#define SOURCE_ADD SIPFAST_CMD_SOURCE_ADD
#define SOURCE_DEL SIPFAST_CMD_SOURCE_DEL
#define SOURCE_GET SIPFAST_CMD_SOURCE_GET
#define SOURCE_FLUSH SIPFAST_CMD_SOURCE_FLUSH
#define POLICY_GET SIPFAST_CMD_POLICY_GET
#define POLICY_SET SIPFAST_CMD_POLICY_SET
#define RULE_ADD SIPFAST_CMD_RULE_ADD
#define RULE_DEL SIPFAST_CMD_RULE_DEL
#define RULE_GET SIPFAST_CMD_RULE_GET
#define SIP_COUNTER_GET SIPFAST_CMD_SIP_COUNTER_GET

static struct client client; /* of the running test */

/* --- what the tests begin with ------------------------------------------------------------- */

#define RANGE "range{addr=127.0.0.1 min=30000 max=39999}"
#define EP1 "endpoint{id=1 laddr=127.0.0.1 lport=30000 raddr=127.0.0.1 rport=4000 forward{to=2}}"
#define EP2 "endpoint{id=2 laddr=127.0.0.1 lport=30002 raddr=127.0.0.1 rport=4002 forward{to=1}}"
#define SESSION1 "session{id=1 owner=9 " EP1 " " EP2 "}"
#define RANGE6 "range{addr6=::1 min=30000 max=39999}"

/* Endpoints' options by default, and statistics of none. */
#define DEFAULTS \
	"component=0 learn=0 prefix=0 source=0 dscp=0 ttl=64 clock=8000 inactive=0 dtmftype=255"
#define NO_RX \
	"rx{packets=0 octets=0 lost=0 duplicate=0 reordered=0 badsource=0 malformed=0 changes=0}"
#define NO_TX "tx{packets=0 octets=0 dropped=0 icmp=0 blocked=0}"
/* Of an endpoint that is transparent. */
#define BARE_RX "rx{packets=0 octets=0 badsource=0 malformed=0}"
/* What is in RX after packets of payload type 0. */
#define PTS_0 "pts=01000000000000000000000000000000"

/* What a forward makes of 16 payload types. */
#define PTS_32 "0001020003000400050006000700080009000a000b000c000d000e000f007f65"

static inline void a_range_and_a_session(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, SESSION1);
}

/* A request that is right, in which "!" marks what it needs. */
struct base {
	int cmd;
	int flags;
	const char *text;
};

/* A request and what becomes of it. */
struct expected {
	int cmd;
	const char *text;
	int err;
};

/* A session 5 of one endpoint, and more of that. */
#define NEW(rest) "session{id=5 endpoint{id=1 laddr=127.0.0.1 lport=30100 " rest "}}"
#define NEW6(rest) "session{id=5 endpoint{id=1 laddr6=::1 lport=30100 " rest "}}"

/* All that the namespace holds, as text. */
static char *everything(void)
{
	static const struct {
		int cmd;
		bool dump;
	} asks[] = {
		{ RANGE_GET, true },	{ STATUS_GET, false },	{ CONFIG_GET, false },
		{ GET, true },		{ LISTENER_GET, true }, { SOURCE_GET, true },
		{ POLICY_GET, false },	{ RULE_GET, true },
	};
	size_t size;
	char *all;
	FILE *out = open_memstream(&all, &size);

	if (!out)
		bail_out("no memory");
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++)
		fprintf(out, "%s%s", i ? " " : "",
			asks[i].dump ? client_dump(&client, asks[i].cmd, "")->body :
				       client_do(&client, asks[i].cmd, "")->body);
	fclose(out);
	return all;
}

/* @before becomes what there is now. */
static inline void expect_nothing_changed(char **before, const char *request)
{
	char *after = everything();

	expect(!strcmp(*before, after), "changed by a refused request: %s\n#   was %s\n#   is  %s",
	       request, *before, after);
	free(*before);
	*before = after;
}

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(name)          \
	{                   \
#name, name \
	}

/* Runs one test in a namespace of its own; the words of its name are its title. */
static void run_test(const struct test *test)
{
	tap_good = true;
	namespace_new();
	client_open(&client);
	test->run();
	client_close(&client);
	tap_failed += !tap_good;
	printf("%sok %d ", tap_good ? "" : "not ", ++tap_number);
	for (const char *name = test->name; *name; name++)
		putchar(*name == '_' ? ' ' : *name);
	putchar('\n');
	fflush(stdout);
}

/* What main() returns. */
static inline int run_tests(const struct test *tests, size_t n)
{
	printf("TAP version 13\n1..%zu\n", n);
	for (size_t i = 0; i < n; i++)
		run_test(&tests[i]);
	return tap_failed != 0;
}

#endif /* NL_LIB_H */
