// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel status". */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "sipctl/command.h"
#include "sipctl/kernel_config.h"
#include "sipctl/names.h"
#include "sipctl/sip_warning.h"

/* The status, and the settings that say what it can become. */
struct state {
	struct sf_status status;
	struct sf_config config;
	json_t *devices;
};

static int get_state(struct sf_client *client, struct state *state)
{
	int err;

	err = sf_status_get(client, &state->status, kernel_add_device, state->devices);
	if (err)
		return err;
	err = sf_config_get(client, &state->config, NULL, NULL);
	return err == -EOPNOTSUPP ? 0 : err; /* of an older module */
}

/* Into @object, which has the warnings. */
static void set_state(json_t *object, const struct state *state)
{
	const struct sf_status *status = &state->status;

	json_object_set_new(object, "version", json_string(status->version));
	json_object_set_new(object, "ranges", json_integer(status->ranges));
	json_object_set_new(object, "sessions", json_integer(status->sessions));
	json_object_set_new(object, "endpoints", json_integer(status->endpoints));
	json_object_set(object, "devices", state->devices);
	json_object_set_new(object, "prerouting", json_boolean(status->prerouting));
	kernel_config_set_json(object, &state->config);
}

static void print_number(const char *name, uint32_t number, bool has_max, uint32_t max)
{
	printf("%-10s  %" PRIu32, name, number);
	if (has_max)
		printf(" of %" PRIu32, max);
	putchar('\n');
}

static void print_state(const struct state *state)
{
	const struct sf_config *config = &state->config;
	const struct sf_status *status = &state->status;
	const json_t *device;
	size_t i;

	printf("version     %s\n", status->version);
	print_number("ranges", status->ranges, false, 0);
	print_number("sessions", status->sessions, config->has & SF_HAS_SESSIONS_MAX,
		     config->sessions_max);
	print_number("endpoints", status->endpoints, config->has & SF_HAS_ENDPOINTS_MAX,
		     config->endpoints_max);
	if (!(config->has & SF_HAS_HOOKS))
		return;
	printf("hooks       %s", name_of(hooks_names, config->hooks));
	if (status->prerouting)
		fputs(", prerouting", stdout);
	json_array_foreach(state->devices, i, device)
		printf(", %s", json_string_value(device));
	putchar('\n');
}

int kernel_status(struct ctl *ctl, int argc, char **argv)
{
	struct state state = { .devices = json_array() };
	json_t *document = sip_warnings(ctl);
	struct sf_client *client;
	int err, code;

	(void)argc;
	(void)argv;
	code = ctl_kernel_open(ctl, &client);
	if (!code) {
		err = get_state(client, &state);
		if (err)
			code = ctl_kernel_fail(ctl, client, err, "status");
		else if (!ctl->json)
			print_state(&state);
		if (!err && ctl->json) {
			set_state(document, &state);
			ctl_print_json(ctl, json_incref(document));
		}
		sf_close(client);
	}
	json_decref(document);
	json_decref(state.devices);
	return code;
}
