// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: nl_fuzz [-t SECONDS] [-s SEED] [-j THREADS] [-k]
 *
 * Asks the module for all it can be asked for, right and wrong, from several threads at once,
 * while packets come. It must answer each request, its answers must be made of the attributes
 * of <linux/sipfast.h>, and in the end all must be gone when it is deleted; with -k it is kept, for
 * the network namespace to take along. What the kernel says in its log is for the caller to read.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "nl_fuzz_gen.h"

#define THREADS_MAX 16

static atomic_bool over;
static atomic_uint failures;
static unsigned int family;

/* Answers by command and by whether it was done, and what else there was. */
static atomic_ulong done[SIPFAST_CMD_MAX + 1], refused[SIPFAST_CMD_MAX + 1], packets;

static void failure(const char *what, long number)
{
	if (atomic_fetch_add(&failures, 1) < 20)
		printf("# %s: %ld\n", what, number);
}

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	exit(1);
}

/* --- answers ------------------------------------------------------------------------------- */

static const struct spec *find(const struct spec *level, int type)
{
	for (; level->name; level++)
		if (level->type == type)
			return level;
	return NULL;
}

/* Every attribute is one of @level and of its length; 1 pads in every level. */
static void check_level(const struct spec *level, const unsigned char *data, int len)
{
	while (len >= NLA_HDRLEN) {
		const struct nlattr *attr = (const void *)data;
		int type = attr->nla_type & NLA_TYPE_MASK, size = attr->nla_len - NLA_HDRLEN;
		const struct spec *spec = find(level, type);

		if (size < 0 || attr->nla_len > len) {
			failure("an answer's attribute does not fit", type);
			return;
		}
		if (!spec && !(type == 1 && !size))
			failure("an answer has an unknown attribute", type);
		else if (spec && spec->kind == NEST)
			check_level(spec->nest, data + NLA_HDRLEN, size);
		else if (spec && spec->kind != STRING && spec->kind != OCTETS &&
			 size != kind_size[spec->kind])
			failure("an answer's attribute has a wrong length", type);
		data += NLA_ALIGN(attr->nla_len);
		len -= NLA_ALIGN(attr->nla_len);
	}
	if (len > 0)
		failure("an answer ends with octets", len);
}

/* Returns 1 for an acknowledgement of @seq or the end of its dump. */
static int read_answer(const struct nlmsghdr *nlh, uint32_t seq, int *err)
{
	const unsigned char *payload = (const void *)(nlh + 1);

	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		memcpy(err, payload, sizeof(*err));
		return nlh->nlmsg_seq == seq;
	}
	if (nlh->nlmsg_type != family)
		return 0;
	check_level(top_spec, payload + GENL_HDRLEN, nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN);
	return 0;
}

/*
 * Reads until nothing is there. Returns whether @seq was acknowledged, with @err. @most: datagrams
 * that are read at most, so that dumps are left unfinished.
 */
static bool drain(int fd, uint32_t seq, int *err, unsigned int most)
{
	static _Thread_local char buf[65536] __attribute__((aligned(8)));
	bool acknowledged = false;

	while (most--) {
		int len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

		if (len < 0 && errno != ENOBUFS)
			break;
		if (len < 0) {
			acknowledged = true; /* or lost */
			continue;
		}
		for (struct nlmsghdr *nlh = (void *)buf; NLMSG_OK(nlh, (unsigned int)len);
		     nlh = NLMSG_NEXT(nlh, len))
			acknowledged |= read_answer(nlh, seq, err);
	}
	return acknowledged;
}

/* --- requests ------------------------------------------------------------------------------ */

static int netlink_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int one = 1;

	if (fd < 0 || bind(fd, (void *)&addr, sizeof(addr)) < 0)
		die("netlink");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return fd;
}

static void begin(struct request *r, unsigned int type, int cmd, int flags)
{
	struct nlmsghdr *nlh = (void *)r->data;
	struct genlmsghdr *genl = (void *)(nlh + 1);

	*nlh = (struct nlmsghdr){ .nlmsg_type = type,
				  .nlmsg_flags = NLM_F_REQUEST | flags,
				  .nlmsg_seq = rnd(r) | 1 };
	*genl = (struct genlmsghdr){ .cmd = cmd, .version = SIPFAST_GENL_VERSION };
	r->len = NLMSG_HDRLEN + GENL_HDRLEN;
}

/* Sends the request; it must be acknowledged. Returns its error. */
static int ask(int fd, struct request *r, unsigned int most)
{
	struct nlmsghdr *nlh = (void *)r->data;
	int err = 0;

	nlh->nlmsg_len = r->len;
	if (send(fd, r->data, r->len, 0) < 0)
		return -errno;
	if (!drain(fd, nlh->nlmsg_seq, &err, most) && most == UINT32_MAX)
		failure("no acknowledgement of command", ((struct genlmsghdr *)(nlh + 1))->cmd);
	return err;
}

static int pick_command(struct request *r)
{
	static const unsigned char often[] = {
		SIPFAST_CMD_SESSION_ADD, SIPFAST_CMD_SESSION_ADD, SIPFAST_CMD_SESSION_ADD,
		SIPFAST_CMD_SESSION_SET, SIPFAST_CMD_SESSION_SET, SIPFAST_CMD_SESSION_SET,
		SIPFAST_CMD_SESSION_GET, SIPFAST_CMD_SESSION_DEL, SIPFAST_CMD_RANGE_ADD,
		SIPFAST_CMD_SOURCE_ADD,	 SIPFAST_CMD_SOURCE_DEL,  SIPFAST_CMD_LISTENER_ADD,
	};

	int any = below(r, SIPFAST_CMD_MAX + 1);

	/* Now and then only, or there would never be much. */
	if (any == SIPFAST_CMD_SESSION_FLUSH && percent(r, 80))
		any = SIPFAST_CMD_SESSION_GET;
	return percent(r, 70) ? often[below(r, sizeof(often))] : any;
}

static bool only_dumps(int cmd)
{
	return cmd == SIPFAST_CMD_COUNTER_GET || cmd == SIPFAST_CMD_RANGE_GET ||
	       cmd == SIPFAST_CMD_LISTENER_GET || cmd == SIPFAST_CMD_RULE_GET ||
	       cmd == SIPFAST_CMD_SIP_COUNTER_GET;
}

static bool may_dump(int cmd)
{
	return cmd == SIPFAST_CMD_SESSION_GET || cmd == SIPFAST_CMD_SOURCE_GET;
}

static void good_request(int fd, struct request *r)
{
	int cmd = pick_command(r), err;
	int flags = NLM_F_ACK;

	if (only_dumps(cmd) || (may_dump(cmd) && percent(r, 50)))
		flags = NLM_F_DUMP;
	if (cmd == SIPFAST_CMD_SESSION_DEL && percent(r, 50))
		flags |= NLM_F_ECHO;
	begin(r, family, cmd, flags);
	put_good(r, cmd);
	err = ask(fd, r, UINT32_MAX);
	atomic_fetch_add(err < 0 ? &refused[cmd] : &done[cmd], 1);
}

/* Whatever becomes of it: the next one is answered. */
static void bad_request(int fd, struct request *r)
{
	int cmd = percent(r, 90) ? pick_command(r) : (int)below(r, 256);
	int flags = percent(r, 70) ? NLM_F_ACK : (int)below(r, 0x1000);
	struct nlmsghdr *nlh = (void *)r->data;

	begin(r, family, cmd, flags);
	switch (below(r, 4)) {
	case 0:
		fill(r, r->data + r->len, 512);
		r->len += below(r, 512);
		break;
	case 1:
		put_nonsense(r, top_spec, 0);
		break;
	default:
		put_good(r, cmd);
		spoil(r, percent(r, 90) ? NLMSG_HDRLEN + GENL_HDRLEN : NLMSG_HDRLEN);
		break;
	}
	ask(fd, r, percent(r, 50) ? 1000 : below(r, 3));
	atomic_fetch_add(&refused[SIPFAST_CMD_UNSPEC], nlh->nlmsg_len != 0);
}

static void *requests(void *arg)
{
	struct request *r = arg;
	int fd = netlink_open();

	while (!over) {
		if (percent(r, 1)) {
			close(fd);
			fd = netlink_open();
		}
		if (percent(r, 40)) {
			bad_request(fd, r);
			/* An unfinished dump would have the next one refused. */
			if (percent(r, 10)) {
				close(fd);
				fd = netlink_open();
			} else {
				int err;

				drain(fd, 0, &err, 1000);
			}
		}
		good_request(fd, r);
	}
	close(fd);
	return NULL;
}

/* --- packets ------------------------------------------------------------------------------- */

static int udp_open(struct request *r, bool is6)
{
	struct sockaddr_in6 addr6 = { .sin6_family = AF_INET6,
				      .sin6_addr = IN6ADDR_LOOPBACK_INIT,
				      .sin6_port = htons(4000 + below(r, 6)) };
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = addr6.sin6_port,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(is6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 ||
	    bind(fd, is6 ? (void *)&addr6 : (void *)&addr, is6 ? sizeof(addr6) : sizeof(addr)) < 0)
		die("udp");
	return fd;
}

/* RTP, RTCP or neither, that carries on or not. */
static size_t make_packet(struct request *r, unsigned char *packet, uint16_t sequence)
{
	size_t len = percent(r, 80) ? 172 : below(r, 172);
	uint32_t words[2] = { htonl(160 * sequence), htonl(1 + below(r, 3)) };

	fill(r, packet, 172);
	if (percent(r, 10))
		return len;
	packet[0] = percent(r, 90) ? 0x80 : 0x80 | below(r, 64);
	packet[1] = percent(r, 20) ? 200 + below(r, 6) : below(r, 128);
	packet[2] = sequence >> 8;
	packet[3] = sequence;
	memcpy(packet + 4, words, sizeof(words));
	return len;
}

/* A request of SIP, of which now and then something is missing or changed. */
static size_t make_message(struct request *r, unsigned char *packet, size_t size)
{
	static const char *const methods[] = { "INVITE",   "ACK",	"BYE",	 "CANCEL",
					       "REGISTER", "SUBSCRIBE", "OTHER", "" };
	static const char *const agents[] = { "fuzzer", "phone", "sipvicious" };
	const char *method = methods[below(r, 8)];
	unsigned int id = below(r, 50);
	size_t len;

	len = snprintf(
		(char *)packet, size,
		"%s sip:%u@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK%u\r\n"
		"From: <sip:a@b>;tag=%u\r\nTo: <sip:c@d>%s\r\nCall-ID: %u\r\n"
		"CSeq: %u %s\r\nUser-Agent: %s\r\nContent-Length: 0\r\n\r\n",
		method, id, id, id, percent(r, 30) ? ";tag=1" : "", id, below(r, 3), method,
		agents[below(r, 3)]);
	if (percent(r, 20))
		packet[below(r, len)] = rnd(r);
	return percent(r, 90) ? len : below(r, len);
}

static void *traffic(void *arg)
{
	static const struct timespec pause = { 0, 200000 };
	struct request *r = arg;
	int fds[2] = { udp_open(r, false), udp_open(r, true) };
	unsigned char packet[2048];
	uint16_t sequence = 0;

	while (!over) {
		bool is6 = percent(r, 40), is_sip = percent(r, 40);
		uint16_t port = is_sip ? SIP_PORT + below(r, SIP_PORTS) :
					 PORT_MIN + below(r, PORTS);
		struct sockaddr_in6 to6 = { .sin6_family = AF_INET6,
					    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
					    .sin6_port = htons(port) };
		struct sockaddr_in to = { .sin_family = AF_INET,
					  .sin_port = to6.sin6_port,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		size_t len = is_sip ? make_message(r, packet, sizeof(packet)) :
				      make_packet(r, packet, sequence++);

		/* Refused when an ICMP error came: it is sent again. */
		sendto(fds[is6], packet, len, 0, is6 ? (void *)&to6 : (void *)&to,
		       is6 ? sizeof(to6) : sizeof(to));
		atomic_fetch_add(&packets, 1);
		while (recv(fds[is6], packet, sizeof(packet), 0) >= 0)
			;
		if (percent(r, 10))
			nanosleep(&pause, NULL);
	}
	close(fds[0]);
	close(fds[1]);
	return NULL;
}

/* --- the whole ----------------------------------------------------------------------------- */

static void find_family(struct request *r)
{
	int fd = netlink_open();
	char buf[4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)buf;
	const struct nlattr *attr;
	int len;

	begin(r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	put(r, CTRL_ATTR_FAMILY_NAME, SIPFAST_GENL_NAME, sizeof(SIPFAST_GENL_NAME));
	((struct nlmsghdr *)r->data)->nlmsg_len = r->len;
	if (send(fd, r->data, r->len, 0) < 0)
		die("send");
	len = recv(fd, buf, sizeof(buf), 0);
	close(fd);
	if (len < 0 || nlh->nlmsg_type != GENL_ID_CTRL)
		die("the family is not there");
	for (int at = NLMSG_HDRLEN + GENL_HDRLEN; at < len; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)(buf + at);
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			family = *(const uint16_t *)(attr + 1);
	}
}

/* The first range that the module names as a request to delete it; false when there is none. */
static bool delete_request(int fd, struct request *r)
{
	char buf[65536] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)buf;
	int len, rest, err;
	size_t nest;

	begin(r, family, SIPFAST_CMD_RANGE_GET, NLM_F_DUMP);
	((struct nlmsghdr *)r->data)->nlmsg_len = r->len;
	if (send(fd, r->data, r->len, 0) < 0)
		die("send");
	len = recv(fd, buf, sizeof(buf), 0);
	drain(fd, 0, &err, 1000);
	if (len < 0 || nlh->nlmsg_type != family)
		return false;
	begin(r, family, SIPFAST_CMD_RANGE_DEL, NLM_F_ACK);
	nest = nest_begin(r, SIPFAST_A_RANGE);
	rest = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN - NLA_HDRLEN;
	for (const char *at = buf + nlh->nlmsg_len - rest; rest > 0;) {
		const struct nlattr *attr = (const void *)at;

		if (!(find(range_spec, attr->nla_type) ?: range_spec)->flags &&
		    attr->nla_type != SIPFAST_A_RANGE_PAD)
			put(r, attr->nla_type, attr + 1, attr->nla_len - NLA_HDRLEN);
		at += NLA_ALIGN(attr->nla_len);
		rest -= NLA_ALIGN(attr->nla_len);
	}
	nest_end(r, nest);
	return true;
}

/* Everything goes when it is told to. */
static void clean_up(struct request *r)
{
	int fd = netlink_open();

	begin(r, family, SIPFAST_CMD_SESSION_FLUSH, NLM_F_ACK);
	if (ask(fd, r, UINT32_MAX))
		failure("sessions cannot be flushed", 0);
	while (!failures && delete_request(fd, r)) {
		int err = ask(fd, r, UINT32_MAX);

		if (err)
			failure("a range cannot be deleted", err);
	}
	close(fd);
}

static void report(void)
{
	for (int cmd = 1; cmd <= SIPFAST_CMD_MAX; cmd++)
		if (done[cmd] || refused[cmd])
			printf("# command %2d: %lu done, %lu refused\n", cmd,
			       (unsigned long)done[cmd], (unsigned long)refused[cmd]);
	printf("# %lu bad requests, %lu packets\n", (unsigned long)refused[0],
	       (unsigned long)packets);
	/* Else nothing was tested. */
	for (int cmd = SIPFAST_CMD_SESSION_ADD; cmd <= SIPFAST_CMD_SESSION_GET; cmd++)
		if (!done[cmd])
			failure("never done: command", cmd);
	if (!done[SIPFAST_CMD_LISTENER_ADD] || !done[SIPFAST_CMD_SOURCE_ADD])
		failure("never done: a command about SIP", 0);
}

int main(int argc, char **argv)
{
	unsigned int seconds = 5, threads = 4;
	uint64_t seed = time(NULL);
	static struct request all[THREADS_MAX + 2];
	pthread_t ids[THREADS_MAX + 1];
	bool keep = false;
	int c;

	while ((c = getopt(argc, argv, "t:s:j:k")) != -1) {
		if (c == 't')
			seconds = atoi(optarg);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (c == 'j' && atoi(optarg) > 0 && atoi(optarg) <= THREADS_MAX)
			threads = atoi(optarg);
		else if (c == 'k')
			keep = true;
		else
			return 2;
	}
	setlinebuf(stdout);
	printf("# seed %" PRIu64 "\n", seed);
	for (unsigned int i = 0; i < THREADS_MAX + 2; i++)
		all[i].random = (seed + i) * 0x9e3779b97f4a7c15 | 1;
	find_family(&all[THREADS_MAX + 1]);
	for (unsigned int i = 0; i <= threads; i++)
		if (pthread_create(&ids[i], NULL, i ? requests : traffic, &all[i]))
			die("pthread_create");
	sleep(seconds);
	over = true;
	for (unsigned int i = 0; i <= threads; i++)
		pthread_join(ids[i], NULL);
	report();
	if (!keep)
		clean_up(&all[THREADS_MAX + 1]);
	return failures != 0;
}
