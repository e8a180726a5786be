/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of libsipfast before a kernel that is played: sending and receiving are replaced (see
 * libsipfast-wraps). Included by one test program each.
 */
#ifndef TESTS_UNIT_KERNEL_FIXTURE_H
#define TESTS_UNIT_KERNEL_FIXTURE_H

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libsipfast/client.h"

#define FAMILY 30
#define DATAGRAMS_MAX 4096

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *buf, size_t len);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size);
int __wrap_mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len);

/* --- the kernel that is played ------------------------------------------------------------- */

/* What waits for recvfrom(): a datagram, or an error. */
static struct {
	void *data;
	size_t len;
	int err;
} queue[DATAGRAMS_MAX];
static size_t queue_head, queue_tail;

/* Answers one request. */
static void (*kernel)(const struct nlmsghdr *request);
static unsigned int sends, requests;
static uint32_t joined; /* the last group */

static void queue_clear(void)
{
	while (queue_head < queue_tail)
		free(queue[queue_head++].data);
	queue_head = queue_tail = 0;
}

static inline void push_error(int err)
{
	assert_true(queue_tail < DATAGRAMS_MAX);
	queue[queue_tail].data = NULL;
	queue[queue_tail++].err = err;
}

static void push(const struct nlmsghdr *nlh)
{
	assert_true(queue_tail < DATAGRAMS_MAX);
	queue[queue_tail].err = 0;
	queue[queue_tail].len = nlh->nlmsg_len;
	queue[queue_tail].data = malloc(nlh->nlmsg_len);
	assert_non_null(queue[queue_tail].data);
	memcpy(queue[queue_tail++].data, nlh, nlh->nlmsg_len);
}

ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size)
{
	size_t i = queue_head;

	(void)nl;
	if (queue_head == queue_tail) {
		errno = EAGAIN;
		return -1;
	}
	queue_head++;
	if (!queue[i].data) {
		errno = queue[i].err;
		return -1;
	}
	assert_true(queue[i].len <= size);
	memcpy(buf, queue[i].data, queue[i].len);
	free(queue[i].data);
	return queue[i].len;
}

int __wrap_mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
	(void)nl;
	if (type == NETLINK_ADD_MEMBERSHIP) {
		assert_int_equal(len, sizeof(joined));
		memcpy(&joined, buf, len);
	}
	return 0;
}

static char scratch[65536] __attribute__((aligned(8)));

static struct nlmsghdr *answer(const struct nlmsghdr *request, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(scratch);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = request ? request->nlmsg_seq : 0;
	return nlh;
}

static struct nlmsghdr *message(const struct nlmsghdr *request, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = answer(request, request ? request->nlmsg_type : FAMILY, flags);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static struct nlmsghdr *error_begin(const struct nlmsghdr *request, int err)
{
	struct nlmsghdr *nlh = answer(request, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	struct nlmsgerr *msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));

	msg->error = err;
	msg->msg = *request;
	return nlh;
}

static void push_ack(const struct nlmsghdr *request, int err)
{
	push(error_begin(request, err));
}

static inline void push_done(const struct nlmsghdr *request, uint16_t flags)
{
	struct nlmsghdr *nlh = answer(request, NLMSG_DONE, NLM_F_MULTI | flags);

	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = 0;
	push(nlh);
}

static void put_group(struct nlmsghdr *nlh, const char *name, uint32_t id)
{
	struct nlattr *group = mnl_attr_nest_start(nlh, 1);

	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, name);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, id);
	mnl_attr_nest_end(nlh, group);
}

static void answer_getfamily(const struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = message(request, CTRL_CMD_NEWFAMILY, 0);
	struct nlattr *groups;

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	put_group(nlh, SIPFAST_MCGRP_MEDIA, 9);
	put_group(nlh, SIPFAST_MCGRP_SIP, 10);
	mnl_attr_nest_end(nlh, groups);
	push(nlh);
	push_ack(request, 0);
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *buf, size_t len)
{
	const struct nlmsghdr *nlh = buf;
	int rest = len;

	(void)nl;
	sends++;
	for (; mnl_nlmsg_ok(nlh, rest); nlh = mnl_nlmsg_next(nlh, &rest)) {
		if (nlh->nlmsg_type == GENL_ID_CTRL && kernel != NULL) {
			answer_getfamily(nlh);
			continue;
		}
		requests++;
		if (kernel)
			kernel(nlh);
		else
			push_ack(nlh, -ENOENT);
	}
	return len;
}

/* --- a client for each test ---------------------------------------------------------------- */

static struct sf_client *client;

static void acknowledge(const struct nlmsghdr *request)
{
	push_ack(request, 0);
}

static int open_client(void **state)
{
	(void)state;
	queue_clear();
	kernel = acknowledge;
	if (sf_open(&client))
		return -1;
	sends = requests = 0;
	return 0;
}

static int close_client(void **state)
{
	(void)state;
	sf_close(client);
	queue_clear();
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_client, close_client)

#endif
