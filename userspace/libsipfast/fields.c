// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of what the kernel sends, as fields of objects. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

int sf_fields_read(const struct nlattr **tb, const struct sf_field *field, void *object,
		   uint32_t *has)
{
	for (; field->type; field++) {
		const struct nlattr *attr = tb[field->type];

		if (!attr)
			continue;
		if (mnl_attr_get_payload_len(attr) != field->size)
			return -EPROTO;
		memcpy((char *)object + field->offset, mnl_attr_get_payload(attr), field->size);
		if (field->has)
			*has |= field->has;
	}
	return 0;
}

int sf_choice_read(const struct nlattr *attr, unsigned int *value, uint32_t *has, uint32_t flag)
{
	if (!attr)
		return 0;
	if (mnl_attr_get_payload_len(attr) != sizeof(uint8_t))
		return -EPROTO;
	*value = mnl_attr_get_u8(attr);
	if (flag)
		*has |= flag;
	return 0;
}

void sf_string_read(const struct nlattr *attr, char *buf, size_t size)
{
	if (attr)
		snprintf(buf, size, "%.*s", (int)mnl_attr_get_payload_len(attr),
			 mnl_attr_get_str(attr));
}
