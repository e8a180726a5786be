/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call rig where media is relayed by a module that the test plays. */
#ifndef TESTS_UNIT_CALL_MEDIA_FIXTURE_H
#define TESTS_UNIT_CALL_MEDIA_FIXTURE_H

#include "call_rig.h"
#include "fake_libsipfast.h"

static inline int call_media_setup(void **state)
{
	fake_reset();
	return call_rig_setup_media(state);
}

#endif
