// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"

const char *sip_method_name(enum sip_method method)
{
	return sip_scan_method_name(method);
}
