/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and answers of the kernel that is played, octet by octet: little-endian, as numbers are
 * on the test's machine. Included by one test program each.
 */
#ifndef TESTS_UNIT_ATTR_FIXTURE_H
#define TESTS_UNIT_ATTR_FIXTURE_H

#include "kernel_fixture.h"

/* --- requests ------------------------------------------------------------------------------ */

static unsigned char sent[8192]; /* the attributes of the last request */
static size_t sent_len;
static uint8_t sent_cmd;

static inline void keep(const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(request);

	sent_cmd = genl->cmd;
	sent_len = mnl_nlmsg_get_payload_len(request) - GENL_HDRLEN;
	assert_true(sent_len <= sizeof(sent));
	memcpy(sent, (const char *)genl + GENL_HDRLEN, sent_len);
	push_ack(request, 0);
	/* What attributes are padded with was there before. */
	memset(client->tx, 0, SF_TX_SIZE);
}

static inline struct sf_address ip(const char *text, uint16_t port)
{
	struct sf_address address = { .family = strchr(text, ':') ? AF_INET6 : AF_INET,
				      .port = htons(port) };

	assert_int_equal(inet_pton(address.family, text, &address.v6), 1);
	return address;
}

/* The request was @cmd with these octets. */
#define assert_sent(cmd, octets)                                       \
	do {                                                           \
		assert_int_equal(sent_cmd, cmd);                       \
		assert_int_equal(sent_len, sizeof(octets) - 1);        \
		assert_memory_equal(sent, octets, sizeof(octets) - 1); \
	} while (0)

/* One attribute: its type and its value, both as octets. */
#define A_FLAG(type) "\x04\x00" type "\x00"
#define A_U8(type, value) "\x05\x00" type "\x00" value "\x00\x00\x00"
#define A_U16(type, value) "\x06\x00" type "\x00" value "\x00\x00"
#define A_U32(type, value) "\x08\x00" type "\x00" value
#define A_U64(type, low) "\x0c\x00" type "\x00" low "\x00\x00\x00\x00"
#define A_IP6(type, value) "\x14\x00" type "\x00" value
/* And a nest: its length with the four octets before it. */
#define A_NEST(len, type) len "\x00" type "\x80"

#define DB8_1 "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"

/* --- answers ------------------------------------------------------------------------------- */

static const char *reply; /* the attributes of the next answer */
static size_t reply_len;

static inline void send_reply(const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(request);
	struct nlmsghdr *nlh = message(request, genl->cmd, 0);

	memcpy(mnl_nlmsg_get_payload_tail(nlh), reply, reply_len);
	nlh->nlmsg_len += reply_len;
	push(nlh);
	push_ack(request, 0);
}

/* To a dump: the same, and that this is all. */
static inline void send_dump(const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(request);
	struct nlmsghdr *nlh = message(request, genl->cmd, NLM_F_MULTI);

	memcpy(mnl_nlmsg_get_payload_tail(nlh), reply, reply_len);
	nlh->nlmsg_len += reply_len;
	push(nlh);
	push_done(request, 0);
}

#define REPLY_DUMP(octets) (reply = octets, reply_len = sizeof(octets) - 1, kernel = send_dump)
#define REPLY(octets) (reply = octets, reply_len = sizeof(octets) - 1, kernel = send_reply)

static inline void push_event(uint8_t cmd, const char *octets, size_t len)
{
	struct nlmsghdr *nlh = message(NULL, cmd, 0);

	memcpy(mnl_nlmsg_get_payload_tail(nlh), octets, len);
	nlh->nlmsg_len += len;
	push(nlh);
}

#define PUSH_EVENT(cmd, octets) push_event(SIPFAST_CMD_EVENT_##cmd, octets, sizeof(octets) - 1)

#endif
