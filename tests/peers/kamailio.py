# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio, as the carrier behind sipd or as the edge in front of it."""
import os

from border import ADDRESSES, expect, is_bound, wait_for

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kamailio")


class Kamailio:
    def __init__(self, border, place, *defines):
        """The one of kamailio/PLACE.cfg, in that namespace."""
        self.border, self.place = border, place
        text = "#!KAMAILIO\n" + "".join("#!define %s\n" % d for d in defines)
        for name in "common", place:
            with open(os.path.join(HERE, name + ".cfg")) as f:
                text += f.read()
        configuration = border.path("kamailio-%s.cfg" % place)
        with open(configuration, "w") as f:
            f.write(text.replace("ADDRESS", ADDRESSES[place]))
        # -DD: it stays in the foreground, with its workers.
        self.process = border.start("kamailio-" + place, "kamailio", "-DD", "-E", "-f", configuration,
                                    "-m", "32", "-M", "8", "-w", border.directory,
                                    "-Y", border.path("kamailio-run-" + place), namespace=place)
        wait_for("Kamailio listens", self.listens)

    def listens(self):
        expect("Kamailio lives", self.process.poll() is None, self.said())
        return is_bound(self.place, ADDRESSES[self.place] + ":5060")

    def said(self):
        return self.border.said("kamailio-" + self.place)

    def got(self, method):
        """How many of these have come to it."""
        return self.said().count("got %s " % method)
