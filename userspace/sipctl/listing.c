// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/listing.h"

static void print_json(struct ctl *ctl, const struct listing *listing)
{
	json_t *document = json_pack("{s:O}", listing->name, listing->array);

	if (listing->more)
		json_object_update(document, listing->more);
	ctl_print_json(ctl, document);
}

int listing_print(struct ctl *ctl, struct listing *listing)
{
	struct sf_client *client;
	int err, code;

	code = ctl_kernel_open(ctl, &client);
	if (code) {
		json_decref(listing->more);
		return code;
	}
	listing->ctl = ctl;
	listing->array = json_array();
	table_init(&listing->table, listing->heads);
	err = listing->dump(client, listing);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, listing->name);
	else if (ctl->json)
		print_json(ctl, listing);
	else
		table_print(&listing->table, stdout);
	sf_close(client);
	table_clean(&listing->table);
	json_decref(listing->array);
	json_decref(listing->more);
	return code;
}
