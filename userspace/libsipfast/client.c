// SPDX-License-Identifier: GPL-2.0-or-later
/* A client's life, and the reason of its last failure. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client.h"

/*
 * What the kernel charges the receive buffer for one acknowledgement with a sentence is below
 * this on every supported architecture (struct sk_buff, shared info, 1 KiB of data).
 */
#define ACK_TRUESIZE 2048

static _Thread_local char open_error[512] = "no error";

void sf_set_open_error(const char *why)
{
	snprintf(open_error, sizeof(open_error), "%s", why);
}

const char *sf_error(const struct sf_client *client)
{
	return client ? client->error : open_error;
}

int sf_fail(struct sf_client *client, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(client->error, sizeof(client->error), fmt, ap);
	va_end(ap);
	return err;
}

static void option_set(struct sf_client *client, int option)
{
	int on = 1;

	/* Kernels from 5.14 know them all; without one only the reasons get shorter. */
	mnl_socket_setsockopt(client->nl, option, &on, sizeof(on));
}

static unsigned int acks_max(struct sf_client *client)
{
	int fd = mnl_socket_get_fd(client->nl);
	int size = 1 << 20;
	socklen_t len = sizeof(size);

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &len) < 0 || size < ACK_TRUESIZE)
		return 1;
	return size / ACK_TRUESIZE;
}

int sf_client_alloc(struct sf_client **result)
{
	struct sf_client *client = calloc(1, sizeof(*client));

	*result = NULL;
	if (!client)
		goto no_memory;
	client->tx = calloc(1, SF_TX_SIZE);
	client->rx = malloc(SF_RX_SIZE);
	if (!client->tx || !client->rx)
		goto no_memory;
	/*
	 * The kernel answers before send() returns, so there is never a reason to wait: an
	 * answer that is not there will not come.
	 */
	client->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!client->nl || mnl_socket_bind(client->nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		snprintf(open_error, sizeof(open_error), "cannot open a netlink socket: %s",
			 strerror(-err));
		sf_close(client);
		return err;
	}
	option_set(client, NETLINK_EXT_ACK);
	option_set(client, NETLINK_CAP_ACK);
	option_set(client, NETLINK_GET_STRICT_CHK);
	client->acks_max = acks_max(client);
	strcpy(client->error, "no error");
	*result = client;
	return 0;

no_memory:
	sf_set_open_error("out of memory");
	sf_close(client);
	return -ENOMEM;
}

int sf_open(struct sf_client **result)
{
	struct sf_client *client;
	struct sf_family family;
	int err;

	err = sf_client_alloc(result);
	if (err)
		return err;
	client = *result;
	err = sf_family_get(client, &family, NULL);
	if (err) {
		sf_set_open_error(client->error);
		sf_close(client);
		*result = NULL;
		return err;
	}
	client->family = family.id;
	return 0;
}

void sf_close(struct sf_client *client)
{
	if (!client)
		return;
	if (client->nl)
		mnl_socket_close(client->nl);
	free(client->tx);
	free(client->rx);
	free(client);
}
