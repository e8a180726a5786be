// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel source": who is in which class. */
#include <errno.h>
#include <stdio.h>

#include "sipctl/command.h"
#include "sipctl/names.h"
#include "sipctl/sip_names.h"
#include "sipctl/source.h"

static const char *const classes[] = { "trusted", "registered", NULL };

static int read_class(void *object, const char *value)
{
	struct sf_source *source = object;

	if (name_find(classes, value) < 0)
		return -EINVAL;
	source->class = name_find(class_names, value);
	return 0;
}

static const struct keyword keywords[] = {
	{ "class", "trusted or registered", classes, read_class },
	{ "for", SOURCE_FOR, NULL, source_read_for },
	{ "reason", SOURCE_REASON, NULL, source_read_reason },
	{ .name = NULL },
};

int kernel_source_list(struct ctl *ctl, int argc, char **argv)
{
	struct source_filter filter = { .class = SIPFAST_CLASS_UNKNOWN };
	struct listing listing = {
		.name = "sources", .heads = source_heads, .dump = source_dump, .filter = &filter
	};
	int class;

	if (argc) {
		class = name_find(class_names, argv[0]);
		if (class <= SIPFAST_CLASS_UNKNOWN)
			return ctl_fail(ctl, CTL_USAGE,
					"bad class \"%s\", sources, give trusted, registered or "
					"banned",
					argv[0]);
		filter.class = class;
	}
	return listing_print(ctl, &listing);
}

int kernel_source_add(struct ctl *ctl, int argc, char **argv)
{
	struct sf_source source = { .class = SIPFAST_CLASS_UNKNOWN };
	struct why why = { .where = "source" };

	if (parse_source(argv[0], &source, &why) ||
	    words_read(keywords, &source, argc - 1, argv + 1, &why))
		return ctl_fail(ctl, CTL_USAGE, "%s", why.text);
	if (source.class == SIPFAST_CLASS_UNKNOWN)
		return ctl_usage(ctl, "no class");
	return source_add(ctl, &source);
}

int kernel_source_del(struct ctl *ctl, int argc, char **argv)
{
	return source_del(ctl, SIPFAST_CLASS_UNKNOWN, argc, argv);
}

void kernel_source_complete_list(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argv;
	if (!argc)
		puts("trusted\nregistered\nbanned");
}

void kernel_source_complete_add(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	if (argc)
		words_complete(keywords, argc - 1, argv + 1);
}

void kernel_source_complete_del(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argc;
	(void)argv;
	source_complete(SIPFAST_CLASS_UNKNOWN);
}
