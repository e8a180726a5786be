/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a dialog keeps its texts; for the dialog's own files. */
#ifndef SIPD_SIP_DIALOG_TEXT_H
#define SIPD_SIP_DIALOG_TEXT_H

#include "sip/dialog.h"

/* The present texts, to be replaced in part and stored again. */
void dialog_texts(const struct sip_dialog *dialog, struct view texts[SIP_DIALOG_TEXTS]);
/*
 * Stores all of them anew, unfolded; they may point into the present ones. 0, -ENOMEM, -EMSGSIZE.
 */
int dialog_store(struct sip_dialog *dialog, const struct view texts[SIP_DIALOG_TEXTS]);

/* The Contact URI without its headers part; .p NULL when there is none that can be used. */
struct view dialog_contact(const struct sip_msg *msg);
/*
 * The route set out of the Record-Route headers, @reversed for a UAC (s.12.1.2). *text is
 * malloc()ed, or NULL for an empty set. 0 or -ENOMEM.
 */
int dialog_routes(const struct sip_msg *msg, bool reversed, char **text);

#endif
