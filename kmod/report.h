/* SPDX-License-Identifier: GPL-2.0 */
/* What RTCP on its way tells of the quality of media. */
#ifndef SF_REPORT_H
#define SF_REPORT_H

#include "conf.h"

/* Takes in RTCP that an endpoint accepted. Called with bottom halves disabled. */
void sf_report_received(const struct sf_endpoint_conf *c, const u8 *payload, unsigned int len);

/* Remembers RTCP that leaves from an endpoint. Called with its &sf_tx.lock held. */
void sf_report_sent(struct sf_endpoint *ep, const u8 *payload, unsigned int len);

#endif /* SF_REPORT_H */
