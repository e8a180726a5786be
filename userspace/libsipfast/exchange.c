// SPDX-License-Identifier: GPL-2.0-or-later
/* One request, its answers, its acknowledgement. */
#include <errno.h>
#include <string.h>

#include "client.h"

struct nlmsghdr *sf_request(struct sf_client *client, size_t offset, enum sipfast_cmd cmd,
			    uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(client->tx + offset);
	struct genlmsghdr *genl;

	/* 0 is what unrequested messages carry. */
	if (!++client->seq)
		client->seq = 1;
	nlh->nlmsg_type = client->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = client->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = SIPFAST_GENL_VERSION;
	return nlh;
}

int sf_send(struct sf_client *client, size_t len)
{
	if (mnl_socket_sendto(client->nl, client->tx, len) < 0) {
		int err = -errno;

		return sf_fail(client, err, "cannot send to the kernel: %s", strerror(-err));
	}
	return 0;
}

/* 0: there is nothing to receive. */
static int receive(struct sf_client *client)
{
	ssize_t len;

	do {
		len = mnl_socket_recvfrom(client->nl, client->rx, SF_RX_SIZE);
	} while (len < 0 && errno == EINTR);
	if (len >= 0)
		return len;
	if (errno == EAGAIN)
		return 0;
	len = -errno;
	return sf_fail(client, len, "cannot receive from the kernel: %s", strerror(-len));
}

int sf_receive(struct sf_client *client)
{
	int len = receive(client);

	return len ? len : sf_fail(client, -EIO, "the kernel gave no answer");
}

static int answer(struct sf_client *client, const struct nlmsghdr *nlh, sf_reply_cb cb, void *arg)
{
	int ret = cb ? cb(nlh, arg) : 0;

	if (ret == -EPROTO)
		sf_fail(client, ret, "the kernel's answer is malformed");
	return ret;
}

int sf_exchange_quietly(struct sf_client *client, const struct nlmsghdr *request, sf_reply_cb cb,
			void *arg)
{
	const struct nlmsghdr *nlh;
	int len, err;

	err = sf_send(client, request->nlmsg_len);
	if (err)
		return err;
	while ((len = receive(client)) > 0) {
		for (nlh = (void *)client->rx; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != request->nlmsg_seq)
				continue;
			if (nlh->nlmsg_type == NLMSG_ERROR)
				return sf_ack_read(client, request, nlh);
			return answer(client, nlh, cb, arg);
		}
	}
	return len;
}

int sf_exchange(struct sf_client *client, const struct nlmsghdr *request, sf_reply_cb cb, void *arg,
		bool *interrupted)
{
	const struct nlmsghdr *nlh;
	uint32_t seq = request->nlmsg_seq;
	int len, err, ret = 0;

	err = sf_send(client, request->nlmsg_len);
	if (err)
		return err;
	for (;;) {
		len = sf_receive(client);
		if (len < 0)
			return ret ? ret : len;
		for (nlh = (void *)client->rx; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != seq)
				continue;
			if (interrupted && (nlh->nlmsg_flags & NLM_F_DUMP_INTR))
				*interrupted = true;
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
				err = sf_ack_read(client, request, nlh);
				return ret ? ret : err;
			}
			/* After a refusal by @cb the rest is read all the same, and dropped:
			 * the socket has no use until a dump is over.
			 */
			if (!ret)
				ret = answer(client, nlh, cb, arg);
		}
	}
}

int sf_attr_table(const struct nlmsghdr *nlh, const struct nlattr *nest, const struct nlattr **tb,
		  unsigned int max)
{
	const struct nlattr *attr;
	const char *end;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	if (nest) {
		attr = mnl_attr_get_payload(nest);
		end = (const char *)attr + mnl_attr_get_payload_len(nest);
	} else {
		if (nlh->nlmsg_len < MNL_ALIGN(sizeof(*nlh)) + GENL_HDRLEN)
			return -EPROTO;
		attr = mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN);
		end = mnl_nlmsg_get_payload_tail(nlh);
	}
	for (; mnl_attr_ok(attr, end - (const char *)attr); attr = mnl_attr_next(attr))
		if (mnl_attr_get_type(attr) <= max)
			tb[mnl_attr_get_type(attr)] = attr;
	return end - (const char *)attr > 0 ? -EPROTO : 0;
}

int sf_dump(struct sf_client *client, enum sipfast_cmd cmd,
	    void (*put)(struct nlmsghdr *nlh, const void *what), const void *what, sf_reply_cb cb,
	    void *arg)
{
	bool interrupted = true;
	int ret = 0;

	for (int pass = 0; pass < SF_DUMP_PASSES && interrupted && !ret; pass++) {
		struct nlmsghdr *nlh = sf_request(client, 0, cmd, NLM_F_DUMP);

		if (put)
			put(nlh, what);
		interrupted = false;
		ret = sf_exchange(client, nlh, cb, arg, &interrupted);
	}
	return ret;
}
