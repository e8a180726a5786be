// SPDX-License-Identifier: GPL-2.0-or-later
/* A session as the kernel sends it. */
#include <errno.h>
#include <string.h>

#include "client.h"

/* The readers leave what is absent as it is and fail on a wrong length. */
static int get_u8(const struct nlattr *attr, uint8_t *value)
{
	if (!attr)
		return 0;
	if (mnl_attr_get_payload_len(attr) != sizeof(*value))
		return -EPROTO;
	*value = mnl_attr_get_u8(attr);
	return 1;
}

static int get_u16(const struct nlattr *attr, uint16_t *value)
{
	if (!attr)
		return 0;
	if (mnl_attr_get_payload_len(attr) != sizeof(*value))
		return -EPROTO;
	*value = mnl_attr_get_u16(attr);
	return 1;
}

static int get_u32(const struct nlattr *attr, uint32_t *value)
{
	if (!attr)
		return 0;
	if (mnl_attr_get_payload_len(attr) != sizeof(*value))
		return -EPROTO;
	*value = mnl_attr_get_u32(attr);
	return 1;
}

static int get_u64(const struct nlattr *attr, uint64_t *value)
{
	if (!attr)
		return 0;
	if (mnl_attr_get_payload_len(attr) != sizeof(*value))
		return -EPROTO;
	*value = mnl_attr_get_u64(attr);
	return 1;
}
