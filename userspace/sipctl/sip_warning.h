/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_SIP_WARNING_H
#define SIPCTL_SIP_WARNING_H

#include "sipctl/ctl.h"

/*
 * Warns on stderr of what stands in the way of SIP. Returns the sentences as "warnings", an array
 * that is empty when all is well, in a new object.
 */
json_t *sip_warnings(struct ctl *ctl);

#endif /* SIPCTL_SIP_WARNING_H */
