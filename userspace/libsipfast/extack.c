// SPDX-License-Identifier: GPL-2.0-or-later
/* Why the kernel refused: its sentence, and where in the request it points. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

struct extack {
	const char *text;
	uint32_t offset;
	uint32_t missing_nest;
	uint32_t missing; /* attribute type, 0: none */
};

static void read_tlvs(const char *pos, const char *end, struct extack *extack)
{
	const struct nlattr *attr;

	for (attr = (const void *)pos; mnl_attr_ok(attr, end - (const char *)attr);
	     attr = mnl_attr_next(attr)) {
		uint16_t len = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			if (len && !((const char *)mnl_attr_get_payload(attr))[len - 1])
				extack->text = mnl_attr_get_str(attr);
			break;
		case NLMSGERR_ATTR_OFFS:
			if (len == sizeof(uint32_t))
				extack->offset = mnl_attr_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (len == sizeof(uint32_t))
				extack->missing = mnl_attr_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			if (len == sizeof(uint32_t))
				extack->missing_nest = mnl_attr_get_u32(attr);
			break;
		}
	}
}

int sf_ack_read(struct sf_client *client, const struct nlmsghdr *request,
		const struct nlmsghdr *ack)
{
	const struct nlmsgerr *msg = mnl_nlmsg_get_payload(ack);
	size_t fixed = ack->nlmsg_type == NLMSG_DONE ? sizeof(int) : sizeof(*msg);
	struct extack extack = { 0 };
	char where[128] = "";
	int err;

	if (mnl_nlmsg_get_payload_len(ack) < fixed)
		return sf_fail(client, -EPROTO, "the kernel's acknowledgement is cut short");
	err = msg->error; /* the first field of both */
	if (err >= 0)
		return 0;
	if (ack->nlmsg_type == NLMSG_ERROR && !(ack->nlmsg_flags & NLM_F_CAPPED))
		fixed += mnl_nlmsg_get_payload_len(&msg->msg);
	if ((ack->nlmsg_flags & NLM_F_ACK_TLVS) && fixed <= mnl_nlmsg_get_payload_len(ack))
		read_tlvs((const char *)msg + MNL_ALIGN(fixed), mnl_nlmsg_get_payload_tail(ack),
			  &extack);
	sf_attr_path(request, extack.missing ? extack.missing_nest : extack.offset, extack.missing,
		     where, sizeof(where));
	return sf_fail(client, err, "%s%s%s%s", extack.text ? extack.text : strerror(-err),
		       where[0] ? ", " : "", where, extack.missing ? " missing" : "");
}
