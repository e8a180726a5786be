/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The YAML document with its positions, which libcyaml does not keep: for telling where a mistake
 * is, and for finding all mistakes of shape at once, where libcyaml stops at the first.
 */
#ifndef SIPD_CONFIG_TREE_H
#define SIPD_CONFIG_TREE_H

#include <cyaml/cyaml.h>
#include <stddef.h>
#include <yaml.h>

#include "config/config.h"
#include "config/report.h"

struct cfg_tree {
	yaml_document_t document;
};

/* 0, or -EBADMSG or -ENOMEM with the mistake told; @tree is to be cleaned only on success. */
int cfg_tree_init(struct cfg_tree *tree, const char *text, size_t len, struct cfg_report *report);
/* Of a configuration that has been loaded. 0 or -ENOMEM. */
int cfg_tree_again(struct cfg_tree *tree, const struct cfg *cfg);
void cfg_tree_clean(struct cfg_tree *tree);

/*
 * Position of the value at a path such as "realms[1].media.ports", or of the nearest thing around
 * it that exists.
 */
struct cfg_pos cfg_tree_pos(struct cfg_tree *tree, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* What stands at a key of a mapping; NULL: nothing, or @node is none. */
yaml_node_t *cfg_tree_child(struct cfg_tree *tree, const yaml_node_t *node, const char *key,
			    size_t len);
struct cfg_pos cfg_tree_mark(yaml_mark_t mark);

/*
 * Tells everything that does not fit @schema: unknown and repeated keys, missing ones, values of a
 * wrong type.
 */
void cfg_tree_check(struct cfg_tree *tree, const cyaml_schema_value_t *schema,
		    struct cfg_report *report);

#endif
