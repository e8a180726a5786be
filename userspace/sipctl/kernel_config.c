// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel config": where media is taken from the stack, and how much there may be of it. */
#include "sipctl/kernel_config.h"

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"

int kernel_add_device(const char *name, void *arg)
{
	json_array_append_new(arg, json_string(name));
	return 0;
}

void kernel_config_set_json(json_t *object, const struct sf_config *config)
{
	if (config->has & SF_HAS_SESSIONS_MAX)
		json_object_set_new(object, "sessions_max", json_integer(config->sessions_max));
	if (config->has & SF_HAS_ENDPOINTS_MAX)
		json_object_set_new(object, "endpoints_max", json_integer(config->endpoints_max));
	if (config->has & SF_HAS_HOOKS)
		json_object_set_new(object, "hooks",
				    json_string(name_of(hooks_names, config->hooks)));
}

static void print_json(struct ctl *ctl, const struct sf_config *config, json_t *devices)
{
	json_t *object = json_object();

	kernel_config_set_json(object, config);
	json_object_set(object, "devices", devices);
	ctl_print_json(ctl, object);
}

/* In the words of "kernel config set". */
static void print_text(const struct sf_config *config, const json_t *devices)
{
	const json_t *device;
	size_t i;

	printf("hooks          %s", name_of(hooks_names, config->hooks));
	json_array_foreach(devices, i, device)
		printf(" %s", json_string_value(device));
	printf("\n"
	       "max-sessions   %" PRIu32 "\n"
	       "max-endpoints  %" PRIu32 "\n",
	       config->sessions_max, config->endpoints_max);
}

int kernel_config_show(struct ctl *ctl, int argc, char **argv)
{
	json_t *devices = json_array();
	struct sf_client *client;
	struct sf_config config = { 0 };
	int err, code;

	(void)argc;
	(void)argv;
	code = ctl_kernel_open(ctl, &client);
	if (!code) {
		err = sf_config_get(client, &config, kernel_add_device, devices);
		if (err)
			code = ctl_kernel_fail(ctl, client, err, "configuration");
		else if (ctl->json)
			print_json(ctl, &config, devices);
		else
			print_text(&config, devices);
		sf_close(client);
	}
	json_decref(devices);
	return code;
}

/* --- the words of "kernel config set" ------------------------------------------------------ */

struct words {
	struct sf_config *config;
	const char **devices;
	int argc;
	char **argv;
	char *why;
	size_t size;
};

static const struct keyword {
	const char *name;
	uint32_t has;
	const char *give;
} keywords[] = {
	{ "hooks", SF_HAS_HOOKS, "auto, prerouting or listed with devices" },
	{ "max-sessions", SF_HAS_SESSIONS_MAX, "a number" },
	{ "max-endpoints", SF_HAS_ENDPOINTS_MAX, "a number" },
	{ .name = NULL },
};

static const struct keyword *find(const char *word)
{
	for (const struct keyword *keyword = keywords; keyword->name; keyword++)
		if (!strcmp(keyword->name, word))
			return keyword;
	return NULL;
}

static int fail(const struct words *words, const char *what, const char *word, const char *todo)
{
	snprintf(words->why, words->size, "%s \"%s\", configuration, %s", what, word, todo);
	return -EINVAL;
}

/* The devices from @at on; returns how many words they are. */
static int read_devices(struct words *words, int at)
{
	struct sf_config *config = words->config;

	for (; at < words->argc && !find(words->argv[at]); at++) {
		if (!*words->argv[at] || strlen(words->argv[at]) >= IFNAMSIZ)
			return fail(words, "bad device", words->argv[at],
				    "give a name of 15 characters at most");
		words->devices[config->ndevices++] = words->argv[at];
	}
	if (!config->ndevices)
		return fail(words, "incomplete", "listed", "give devices after it");
	config->devices = words->devices;
	return config->ndevices;
}

static int read_value(struct words *words, const struct keyword *keyword, int at)
{
	const char *value = words->argv[at];
	char what[32], todo[64];
	uint64_t number = 0;
	int hooks = 0;

	if (keyword->has == SF_HAS_HOOKS)
		hooks = name_find(hooks_names, value);
	if (hooks < 0 ||
	    (keyword->has != SF_HAS_HOOKS && parse_number(value, 0, UINT32_MAX, &number))) {
		snprintf(what, sizeof(what), "bad %s", keyword->name);
		snprintf(todo, sizeof(todo), "give %s", keyword->give);
		return fail(words, what, value, todo);
	}
	if (keyword->has == SF_HAS_SESSIONS_MAX)
		words->config->sessions_max = number;
	else if (keyword->has == SF_HAS_ENDPOINTS_MAX)
		words->config->endpoints_max = number;
	else
		words->config->hooks = hooks;
	if (keyword->has == SF_HAS_HOOKS && hooks == SIPFAST_HOOKS_LISTED)
		return read_devices(words, at + 1);
	return 0;
}

/* One keyword with what belongs to it; returns the number of words. */
static int read_keyword(struct words *words, int at)
{
	const char *word = words->argv[at];
	const struct keyword *keyword = find(word);
	char todo[64];
	int more;

	if (!keyword)
		return fail(words, "unknown word", word,
			    "give hooks, max-sessions or max-endpoints");
	if (words->config->has & keyword->has)
		return fail(words, "repeated word", word, "give it once");
	if (at + 1 == words->argc) {
		snprintf(todo, sizeof(todo), "give %s after it", keyword->give);
		return fail(words, "incomplete", word, todo);
	}
	words->config->has |= keyword->has;
	more = read_value(words, keyword, at + 1);
	return more < 0 ? more : 2 + more;
}

int kernel_config_parse(struct sf_config *config, const char **devices, int argc, char **argv,
			char *why, size_t size)
{
	struct words words = { config, devices, argc, argv, why, size };
	int ret;

	*config = (struct sf_config){ 0 };
	for (int at = 0; at < argc; at += ret) {
		ret = read_keyword(&words, at);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int kernel_config_set(struct ctl *ctl, int argc, char **argv)
{
	const char **devices = calloc(argc, sizeof(*devices));
	struct sf_client *client;
	struct sf_config config = { 0 };
	char why[256];
	int err, code;

	if (!devices)
		return ctl_fail(ctl, CTL_FAILED, "out of memory, configuration, try again");
	if (kernel_config_parse(&config, devices, argc, argv, why, sizeof(why)))
		code = ctl_fail(ctl, CTL_USAGE, "%s", why);
	else
		code = ctl_kernel_open(ctl, &client);
	if (!code) {
		err = sf_config_set(client, &config);
		if (err)
			code = ctl_kernel_fail(ctl, client, err, NULL);
		else if (ctl->json)
			ctl_print_json(ctl, json_object());
		sf_close(client);
	}
	free(devices);
	return code;
}

/* --- completion ---------------------------------------------------------------------------- */

static void print_devices(void)
{
	struct if_nameindex *names = if_nameindex();

	for (struct if_nameindex *name = names; name && name->if_index; name++)
		puts(name->if_name);
	if_freenameindex(names);
}

void kernel_config_complete(struct ctl *ctl, int argc, char **argv)
{
	const struct keyword *keyword = NULL;
	int at = argc - 1;

	(void)ctl;
	while (at >= 0 && !(keyword = find(argv[at])))
		at--;
	if (keyword && at == argc - 1) {
		for (int i = 0; keyword->has == SF_HAS_HOOKS && hooks_names[i]; i++)
			puts(hooks_names[i]);
		return;
	}
	if (keyword && keyword->has == SF_HAS_HOOKS && !strcmp(argv[at + 1], "listed"))
		print_devices();
	for (keyword = keywords; keyword->name; keyword++)
		puts(keyword->name);
}
