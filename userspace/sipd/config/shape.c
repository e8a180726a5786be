// SPDX-License-Identifier: GPL-2.0-or-later
/* A YAML document against libcyaml's schema: every mistake, not only the first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/view.h"
#include "config/near.h"
#include "config/tree.h"

struct shape {
	struct cfg_tree *tree;
	struct cfg_report *report;
};

/* @name: how the value is called in messages, such as the key it stands at. */
static void check_value(struct shape *shape, yaml_node_t *node, const cyaml_schema_value_t *schema,
			const char *name);

static const char *scalar(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

static yaml_node_t *node_at(struct shape *shape, int index)
{
	return yaml_document_get_node(&shape->tree->document, index);
}

static void list_word(char *list, size_t cap, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, cap - len, "%s%s", len ? ", " : "", word);
}

static const cyaml_schema_field_t *find_field(const cyaml_schema_field_t *fields, const char *key)
{
	for (; fields->key; fields++) {
		if (!strcmp(fields->key, key))
			return fields;
	}
	return NULL;
}

static void unknown_key(struct shape *shape, yaml_node_t *key, const cyaml_schema_field_t *fields,
			const char *name)
{
	struct cfg_pos pos = cfg_tree_mark(key->start_mark);
	char known[256] = "";
	struct near near;

	near_init(&near, scalar(key));
	for (; fields->key; fields++) {
		near_offer(&near, fields->key);
		list_word(known, sizeof(known), fields->key);
	}
	if (near.best)
		cfg_mistake(shape->report, pos, "unknown key \"%s\" in %s; did you mean \"%s\"?",
			    scalar(key), name, near.best);
	else
		cfg_mistake(shape->report, pos, "unknown key \"%s\" in %s; known here are %s",
			    scalar(key), name, known);
}

static bool repeated(struct shape *shape, yaml_node_t *node, const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = node_at(shape, pair->key), *other;
	const yaml_node_pair_t *p;

	for (p = node->data.mapping.pairs.start; p < pair; p++) {
		other = node_at(shape, p->key);
		if (other->type == YAML_SCALAR_NODE && !strcmp(scalar(other), scalar(key))) {
			cfg_mistake(
				shape->report, cfg_tree_mark(key->start_mark),
				"\"%s\" is here a second time; keep this one or that of line %zu",
				scalar(key), other->start_mark.line + 1);
			return true;
		}
	}
	return false;
}

static void check_missing(struct shape *shape, yaml_node_t *node,
			  const cyaml_schema_field_t *fields, const char *name)
{
	const yaml_node_pair_t *p;
	const yaml_node_t *key;
	bool found;

	for (; fields->key; fields++) {
		if (fields->value.flags & CYAML_FLAG_OPTIONAL)
			continue;
		found = false;
		for (p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
			key = node_at(shape, p->key);
			found |= key->type == YAML_SCALAR_NODE && !strcmp(scalar(key), fields->key);
		}
		if (!found)
			cfg_mistake(shape->report, cfg_tree_mark(node->start_mark),
				    "\"%s\" is missing in %s; add it", fields->key, name);
	}
}

static void check_mapping(struct shape *shape, yaml_node_t *node,
			  const cyaml_schema_field_t *fields, const char *name)
{
	const cyaml_schema_field_t *field;
	yaml_node_pair_t *pair;
	yaml_node_t *key;

	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		key = node_at(shape, pair->key);
		if (key->type != YAML_SCALAR_NODE) {
			cfg_mistake(shape->report, cfg_tree_mark(key->start_mark),
				    "a key in %s is no word; write \"key: value\"", name);
			continue;
		}
		if (repeated(shape, node, pair))
			continue;
		field = find_field(fields, scalar(key));
		if (field)
			check_value(shape, node_at(shape, pair->value), &field->value, field->key);
		else
			unknown_key(shape, key, fields, name);
	}
	check_missing(shape, node, fields, name);
}

static void check_sequence(struct shape *shape, yaml_node_t *node,
			   const cyaml_schema_value_t *schema, const char *name)
{
	size_t count = node->data.sequence.items.top - node->data.sequence.items.start;
	yaml_node_item_t *item;
	char entry[64];

	if (count < schema->sequence.min || count > schema->sequence.max)
		cfg_mistake(shape->report, cfg_tree_mark(node->start_mark),
			    "%s has %zu entries; it takes %" PRIu32 " to %" PRIu32, name, count,
			    schema->sequence.min, schema->sequence.max);
	for (item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
		snprintf(entry, sizeof(entry), "%s[%zu]", name,
			 (size_t)(item - node->data.sequence.items.start));
		check_value(shape, node_at(shape, *item), schema->sequence.entry, entry);
	}
}

static void check_enum(struct shape *shape, yaml_node_t *node, const cyaml_schema_value_t *schema,
		       const char *name)
{
	const cyaml_strval_t *strings = schema->enumeration.strings;
	char known[256] = "";
	uint32_t i;

	for (i = 0; i < schema->enumeration.count; i++) {
		if (!strcmp(strings[i].str, scalar(node)))
			return;
		list_word(known, sizeof(known), strings[i].str);
	}
	cfg_mistake(shape->report, cfg_tree_mark(node->start_mark),
		    "%s cannot be \"%s\"; write one of %s", name, scalar(node), known);
}

/* Decimal only: libcyaml would take 010 for eight. */
static void check_uint(struct shape *shape, yaml_node_t *node, const cyaml_schema_value_t *schema,
		       const char *name)
{
	struct view text = { scalar(node), node->data.scalar.length };
	uint32_t max = schema->data_size == 1 ? UINT8_MAX : UINT32_MAX;
	uint32_t number;

	if (view_to_u32(text, max, &number) || (text.len > 1 && *text.p == '0'))
		cfg_mistake(shape->report, cfg_tree_mark(node->start_mark),
			    "%s cannot be \"%s\"; write a decimal number from 0 to %" PRIu32, name,
			    scalar(node), max);
}

static void check_string(struct shape *shape, yaml_node_t *node, const cyaml_schema_value_t *schema,
			 const char *name)
{
	size_t len = node->data.scalar.length;

	if (!len)
		cfg_mistake(shape->report, cfg_tree_mark(node->start_mark),
			    "%s is empty; give it a value or leave it out", name);
	else if (len > schema->string.max || memchr(scalar(node), 0, len))
		cfg_mistake(shape->report, cfg_tree_mark(node->start_mark),
			    "%s is no text of at most %" PRIu32 " octets; shorten it", name,
			    schema->string.max);
}

static void check_value(struct shape *shape, yaml_node_t *node, const cyaml_schema_value_t *schema,
			const char *name)
{
	const char *wanted = "one value, not a list or keys";
	bool fits = node->type == YAML_SCALAR_NODE;

	if (schema->type == CYAML_MAPPING) {
		fits = node->type == YAML_MAPPING_NODE;
		wanted = "keys with values, such as \"key: value\"";
	} else if (schema->type == CYAML_SEQUENCE) {
		fits = node->type == YAML_SEQUENCE_NODE;
		wanted = "a list, such as \"[ one, two ]\"";
	}
	if (!fits) {
		cfg_mistake(shape->report, cfg_tree_mark(node->start_mark), "%s must be %s", name,
			    wanted);
		return;
	}
	switch (schema->type) {
	case CYAML_MAPPING:
		check_mapping(shape, node, schema->mapping.fields, name);
		break;
	case CYAML_SEQUENCE:
		check_sequence(shape, node, schema, name);
		break;
	case CYAML_ENUM:
		check_enum(shape, node, schema, name);
		break;
	case CYAML_UINT:
		check_uint(shape, node, schema, name);
		break;
	default:
		check_string(shape, node, schema, name);
	}
}

void cfg_tree_check(struct cfg_tree *tree, const cyaml_schema_value_t *schema,
		    struct cfg_report *report)
{
	struct shape shape = { .tree = tree, .report = report };

	check_value(&shape, yaml_document_get_root_node(&tree->document), schema, "the file");
}
