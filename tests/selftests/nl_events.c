// SPDX-License-Identifier: GPL-2.0-or-later
/* What packets cause at the netlink ABI: counters and events, each in its own namespace. */
#define _GNU_SOURCE
#include <poll.h>

#include "nl_lib.h"

/* From a socket to a port of the same address. */
static void packet_send(int fd, unsigned int port, const void *packet, size_t size)
{
	struct sockaddr_storage to;
	socklen_t len = sizeof(to);

	if (getsockname(fd, (void *)&to, &len) < 0)
		bail_out("getsockname");
	/* It stands at the same place in both families. */
	((struct sockaddr_in *)&to)->sin_port = htons(port);
	if (sendto(fd, packet, size, 0, (void *)&to, len) != (ssize_t)size)
		bail_out("sendto");
}

/* An RTP packet of @size octets, at most 172, its payload all 0 but for @head. */
static void rtp_send_as(int fd, unsigned int port, uint16_t sequence, uint32_t ssrc, uint8_t type,
			uint32_t timestamp, uint32_t head, size_t size)
{
	uint32_t packet[43] = { htonl(0x80000000 | type << 16 | sequence), htonl(timestamp),
				htonl(ssrc), htonl(head) };

	packet_send(fd, port, packet, size);
}

/* One RTP packet of 160 octets of payload, type 0, SSRC 0x01020304. */
static void rtp_send(int fd, unsigned int port, uint16_t sequence)
{
	rtp_send_as(fd, port, sequence, 0x01020304, 0, 160 * sequence, 0, 172);
}

/* The answer, once it has @part in it or after 20 s: packets may be handled a little later. */
static const char *soon(struct client *asked, int cmd, int flags, const char *text,
			const char *part)
{
	const struct reply *reply = NULL;

	for (int i = 0; i < 2000; i++) {
		reply = client_ask(asked, cmd, flags, text, NULL);
		if (strstr(reply->body, part))
			break;
		usleep(10000);
	}
	return reply->body;
}

static void counters_have_names_and_a_fixed_order(void)
{
	char *first = strdup(client_dump(&client, COUNTER_GET, "")->body);
	int fd = udp_socket(4000);

	expect(strstr(first, "counter{name=forwarded value=0}"), "no counter \"forwarded\": %s",
	       first);
	expect(strstr(first, "counter{name=drop-no-endpoint value=0}"),
	       "no counter \"drop-no-endpoint\": %s", first);
	must(&client, RANGE_ADD, RANGE);
	rtp_send(fd, 30000, 1);
	expect(strstr(soon(&client, COUNTER_GET, NLM_F_DUMP, "", "name=drop-no-endpoint value=1}"),
		      "name=drop-no-endpoint value=1}"),
	       "the drop was not counted: %s", client_dump(&client, COUNTER_GET, "")->body);
	expect_text("range", client_dump(&client, RANGE_GET, "")->body,
		    "range{addr=127.0.0.1 min=30000 max=39999 endpoints=0 unknown=1}");
	close(fd);
	free(first);
}

/* --- events -------------------------------------------------------------------------------- */

/* The next event, rendered behind its command, within 20 s. */
static const char *next_event(struct client *monitor)
{
	static char buf[65536] __attribute__((aligned(8)));
	static char body[16384];
	struct pollfd pfd = { .fd = nl_socket_get_fd(monitor->sk), .events = POLLIN };
	struct nlmsghdr *nlh = (void *)buf;
	int len;

	if (poll(&pfd, 1, 20000) != 1)
		return "no event";
	len = recv(pfd.fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (len < 0 || !nlmsg_ok(nlh, len) || nlh->nlmsg_type != monitor->family)
		return "not an event";
	snprintf(body, sizeof(body), "%d", ((struct genlmsghdr *)nlmsg_data(nlh))->cmd);
	render(nlh, body, sizeof(body));
	return body;
}

static bool no_event(struct client *monitor)
{
	struct pollfd pfd = { .fd = nl_socket_get_fd(monitor->sk), .events = POLLIN };

	return poll(&pfd, 1, 0) == 0;
}

static void monitor_open(struct client *monitor)
{
	int group;

	client_open(monitor);
	group = genl_ctrl_resolve_grp(monitor->sk, SIPFAST_GENL_NAME, SIPFAST_MCGRP_MEDIA);
	if (group < 0 || nl_socket_add_membership(monitor->sk, group) < 0)
		bail_out("cannot join the group");
}

#define LEARNED "11 session{id=1 owner=9 endpoint{id=1 raddr=127.0.0.1 rport=4000}}"

static void learning_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket(4000);

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD,
	     "session{id=1 owner=9 endpoint{id=1 laddr=127.0.0.1 lport=30000 learn=1}}");
	expect(no_event(&monitor), "an event before any packet");
	rtp_send(fd, 30000, 1);
	expect_text("event", next_event(&monitor), LEARNED);
	rtp_send(fd, 30000, 2);
	expect_text(
		"session", soon(&client, GET, NLM_F_ACK, "session{id=1}", "rx{packets=2 "),
		"session{id=1 owner=9 timeout=0 endpoint{id=1 laddr=127.0.0.1 lport=30000 "
		"raddr=127.0.0.1 rport=4000 component=0 learn=1 prefix=0 source=0 "
		"dscp=0 ttl=64 clock=8000 inactive=0 dtmftype=255 learned "
		"rx{packets=2 octets=344 lost=0 duplicate=0 "
		"reordered=0 ssrc=16909060 pt=0 badsource=0 malformed=0 " PTS_0 " changes=0} " NO_TX
		"}}");
	expect(no_event(&monitor), "an event for the second packet");
	/* Giving the remote restarts learning. */
	must(&client, SET, "session{id=1 endpoint{id=1 raddr=127.0.0.1 rport=4444}}");
	rtp_send(fd, 30000, 3);
	expect_text("event", next_event(&monitor), LEARNED);
	close(fd);
	client_close(&monitor);
}

/* What has flowed, and nothing of the endpoint that nothing came to or left from. */
static void a_brief_answer_tells_what_has_flowed(void)
{
	const char *brief = "session{id=1 endpoint{id=1 raddr=127.0.0.1 rport=4000 learned "
			    "rx{packets=3 octets=516 lost=1} tx{}} "
			    "endpoint{id=2 raddr=127.0.0.1 rport=4002 rx{} tx{packets=3}} brief}";
	const struct reply *reply;
	int fd = udp_socket(4000), sink = udp_socket(4002);

	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD,
	     "session{id=1 owner=9 endpoint{id=1 laddr=127.0.0.1 lport=30000 learn=1 "
	     "forward{to=2}} "
	     "endpoint{id=2 laddr=127.0.0.1 lport=30002 raddr=127.0.0.1 rport=4002} "
	     "endpoint{id=3 laddr=127.0.0.1 lport=30004 raddr=127.0.0.1 rport=4004}}");
	rtp_send(fd, 30000, 1);
	rtp_send(fd, 30000, 2);
	rtp_send(fd, 30000, 4);
	expect_text("answer", soon(&client, GET, NLM_F_ACK, "session{id=1 brief}", "tx{packets=3}"),
		    brief);
	reply = client_ask(&client, DEL, NLM_F_ECHO | NLM_F_ACK, "session{id=1 brief}", NULL);
	expect_text("echo", reply->body, brief);
	close(sink);
	close(fd);
}

static void a_timeout_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket(4000);

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD,
	     "session{id=1 owner=9 timeout=1000 endpoint{id=1 laddr=127.0.0.1 "
	     "lport=30000 raddr=127.0.0.1 rport=4000}}");
	rtp_send(fd, 30000, 1);
	expect_text(
		"event", next_event(&monitor),
		"12 session{id=1 owner=9 timeout=1000 endpoint{id=1 laddr=127.0.0.1 "
		"lport=30000 raddr=127.0.0.1 rport=4000 " DEFAULTS " rx{packets=1 octets=172 "
		"lost=0 duplicate=0 reordered=0 ssrc=16909060 pt=0 badsource=0 malformed=0 " PTS_0
		" changes=0} " NO_TX "}}");
	expect(client_do(&client, GET, "session{id=1}")->err == -ENOENT, "still there");
	must(&client, RANGE_DEL, RANGE);
	close(fd);
	client_close(&monitor);
}

/* What comes with an event of endpoint 1 of session 1. */
#define EVENT(number, rest) #number " session{id=1 owner=9 endpoint{id=1 " rest "}}"
#define ONE_ENDPOINT(rest)                                                                \
	"session{id=1 owner=9 endpoint{id=1 laddr=127.0.0.1 lport=30000 raddr=127.0.0.1 " \
	"rport=4000 " rest "}}"

static void expect_event(struct client *monitor, const char *what, const char *begins)
{
	const char *event = next_event(monitor);

	expect(!strncmp(event, begins, strlen(begins)), "%s:\n#   got  %s\n#   want %s", what,
	       event, begins);
}

static void learning_of_ipv6_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket_on("::1", 4000);

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE6);
	must(&client, ADD,
	     "session{id=1 owner=9 endpoint{id=1 laddr6=::1 lport=30000 learn=1 from6=::1 "
	     "prefix=128}}");
	rtp_send(fd, 30000, 1);
	expect_text("event", next_event(&monitor), EVENT(11, "raddr6=::1 rport=4000"));
	rtp_send(fd, 30001, 1);
	expect(strstr(soon(&client, RANGE_GET, NLM_F_DUMP, "", "unknown=1}"), "unknown=1}"),
	       "a packet for no endpoint was not counted: %s",
	       client_dump(&client, RANGE_GET, "")->body);
	close(fd);
	client_close(&monitor);
}

/* Each silence and its end once; also the silence before the first packet. */
static void silence_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket(4000);

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, ONE_ENDPOINT("inactive=200"));
	expect_event(&monitor, "silence at first",
		     "15 session{id=1 owner=9 endpoint{id=1 rx{packets=0 ");
	rtp_send(fd, 30000, 1);
	expect_event(&monitor, "the first packet",
		     "16 session{id=1 owner=9 endpoint{id=1 rx{packets=1 ");
	expect_event(&monitor, "silence", "15 session{id=1 owner=9 endpoint{id=1 rx{packets=1 ");
	rtp_send(fd, 30000, 2);
	expect_event(&monitor, "the second packet",
		     "16 session{id=1 owner=9 endpoint{id=1 rx{packets=2 ");
	must(&client, SET, "session{id=1 endpoint{id=1 inactive=0}}");
	usleep(500000);
	expect(no_event(&monitor), "an event that is switched off");
	close(fd);
	client_close(&monitor);
}

static void another_ssrc_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket(4000);

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, ONE_ENDPOINT(""));
	rtp_send(fd, 30000, 1);
	rtp_send(fd, 30000, 2);
	rtp_send_as(fd, 30000, 1, 0x05060708, 0, 0, 0, 172);
	expect_event(&monitor, "another SSRC",
		     "17 session{id=1 owner=9 endpoint{id=1 oldssrc=16909060 rx{packets=3 ");
	expect(no_event(&monitor), "more than one event");
	expect(strstr(client_do(&client, GET, "session{id=1}")->body,
		      " ssrc=84281096 pt=0 badsource=0 malformed=0 " PTS_0 " changes=1"),
	       "session: %s", client_do(&client, GET, "session{id=1}")->body);
	close(fd);
	client_close(&monitor);
}

static void a_rejected_source_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket(4001);

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, ONE_ENDPOINT(""));
	for (int i = 0; i < 10; i++)
		rtp_send(fd, 30000, i);
	expect_text("rejected", next_event(&monitor),
		    EVENT(18, "rejected=127.0.0.1 rejectedport=4001"));
	expect(strstr(soon(&client, GET, NLM_F_ACK, "session{id=1}", "badsource=10 "),
		      "badsource=10 "),
	       "session: %s", client_do(&client, GET, "session{id=1}")->body);
	/* One a second: on a slow machine the ten may have taken longer. */
	close(fd);
	client_close(&monitor);
}

/* RFC 4733: a digit is some packets, the last of them sent three times. */
static void a_digit_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket(4000);
	uint16_t sequence = 1;

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, ONE_ENDPOINT("dtmftype=101"));
	for (uint32_t duration = 160; duration <= 800; duration += 160)
		rtp_send_as(fd, 30000, sequence++, 1, 101, 1000, 11u << 24 | 10 << 16 | duration,
			    16);
	for (int i = 0; i < 3; i++)
		rtp_send_as(fd, 30000, sequence++, 1, 101, 1000,
			    11u << 24 | 1 << 23 | 10 << 16 | 880, 16);
	expect_text("#", next_event(&monitor), EVENT(19, "dtmf{event=11 volume=10 duration=110}"));
	rtp_send_as(fd, 30000, sequence++, 1, 101, 5000, 1 << 23 | 1600, 16);
	expect_text("0", next_event(&monitor), EVENT(19, "dtmf{event=0 volume=0 duration=200}"));
	/* Of another payload type it is none. */
	rtp_send_as(fd, 30000, sequence++, 1, 100, 9000, 1 << 23 | 1600, 16);
	rtp_send_as(fd, 30000, sequence++, 1, 101, 9500, 5u << 24 | 1 << 23 | 1600, 16);
	expect_text("5", next_event(&monitor), EVENT(19, "dtmf{event=5 volume=0 duration=200}"));
	expect(no_event(&monitor), "more than one event for one digit");
	close(fd);
	client_close(&monitor);
}

/* Nothing listens where it is sent to. */
static void an_icmp_error_is_an_event(void)
{
	struct client monitor;
	int fd = udp_socket(4000);

	monitor_open(&monitor);
	must(&client, RANGE_ADD, RANGE);
	must(&client, RANGE_ADD, RANGE6);
	must(&client, ADD, SESSION1);
	rtp_send(fd, 30000, 1);
	expect_text("ICMP", next_event(&monitor),
		    "20 session{id=1 owner=9 endpoint{id=2 icmp{type=3 code=3}}}");
	expect(strstr(soon(&client, GET, NLM_F_ACK, "session{id=1}", " icmp=1 "), " icmp=1 "),
	       "not counted: %s", client_do(&client, GET, "session{id=1}")->body);
	must(&client, DEL, "session{id=1}");
	must(&client, ADD,
	     "session{id=1 owner=9 " EP1 " endpoint{id=2 laddr6=::1 lport=30002 raddr6=::1 "
	     "rport=4002}}");
	rtp_send(fd, 30000, 2);
	expect_text("ICMPv6", next_event(&monitor),
		    "20 session{id=1 owner=9 endpoint{id=2 icmp{type=1 code=4}}}");
	close(fd);
	client_close(&monitor);
}

static void namespaces_are_apart(void)
{
	struct client other, monitor;
	int fd;

	a_range_and_a_session();
	monitor_open(&monitor);
	namespace_new();
	client_open(&other);
	expect_text("ranges", client_dump(&other, RANGE_GET, "")->body, "");
	expect_text("sessions", client_dump(&other, GET, "")->body, "");
	must(&other, RANGE_ADD, RANGE);
	must(&other, ADD,
	     "session{id=1 owner=7 endpoint{id=1 laddr=127.0.0.1 lport=30000 learn=1}}");
	fd = udp_socket(4000);
	rtp_send(fd, 30000, 1);
	expect(strstr(soon(&other, GET, NLM_F_ACK, "session{id=1}", "learned"), "learned"),
	       "not learned");
	expect(no_event(&monitor), "an event of the other namespace");
	must(&other, FLUSH, "");
	expect(!client_do(&client, GET, "session{id=1}")->err, "flushed by the other namespace");
	close(fd);
	client_close(&other);
	client_close(&monitor);
}

static const struct test tests[] = {
	TEST(counters_have_names_and_a_fixed_order),
	TEST(learning_is_an_event),
	TEST(a_brief_answer_tells_what_has_flowed),
	TEST(a_timeout_is_an_event),
	TEST(learning_of_ipv6_is_an_event),
	TEST(silence_is_an_event),
	TEST(another_ssrc_is_an_event),
	TEST(a_rejected_source_is_an_event),
	TEST(a_digit_is_an_event),
	TEST(an_icmp_error_is_an_event),
	TEST(namespaces_are_apart),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
