/* SPDX-License-Identifier: GPL-2.0 */
/* The forwards of a configuration, a part of sf_conf_build(). */
#ifndef SF_CONF_FORWARD_H
#define SF_CONF_FORWARD_H

#include "request.h"

/* Octets that forwards need in the configuration that follows @old, which may be NULL. */
size_t sf_conf_forwards_size(const struct sf_conf *old, const struct sf_session_request *req);

/*
 * Gives the endpoints of @conf, which are complete, their forwards: those of @req or else
 * those of @old, whose places @conf still has. They are written to @memory. -ENOENT: to an
 * endpoint that is not there; -EINVAL: what cannot be read is to be changed.
 */
int sf_conf_forwards_build(struct sf_conf *conf, void *memory, const struct sf_conf *old,
			   const struct sf_session_request *req, struct netlink_ext_ack *extack);

#endif /* SF_CONF_FORWARD_H */
