// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/diff.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/equal.h"
#include "config/tree.h"

#define MAX_PATH 160
#define MAX_VALUE 512

struct diff {
	struct cfg_tree from, to;
	void (*cb)(void *arg, const char *change);
	void *arg;
};

/* The same place in both; NULL: there is none. */
struct pair {
	const yaml_node_t *from, *to;
};

bool cfg_is_secret(const char *key)
{
	return !strcmp(key, "password");
}

static const char *scalar(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

static yaml_node_t *node_at(struct cfg_tree *tree, int index)
{
	return yaml_document_get_node(&tree->document, index);
}

static unsigned int entries(const yaml_node_t *node)
{
	if (!node)
		return 0;
	return (unsigned int)(node->data.sequence.items.top - node->data.sequence.items.start);
}

static const yaml_node_t *entry(struct cfg_tree *tree, const yaml_node_t *node, unsigned int index)
{
	return node_at(tree, node->data.sequence.items.start[index]);
}

/* One value, or a list of values; of what has keys, its name. */
static void write_value(struct cfg_tree *tree, const yaml_node_t *node, char out[MAX_VALUE])
{
	const yaml_node_t *name;
	size_t len;

	if (!node) {
		snprintf(out, MAX_VALUE, "(none)");
	} else if (node->type == YAML_SCALAR_NODE) {
		snprintf(out, MAX_VALUE, "%s", scalar(node));
	} else if (node->type == YAML_MAPPING_NODE) {
		name = cfg_tree_child(tree, node, "name", 4);
		snprintf(out, MAX_VALUE, "%s", name ? scalar(name) : "{ ... }");
	} else {
		len = (size_t)snprintf(out, MAX_VALUE, "[");
		for (unsigned int i = 0; i < entries(node) && len < MAX_VALUE; i++)
			len += (size_t)snprintf(out + len, MAX_VALUE - len, "%s%s", i ? ", " : "",
						scalar(entry(tree, node, i)));
		if (len < MAX_VALUE)
			snprintf(out + len, MAX_VALUE - len, "]");
	}
}

static void tell(struct diff *diff, const char *path, const struct pair *pair)
{
	char from[MAX_VALUE], to[MAX_VALUE], line[MAX_PATH + 2 * MAX_VALUE + 16];
	const char *key = strrchr(path, '.');

	write_value(&diff->from, pair->from, from);
	write_value(&diff->to, pair->to, to);
	if (pair->from && pair->to && !strcmp(from, to))
		return;
	if (cfg_is_secret(key ? key + 1 : path)) {
		snprintf(from, sizeof(from), "%s", pair->from ? CFG_MASKED : "(none)");
		snprintf(to, sizeof(to), "%s",
			 !pair->to  ? "(none)" :
			 pair->from ? CFG_MASKED " (another one)" :
				      CFG_MASKED);
	}
	snprintf(line, sizeof(line), "%s: %s -> %s", path, from, to);
	diff->cb(diff->arg, line);
}

static void compare(struct diff *diff, const char *path, const struct pair *pair);

static void compare_keys(struct diff *diff, const char *path, const struct pair *pair, bool added)
{
	struct cfg_tree *tree = added ? &diff->to : &diff->from;
	struct cfg_tree *other = added ? &diff->from : &diff->to;
	const yaml_node_t *node = added ? pair->to : pair->from;
	const yaml_node_t *beside = added ? pair->from : pair->to;
	const yaml_node_pair_t *p;
	char below[MAX_PATH];

	if (!node)
		return;
	for (p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
		const char *key = scalar(node_at(tree, p->key));
		const yaml_node_t *value = node_at(tree, p->value), *same;

		same = beside ? cfg_tree_child(other, beside, key, strlen(key)) : NULL;
		if (added && same)
			continue;
		snprintf(below, sizeof(below), "%s%s%s", path, *path ? "." : "", key);
		compare(diff, below, &(struct pair){ added ? same : value, added ? value : same });
	}
}

static bool has_keys(struct cfg_tree *tree, const yaml_node_t *node)
{
	return entries(node) && entry(tree, node, 0)->type == YAML_MAPPING_NODE;
}

static const char *text_at(struct cfg_tree *tree, const yaml_node_t *node, const char *key)
{
	const yaml_node_t *value = cfg_tree_child(tree, node, key, strlen(key));

	return value ? scalar(value) : "";
}

/* What has a name: of a group, the same one is of the same domain too. */
static const yaml_node_t *find_same(struct cfg_tree *in, const yaml_node_t *list,
				    struct cfg_tree *tree, const yaml_node_t *node)
{
	for (unsigned int i = 0; i < entries(list); i++) {
		const yaml_node_t *other = entry(in, list, i);

		if (!strcmp(text_at(in, other, "name"), text_at(tree, node, "name")) &&
		    !strcmp(text_at(in, other, "domain"), text_at(tree, node, "domain")))
			return other;
	}
	return NULL;
}

static void compare_named(struct diff *diff, const char *path, const struct pair *lists)
{
	char below[MAX_PATH];
	struct pair pair;

	for (unsigned int i = 0; i < entries(lists->from); i++) {
		pair.from = entry(&diff->from, lists->from, i);
		pair.to = find_same(&diff->to, lists->to, &diff->from, pair.from);
		snprintf(below, sizeof(below), "%s[%u]", path, i);
		if (!pair.to)
			tell(diff, below, &pair);
	}
	for (unsigned int i = 0; i < entries(lists->to); i++) {
		pair.to = entry(&diff->to, lists->to, i);
		pair.from = find_same(&diff->from, lists->from, &diff->to, pair.to);
		snprintf(below, sizeof(below), "%s[%u]", path, i);
		if (pair.from)
			compare(diff, below, &pair);
		else
			tell(diff, below, &pair);
	}
}

static void compare_in_turn(struct diff *diff, const char *path, const struct pair *lists)
{
	unsigned int nfrom = entries(lists->from), nto = entries(lists->to);
	char below[MAX_PATH];

	for (unsigned int i = 0; i < nfrom || i < nto; i++) {
		const struct pair pair = {
			i < nfrom ? entry(&diff->from, lists->from, i) : NULL,
			i < nto ? entry(&diff->to, lists->to, i) : NULL,
		};

		snprintf(below, sizeof(below), "%s[%u]", path, i);
		compare(diff, below, &pair);
	}
}

static bool is_named(struct cfg_tree *tree, const yaml_node_t *list)
{
	return !has_keys(tree, list) || cfg_tree_child(tree, entry(tree, list, 0), "name", 4);
}

static void compare(struct diff *diff, const char *path, const struct pair *pair)
{
	const yaml_node_t *any = pair->from ? pair->from : pair->to;

	if (any->type == YAML_MAPPING_NODE) {
		compare_keys(diff, path, pair, false);
		compare_keys(diff, path, pair, true);
	} else if (any->type == YAML_SCALAR_NODE ||
		   (!has_keys(&diff->from, pair->from) && !has_keys(&diff->to, pair->to))) {
		tell(diff, path, pair);
	} else if (is_named(&diff->from, pair->from) && is_named(&diff->to, pair->to)) {
		compare_named(diff, path, pair);
	} else {
		compare_in_turn(diff, path, pair);
	}
}

/* --- what is not in the file itself --- */

static void compare_account(struct diff *diff, const char *path, const struct cfg_account *from,
			    const struct cfg_account *to)
{
	char line[MAX_PATH + 64];

	if (!from || !to || !from->in_file || !to->in_file ||
	    cfg_text_equal(from->password, to->password))
		return;
	snprintf(line, sizeof(line), "%s.credentials.password-file: another password is in it",
		 path);
	diff->cb(diff->arg, line);
}

static void compare_accounts(struct diff *diff, const struct cfg *from, const struct cfg *to)
{
	char path[MAX_PATH];

	for (unsigned int i = 0; i < to->nrealms; i++) {
		const struct cfg_realm *realm = &to->realms[i];
		const struct cfg_realm *was = cfg_find_realm(from, realm->name);

		snprintf(path, sizeof(path), "realms[%u].next-hop", i);
		if (was)
			compare_account(diff, path, was->next_hop.account, realm->next_hop.account);
	}
	for (unsigned int i = 0; i < to->ntrunks; i++) {
		const struct cfg_trunk *trunk = &to->trunks[i];
		const struct cfg_trunk *was = cfg_find_trunk(from, trunk->name);

		snprintf(path, sizeof(path), "trunks[%u]", i);
		if (was)
			compare_account(diff, path, was->address.account, trunk->address.account);
	}
}

int cfg_diff(const struct cfg *from, const struct cfg *to,
	     void (*cb)(void *arg, const char *change), void *arg)
{
	struct diff diff = { .cb = cb, .arg = arg };

	if (cfg_tree_again(&diff.from, from))
		return -ENOMEM;
	if (cfg_tree_again(&diff.to, to)) {
		cfg_tree_clean(&diff.from);
		return -ENOMEM;
	}
	compare(&diff, "",
		&(struct pair){ yaml_document_get_root_node(&diff.from.document),
				yaml_document_get_root_node(&diff.to.document) });
	compare_accounts(&diff, from, to);
	cfg_tree_clean(&diff.from);
	cfg_tree_clean(&diff.to);
	return 0;
}
