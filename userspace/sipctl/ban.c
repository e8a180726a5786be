// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl ban": who may send nothing. */
#include <stdio.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/source.h"

static const struct keyword keywords[] = {
	{ "for", SOURCE_FOR, NULL, source_read_for },
	{ "reason", SOURCE_REASON, NULL, source_read_reason },
	{ .name = NULL },
};

int ban_list(struct ctl *ctl, int argc, char **argv)
{
	struct source_filter filter = { .class = SIPFAST_CLASS_BANNED };
	struct listing listing = {
		.name = "bans", .heads = ban_heads, .dump = source_dump, .filter = &filter
	};
	struct why why = { .where = "bans" };

	if (argc && parse_source(argv[0], &filter.within, &why))
		return ctl_fail(ctl, CTL_USAGE, "%s", why.text);
	return listing_print(ctl, &listing);
}

int ban_add(struct ctl *ctl, int argc, char **argv)
{
	struct sf_source source = { .class = SIPFAST_CLASS_BANNED };
	struct why why = { .where = "ban" };

	if (parse_source(argv[0], &source, &why) ||
	    words_read(keywords, &source, argc - 1, argv + 1, &why))
		return ctl_fail(ctl, CTL_USAGE, "%s", why.text);
	return source_add(ctl, &source);
}

static int del_all(struct ctl *ctl)
{
	struct sf_client *client;
	int err, code;

	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = sf_source_flush(client, SIPFAST_CLASS_BANNED);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, "bans");
	else if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:s}", "deleted", "all"));
	sf_close(client);
	return code;
}

int ban_del(struct ctl *ctl, int argc, char **argv)
{
	if (argc == 1 && !strcmp(argv[0], "all"))
		return del_all(ctl);
	return source_del(ctl, SIPFAST_CLASS_BANNED, argc, argv);
}

void ban_complete_add(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	if (argc)
		words_complete(keywords, argc - 1, argv + 1);
}

void ban_complete_del(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argv;
	if (!argc)
		puts("all");
	source_complete(SIPFAST_CLASS_BANNED);
}
