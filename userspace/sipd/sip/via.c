// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "sip/msg.h"
#include "sip/text.h"

int sip_via_parse(struct sip_via *via, struct view text)
{
	struct sip_scan_via scan;
	bool ok = sip_scan_via(&scan, sip_text_of(text));

	*via = (struct sip_via){
		.transport = sip_view_of(scan.transport),
		.host = sip_view_of(scan.host),
		.port = scan.port,
		.params = sip_view_of(scan.params),
		.branch = sip_view_of(scan.branch),
		.received = sip_view_of(scan.received),
		.rport = scan.rport,
	};
	return ok ? 0 : -EBADMSG;
}
