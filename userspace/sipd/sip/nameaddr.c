// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "sip/msg.h"
#include "sip/text.h"

int sip_nameaddr_parse(struct sip_nameaddr *addr, struct view text)
{
	struct sip_scan_nameaddr scan;
	bool ok = sip_scan_nameaddr(&scan, sip_text_of(text));

	*addr = (struct sip_nameaddr){
		.display = sip_view_of(scan.display),
		.uri = sip_view_of(scan.uri),
		.params = sip_view_of(scan.params),
		.tag = sip_view_of(scan.tag),
	};
	return ok ? 0 : -EBADMSG;
}
