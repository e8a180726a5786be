// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/name.h"

#include <errno.h>
#include <string.h>

#define MAX_LABEL 63

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool fits_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

int dns_name_normalize(const char *name, size_t len, char out[DNS_NAME_STRLEN])
{
	size_t label = 0;

	if (len && name[len - 1] == '.')
		len--;
	if (!len || len >= DNS_NAME_STRLEN)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		out[i] = lower(name[i]);
		if (out[i] == '.') {
			if (!label)
				return -EINVAL;
			label = 0;
		} else if (!fits_name(out[i]) || ++label > MAX_LABEL) {
			return -EINVAL;
		}
	}
	if (!label)
		return -EINVAL;
	out[len] = '\0';
	return 0;
}

/* A name as it grows, label by label. */
struct text {
	char *p;
	size_t len;
	bool odd; /* it has something that no name of ours has */
};

static int add_label(struct text *text, const uint8_t *label, size_t len)
{
	if (text->len + len + 1 >= DNS_NAME_STRLEN)
		return -EBADMSG;
	if (text->len)
		text->p[text->len++] = '.';
	for (size_t i = 0; i < len; i++) {
		char c = lower((char)label[i]);

		if (!fits_name(c))
			text->odd = true;
		text->p[text->len++] = c;
	}
	return 0;
}

int dns_name_read(struct dns_octets message, size_t at, char out[DNS_NAME_STRLEN])
{
	struct text text = { .p = out };
	size_t end = 0, bound = at;

	for (;;) {
		uint8_t len;

		if (at >= message.len)
			return -EBADMSG;
		len = message.p[at];
		if (!len)
			break;
		if (len <= MAX_LABEL) {
			if (message.len - at <= len || add_label(&text, message.p + at + 1, len))
				return -EBADMSG;
			at += len + 1u;
			continue;
		}
		if (len < 0xc0 || message.len - at < 2)
			return -EBADMSG;
		if (!end)
			end = at + 2;
		at = (size_t)(len & 0x3f) << 8 | message.p[at + 1];
		/* Ever further back: there is no loop. */
		if (at >= bound)
			return -EBADMSG;
		bound = at;
	}
	out[text.len] = '\0';
	if (text.odd)
		strcpy(out, "?");
	return (int)(end ? end : at + 1);
}
