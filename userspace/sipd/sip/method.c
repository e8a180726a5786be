// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"

enum sip_method sip_method_parse(struct view name)
{
	return sip_scan_method(name.p, name.len);
}

const char *sip_method_name(enum sip_method method)
{
	return sip_scan_method_name(method);
}
