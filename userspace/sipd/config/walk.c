// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/walk.h"

#include <errno.h>
#include <string.h>

#include "config/diff.h"
#include "config/raw.h"
#include "config/tree.h"

struct walker {
	struct cfg_tree tree;
	const struct cfg_walk *walk;
	void *arg;
};

static yaml_node_t *node_at(struct walker *walker, int index)
{
	return yaml_document_get_node(&walker->tree.document, index);
}

static enum cfg_kind kind_of(const cyaml_schema_value_t *schema, const char *text)
{
	if (schema->type == CYAML_UINT)
		return CFG_NUMBER;
	if (schema->type == CYAML_ENUM && (!strcmp(text, "true") || !strcmp(text, "false")))
		return CFG_TRUTH;
	return CFG_TEXT;
}

static const cyaml_schema_value_t *schema_of(const cyaml_schema_value_t *schema, const char *key)
{
	const cyaml_schema_field_t *field = schema->mapping.fields;

	/* The file has been checked: it is there. */
	while (strcmp(field->key, key))
		field++;
	return &field->value;
}

static void walk_node(struct walker *walker, const char *key, const yaml_node_t *node,
		      const cyaml_schema_value_t *schema)
{
	const struct cfg_walk *walk = walker->walk;
	const yaml_node_pair_t *pair;
	const yaml_node_item_t *item;
	const char *text;

	switch (node->type) {
	case YAML_MAPPING_NODE:
		walk->enter(walker->arg, key, false);
		for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
		     pair++) {
			text = (const char *)node_at(walker, pair->key)->data.scalar.value;
			walk_node(walker, text, node_at(walker, pair->value),
				  schema_of(schema, text));
		}
		walk->leave(walker->arg);
		break;
	case YAML_SEQUENCE_NODE:
		walk->enter(walker->arg, key, true);
		for (item = node->data.sequence.items.start; item < node->data.sequence.items.top;
		     item++)
			walk_node(walker, NULL, node_at(walker, *item), schema->sequence.entry);
		walk->leave(walker->arg);
		break;
	default:
		text = (const char *)node->data.scalar.value;
		if (key && cfg_is_secret(key))
			text = CFG_MASKED;
		walk->value(walker->arg, key, kind_of(schema, text), text);
	}
}

int cfg_walk(const struct cfg *cfg, const struct cfg_walk *walk, void *arg)
{
	struct walker walker = { .walk = walk, .arg = arg };

	if (cfg_tree_again(&walker.tree, cfg))
		return -ENOMEM;
	walk_node(&walker, NULL, yaml_document_get_root_node(&walker.tree.document), &cfg_schema);
	cfg_tree_clean(&walker.tree);
	return 0;
}
