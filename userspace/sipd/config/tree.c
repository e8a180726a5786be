// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cfg_pos cfg_tree_mark(yaml_mark_t mark)
{
	return (struct cfg_pos){ mark.line + 1, mark.column + 1 };
}

/* libyaml tells the place of a bad octet by its offset alone. */
static struct cfg_pos offset_pos(const char *text, size_t len, size_t offset)
{
	struct cfg_pos pos = { 1, 1 };
	size_t i;

	for (i = 0; i < offset && i < len; i++) {
		pos.column++;
		if (text[i] == '\n')
			pos = (struct cfg_pos){ pos.line + 1, 1 };
	}
	return pos;
}

static void tell_syntax(const yaml_parser_t *parser, const char *text, size_t len,
			struct cfg_report *report)
{
	const char *problem = parser->problem ? parser->problem : "it cannot be read";
	struct cfg_pos pos;

	if (parser->error == YAML_MEMORY_ERROR) {
		cfg_mistake_file(report, "out of memory; free some and try again");
		return;
	}
	if (parser->error == YAML_READER_ERROR)
		pos = offset_pos(text, len, parser->problem_offset);
	else
		pos = cfg_tree_mark(parser->problem_mark);
	cfg_mistake(report, pos, "not valid YAML: %s; correct the syntax%s%s", problem,
		    parser->context ? ", " : "", parser->context ? parser->context : "");
}

/* What follows the document may be white space and comments only. */
static int check_end(yaml_parser_t *parser, const char *text, size_t len, struct cfg_report *report)
{
	yaml_document_t next;
	yaml_node_t *root;

	if (!yaml_parser_load(parser, &next)) {
		tell_syntax(parser, text, len, report);
		return -EBADMSG;
	}
	root = yaml_document_get_root_node(&next);
	if (root)
		cfg_mistake(report, cfg_tree_mark(root->start_mark),
			    "a second document begins; put everything into one, without \"---\"");
	yaml_document_delete(&next);
	return root ? -EBADMSG : 0;
}

static int load(yaml_parser_t *parser, struct cfg_tree *tree, const char *text, size_t len,
		struct cfg_report *report)
{
	int ret;

	if (!yaml_parser_load(parser, &tree->document)) {
		tell_syntax(parser, text, len, report);
		return -EBADMSG;
	}
	if (!yaml_document_get_root_node(&tree->document)) {
		cfg_mistake(report, (struct cfg_pos){ 1, 1 },
			    "the file is empty; write at least \"realms:\" with one realm");
		ret = -EBADMSG;
	} else {
		ret = check_end(parser, text, len, report);
	}
	if (ret)
		yaml_document_delete(&tree->document);
	return ret;
}

int cfg_tree_init(struct cfg_tree *tree, const char *text, size_t len, struct cfg_report *report)
{
	yaml_parser_t parser;
	int ret;

	if (!yaml_parser_initialize(&parser)) {
		cfg_mistake_file(report, "out of memory; free some and try again");
		return -ENOMEM;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	ret = load(&parser, tree, text, len, report);
	yaml_parser_delete(&parser);
	return ret;
}

static void ignore(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

/* Nothing can be wrong with it but want of memory. */
int cfg_tree_again(struct cfg_tree *tree, const struct cfg *cfg)
{
	struct cfg_report report = { .path = cfg->path, .cb = ignore };

	return cfg_tree_init(tree, cfg->text, cfg->len, &report) ? -ENOMEM : 0;
}

void cfg_tree_clean(struct cfg_tree *tree)
{
	yaml_document_delete(&tree->document);
}

yaml_node_t *cfg_tree_child(struct cfg_tree *tree, const yaml_node_t *node, const char *key,
			    size_t len)
{
	yaml_node_pair_t *pair;
	yaml_node_t *name;

	if (node->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		name = yaml_document_get_node(&tree->document, pair->key);
		if (name->type == YAML_SCALAR_NODE && name->data.scalar.length == len &&
		    !memcmp(name->data.scalar.value, key, len))
			return yaml_document_get_node(&tree->document, pair->value);
	}
	return NULL;
}

static yaml_node_t *child_index(struct cfg_tree *tree, yaml_node_t *node, unsigned long index)
{
	yaml_node_item_t *items = node->data.sequence.items.start;

	if (node->type != YAML_SEQUENCE_NODE ||
	    index >= (unsigned long)(node->data.sequence.items.top - items))
		return NULL;
	return yaml_document_get_node(&tree->document, items[index]);
}

struct cfg_pos cfg_tree_pos(struct cfg_tree *tree, const char *format, ...)
{
	yaml_node_t *node = yaml_document_get_root_node(&tree->document), *next;
	char path[128], *p = path;
	va_list args;
	size_t len;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	while (*p) {
		if (*p == '[') {
			next = child_index(tree, node, strtoul(p + 1, &p, 10));
			p += *p == ']';
		} else {
			p += *p == '.';
			len = strcspn(p, ".[");
			next = cfg_tree_child(tree, node, p, len);
			p += len;
		}
		if (!next)
			break;
		node = next;
	}
	return cfg_tree_mark(node->start_mark);
}
