// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/dialog_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct view sip_dialog_text(const struct sip_dialog *dialog, enum sip_dialog_text which)
{
	const char *p = dialog->text;

	if (!p)
		return VIEW_LIT("");
	for (unsigned int i = 0; i < which; i++)
		p += dialog->len[i] + 1;
	return (struct view){ p, dialog->len[which] };
}

void dialog_texts(const struct sip_dialog *dialog, struct view texts[SIP_DIALOG_TEXTS])
{
	for (unsigned int i = 0; i < SIP_DIALOG_TEXTS; i++)
		texts[i] = sip_dialog_text(dialog, i);
}

static void copy_unfolded(char *to, struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		to[i] = text.p[i] == '\r' || text.p[i] == '\n' ? ' ' : text.p[i];
	to[text.len] = '\0';
}

int dialog_store(struct sip_dialog *dialog, const struct view texts[SIP_DIALOG_TEXTS])
{
	size_t size = 0;
	char *text, *p;

	for (unsigned int i = 0; i < SIP_DIALOG_TEXTS; i++) {
		if (texts[i].len > UINT16_MAX)
			return -EMSGSIZE;
		size += texts[i].len + 1;
	}
	text = malloc(size);
	if (!text)
		return -ENOMEM;
	p = text;
	for (unsigned int i = 0; i < SIP_DIALOG_TEXTS; i++) {
		copy_unfolded(p, texts[i]);
		p += texts[i].len + 1;
		dialog->len[i] = (uint16_t)texts[i].len;
	}
	free(dialog->text);
	dialog->text = text;
	return 0;
}

struct view dialog_contact(const struct sip_msg *msg)
{
	const struct sip_header *header = sip_msg_header(msg, SIP_HDR_CONTACT, NULL);
	struct sip_nameaddr contact;
	struct view rest, element;
	const char *headers;

	if (!header)
		return VIEW_NONE;
	rest = header->value;
	if (!sip_list_next(&rest, &element) || sip_nameaddr_parse(&contact, element))
		return VIEW_NONE;
	if (!contact.uri.len || view_eq(contact.uri, VIEW_LIT("*")))
		return VIEW_NONE;
	headers = memchr(contact.uri.p, '?', contact.uri.len);
	if (headers)
		contact.uri.len = (size_t)(headers - contact.uri.p);
	return contact.uri;
}

/* Returns how many routes there are; @octets: of all, each with a separator. */
static unsigned int measure_routes(const struct sip_msg *msg, size_t *octets)
{
	const struct sip_header *header = NULL;
	struct view rest, element;
	unsigned int count = 0;

	*octets = 0;
	while ((header = sip_msg_header(msg, SIP_HDR_RECORD_ROUTE, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			*octets += element.len + 1;
			count++;
		}
	}
	return count;
}

int dialog_routes(const struct sip_msg *msg, bool reversed, char **text)
{
	const struct sip_header *header = NULL;
	struct view rest, element;
	size_t octets, at = 0;
	char *p;

	*text = NULL;
	if (!measure_routes(msg, &octets))
		return 0;
	p = malloc(octets);
	if (!p)
		return -ENOMEM;
	/* Each element is followed by a comma, the last one by NUL. */
	while ((header = sip_msg_header(msg, SIP_HDR_RECORD_ROUTE, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			size_t to = reversed ? octets - at - element.len - 1 : at;

			memcpy(p + to, element.p, element.len);
			p[to + element.len] = ',';
			at += element.len + 1;
		}
	}
	p[octets - 1] = '\0';
	*text = p;
	return 0;
}
