// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: nl_change [-a] COUNT TEXT TEXT
 *
 * Sends SESSION_SET that often, with one text and with the other in turn; with -a SESSION_ADD with
 * the one and SESSION_DEL with the other. Each must be done. COUNT 0: until SIGTERM, and the other
 * text is the last. See nl_text.h for what a text is.
 */
#define _GNU_SOURCE
#include <signal.h>

#include "nl_lib.h"

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

int main(int argc, char **argv)
{
	bool adds = argc > 1 && !strcmp(argv[1], "-a");
	const int commands[] = { adds ? ADD : SET, adds ? DEL : SET };
	int count;

	argv += adds;
	if (argc - adds != 4)
		return 2;
	count = atoi(argv[1]);
	signal(SIGTERM, stop);
	client_open(&client);
	for (int i = 0; count ? i < count : i % 2 || !stopped; i++) {
		const struct reply *reply = client_do(&client, commands[i % 2], argv[2 + i % 2]);

		if (reply->err) {
			printf("change %d: %s: %s\n", i, strerrorname_np(-reply->err), reply->text);
			return 1;
		}
	}
	client_close(&client);
	return 0;
}
