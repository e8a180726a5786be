// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: nl_change COUNT TEXT TEXT
 *
 * Sends SESSION_SET that often, with one text and with the other in turn, and each must be done.
 * See nl_text.h for what a text is.
 */
#define _GNU_SOURCE
#include "nl_lib.h"

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	client_open(&client);
	for (int i = 0; i < atoi(argv[1]); i++) {
		const struct reply *reply = client_do(&client, SET, argv[2 + i % 2]);

		if (reply->err) {
			printf("change %d: %s: %s\n", i, strerrorname_np(-reply->err), reply->text);
			return 1;
		}
	}
	client_close(&client);
	return 0;
}
