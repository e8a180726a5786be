// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/listing.h"

int listing_print(struct ctl *ctl, struct listing *listing)
{
	struct sf_client *client;
	int err, code;

	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	listing->ctl = ctl;
	listing->array = json_array();
	table_init(&listing->table, listing->heads);
	err = listing->dump(client, listing);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, listing->name);
	else if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:O}", listing->name, listing->array));
	else
		table_print(&listing->table, stdout);
	sf_close(client);
	table_clean(&listing->table);
	json_decref(listing->array);
	return code;
}
