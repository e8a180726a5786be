// SPDX-License-Identifier: GPL-2.0-or-later
/* What packets cause at the netlink ABI: counters and events, each in its own namespace. */
#define _GNU_SOURCE
#include <poll.h>

#include "nl_lib.h"

/* One RTP packet of 160 octets of payload, type 0, SSRC 0x01020304. */
static void rtp_send(int fd, unsigned int port, uint16_t sequence)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(port) };
	unsigned char packet[172] = { 0x80, 0, sequence >> 8, sequence };
	uint32_t timestamp = htonl(160 * sequence), ssrc = htonl(0x01020304);

	memcpy(packet + 4, &timestamp, 4);
	memcpy(packet + 8, &ssrc, 4);
	if (sendto(fd, packet, sizeof(packet), 0, (void *)&to, sizeof(to)) != sizeof(packet))
		bail_out("sendto");
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
	expect_text("session", soon(&client, GET, NLM_F_ACK, "session{id=1}", "rx{packets=2 "),
		    "session{id=1 owner=9 timeout=0 endpoint{id=1 laddr=127.0.0.1 lport=30000 "
		    "raddr=127.0.0.1 rport=4000 component=0 learn=1 prefix=0 source=0 "
		    "dscp=0 ttl=64 clock=8000 learned rx{packets=2 octets=344 lost=0 duplicate=0 "
		    "reordered=0 ssrc=16909060 pt=0 badsource=0 malformed=0} " NO_TX "}}");
	expect(no_event(&monitor), "an event for the second packet");
	/* Giving the remote restarts learning. */
	must(&client, SET, "session{id=1 endpoint{id=1 raddr=127.0.0.1 rport=4444}}");
	rtp_send(fd, 30000, 3);
	expect_text("event", next_event(&monitor), LEARNED);
	close(fd);
	client_close(&monitor);
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
		"lost=0 duplicate=0 reordered=0 ssrc=16909060 pt=0 badsource=0 malformed=0} " NO_TX
		"}}");
	expect(client_do(&client, GET, "session{id=1}")->err == -ENOENT, "still there");
	must(&client, RANGE_DEL, RANGE);
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
	TEST(a_timeout_is_an_event),
	TEST(namespaces_are_apart),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
