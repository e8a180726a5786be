// SPDX-License-Identifier: GPL-2.0-or-later
/* Matching requests to server transactions (RFC 3261 s.17.2.3). */
#include <ctype.h>

#include "sip/strans.h"

static uint64_t add(struct sip_stack *stack, uint64_t hash, struct view part)
{
	return siphash_inside_more(&stack->match_key, hash, part.p, part.len);
}

static uint64_t add_number(struct sip_stack *stack, uint64_t hash, uint32_t number)
{
	return siphash_inside_more(&stack->match_key, hash, &number, sizeof(number));
}

/* Host names are case-insensitive; one longer than a name can be is compared as it is. */
static uint64_t add_host(struct sip_stack *stack, uint64_t hash, struct view host)
{
	char lower[256];

	if (host.len > sizeof(lower))
		return add(stack, hash, host);
	for (size_t i = 0; i < host.len; i++)
		lower[i] = tolower((unsigned char)host.p[i]);
	return add(stack, hash, (struct view){ lower, host.len });
}

/* Nothing behind the cookie makes no branch. */
static bool has_unique_branch(const struct sip_via *via)
{
	size_t cookie = sizeof(STACK_MAGIC_COOKIE) - 1;

	return via->branch.len > cookie && !strncasecmp(via->branch.p, STACK_MAGIC_COOKIE, cookie);
}

static struct view top_via(const struct sip_msg *msg)
{
	const struct sip_header *header = sip_msg_header(msg, SIP_HDR_VIA, NULL);
	struct view rest, element;

	if (!header)
		return VIEW_NONE;
	rest = header->value;
	return sip_list_next(&rest, &element) ? element : VIEW_NONE;
}

uint32_t strans_tag_hash(struct sip_stack *stack, struct view tag)
{
	return tag.len ? (uint32_t)add(stack, 0, tag) : 0;
}

void strans_key(struct sip_stack *stack, const struct sip_msg *msg, struct strans_key *key)
{
	const struct sip_via *via = &msg->via;

	*key = (struct strans_key){ .rfc2543 = !has_unique_branch(via) };
	if (key->rfc2543) {
		key->hash = add(stack, 0, msg->ruri);
		key->hash = add(stack, key->hash, msg->from.tag);
		key->hash = add(stack, key->hash, msg->call_id);
		key->hash = add_number(stack, key->hash, msg->cseq);
		key->hash = add(stack, key->hash, top_via(msg));
		key->to_tag = strans_tag_hash(stack, msg->to.tag);
	} else {
		key->hash = add(stack, 0, via->branch);
		key->hash = add_host(stack, key->hash, via->host);
		key->hash = add_number(stack, key->hash, stack_sent_by_port(via));
	}
	if (msg->method == SIP_METHOD_OTHER)
		key->hash = add(stack, key->hash, msg->method_name);
}

static struct sip_strans *entry(struct hnode *node)
{
	return node ? HTAB_ENTRY(node, struct sip_strans, node) : NULL;
}

static bool matches(const struct sip_strans *st, const struct strans_key *key,
		    enum sip_method method)
{
	if (st->key != key->hash || st->rfc2543 != key->rfc2543)
		return false;
	if (method == SIP_ACK)
		return st->method == SIP_INVITE && (!st->rfc2543 || st->ack_tag == key->to_tag);
	return st->method == method && st->to_tag == key->to_tag;
}

struct sip_strans *strans_find(struct sip_stack *stack, const struct strans_key *key,
			       enum sip_method method)
{
	struct hnode *node = htab_first(&stack->strans, key->hash);

	while (node && !matches(entry(node), key, method))
		node = htab_next(node);
	return entry(node);
}

struct sip_strans *strans_find_cancelled(struct sip_stack *stack, const struct strans_key *key)
{
	struct hnode *node = htab_first(&stack->strans, key->hash);

	while (node && (entry(node)->method == SIP_CANCEL ||
			!matches(entry(node), key, entry(node)->method)))
		node = htab_next(node);
	return entry(node);
}
