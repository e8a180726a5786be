// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: nl_many FIRST COUNT
 *
 * Adds COUNT sessions with IDs from FIRST, each of two endpoints on ports of 127.0.0.1 from
 * 20000 + 2 * FIRST that forward to each other. Prints how many were added and, when one was
 * refused, the error and the sentence, and ends.
 */
#define _GNU_SOURCE
#include "nl_lib.h"

int main(int argc, char **argv)
{
	int first, count, added = 0;

	if (argc != 3)
		return 2;
	first = atoi(argv[1]);
	count = atoi(argv[2]);
	client_open(&client);
	printf("added ");
	for (int id = first; id < first + count; id++) {
		const struct reply *reply;
		char text[256];

		snprintf(text, sizeof(text),
			 "session{id=%d endpoint{id=1 laddr=127.0.0.1 lport=%d forward{to=2}} "
			 "endpoint{id=2 laddr=127.0.0.1 lport=%d forward{to=1}}}",
			 id, 20000 + 2 * id, 20001 + 2 * id);
		reply = client_do(&client, ADD, text);
		if (reply->err) {
			printf("%d, then %s: %s\n", added, strerrorname_np(-reply->err),
			       reply->text);
			return 1;
		}
		added++;
	}
	printf("%d\n", added);
	client_close(&client);
	return 0;
}
