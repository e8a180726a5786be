/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the texts of sip_scan and views, which are the same by another name. */
#ifndef SIPD_SIP_TEXT_H
#define SIPD_SIP_TEXT_H

#include "base/view.h"
#include "sip_scan.h"

static inline struct view sip_view_of(struct sip_scan_text text)
{
	return (struct view){ text.p, text.len };
}

static inline struct sip_scan_text sip_text_of(struct view v)
{
	return (struct sip_scan_text){ v.p, v.len };
}

#endif
