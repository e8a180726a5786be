# SPDX-License-Identifier: GPL-2.0-or-later
"""baresip and linphonec, each in its namespace, with one account; they are told and asked the same."""
import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
import time

from border import ADDRESSES, PORTS, TOP, expect, sh, wait_for

sys.path.append(os.path.join(TOP, "tests/demo"))
import phone as demo_phone  # noqa: E402

AUDIO = os.path.join(TOP, "tests/demo/audio.py")
# baresip hangs up when it has nothing more to say.
SPEECH_SECONDS = 240
# libre 1.1, of baresip, gives up at the first challenge that is not MD5, and sipd challenges with
# SHA-256 first, as RFC 8760 s.2.3 wants.
MD5_ONLY = "old.example.com"


class Phone:
    """The account is user@domain. It registers with sipd at once."""

    def __init__(self, border, place, user, password, domain="example.com", transport="udp",
                 ca="ca.pem", expires=3600, proxy=None):
        self.border, self.place, self.user, self.password = border, place, user, password
        self.domain, self.transport, self.ca, self.expires = domain, transport, ca, expires
        self.address = ADDRESSES[place]
        # Where requests go; the name has an address in the DNS, and is in sipd's certificate.
        self.proxy = proxy or "sip:sip.example.com:%d;transport=%s" % (PORTS[transport], transport)
        self.aor = "%s@%s" % (user, domain)
        self.uri = "sip:" + self.aor
        self.name = "%s-%s" % (self.kind, user)
        self.audio = border.path(self.name + "-says.wav")
        sh(sys.executable, AUDIO, "make", str(len(border.processes)), "%d" % SPEECH_SECONDS, self.audio)

    def bindings(self):
        return [r for r in self.border.registered(self.user) if r["domain"] == self.domain]

    def wait_registered(self):
        wait_for("%s says that it is registered" % self.name, self.is_registered)
        wait_for("%s is registered" % self.name, self.bindings)


class Baresip(Phone):
    kind = "baresip"

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        self.events, self.answers, self.lock = [], {}, threading.Lock()
        directory = self.border.path(self.name)
        package = subprocess.run(["dpkg", "-L", "baresip-core"], stdout=subprocess.PIPE, text=True)
        menu = [line for line in package.stdout.splitlines() if line.endswith("/menu.so")][0]
        demo_phone.config(directory, self.user, self.address, self.audio, os.path.dirname(menu))
        with open(directory + "/config", "a") as f:
            f.write("call_local_timeout 120\n")
            if self.transport == "tls":
                f.write("sip_cafile %s\n" % self.border.path(self.ca))
        with open(directory + "/accounts", "w") as f:
            f.write('<sip:%s;transport=%s>;auth_pass=%s;outbound="%s";regint=%d;answermode=manual;'
                    'audio_codecs=PCMU/8000/1\n' %
                    (self.aor, self.transport, self.password, self.proxy,
                     self.expires))
        self.process = self.border.start(self.name, "baresip", "-s", "-f", directory,
                                         namespace=self.place)
        wait_for("baresip is ready", lambda: "baresip is ready" in self.border.said(self.name))
        # From the border, which has routes to everybody.
        self.connection = socket.create_connection((self.address, demo_phone.PORT))
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        """Takes netstrings: answers to commands, and events."""
        with self.connection.makefile("rb") as stream:
            while True:
                length = b""
                while (digit := stream.read(1)) != b":":
                    # Netstrings end with a comma.
                    if not digit:
                        return
                    length += digit.strip(b",")
                message = json.loads(stream.read(int(length)))
                with self.lock:
                    if message.get("response"):
                        self.answers[message["token"]] = message
                    else:
                        self.events.append(message)

    def command(self, name, params=""):
        token = "%d" % time.monotonic_ns()
        text = json.dumps({"command": name, "params": params, "token": token}).encode()
        self.connection.sendall(b"%d:%s," % (len(text), text))
        answer = wait_for("baresip answers " + name, lambda: self.answers.get(token))
        expect("baresip does " + name, answer["ok"], answer.get("data", ""))
        return answer.get("data", "")

    def seen(self, kind):
        with self.lock:
            return [e for e in self.events if e.get("type") == kind]

    def wait_event(self, kind, count=1):
        wait_for("%s has %s" % (self.name, kind), lambda: len(self.seen(kind)) >= count)
        return self.seen(kind)[count - 1]

    def is_registered(self):
        return re.search(r"%s: .* 200 OK .*\[1 binding\]" % re.escape(self.aor),
                         self.border.said(self.name))

    def wait_refused(self):
        """It tells its user that it was not let in, and why."""
        return wait_for("%s says that it was refused" % self.name, lambda: re.search(
            r"reg: sip:%s[^\n]*" % re.escape(self.aor), self.border.said(self.name))).group(0)

    def unregister(self):
        self.command("quit")

    def dial(self, uri):
        self.command("dial", uri)

    def wait_incoming(self):
        self.wait_event("CALL_INCOMING")

    def wait_ringing(self):
        self.wait_event("CALL_RINGING")

    def wait_established(self, count=1):
        self.wait_event("CALL_ESTABLISHED", count)

    def wait_closed(self):
        """Why, as its user is told."""
        return self.wait_event("CALL_CLOSED").get("param", "")

    def answer(self):
        self.command("accept")

    def hangup(self):
        self.command("hangup")

    decline = cancel = hangup

    def hold(self):
        self.command("hold")

    def resume(self):
        self.command("resume")

    def wait_held(self):
        """By the other one."""

    def wait_resumed(self):
        """By the other one."""

    def transfer(self, uri):
        self.command("transfer", uri)


class Linphone(Phone):
    kind = "linphone"
    CONFIG = """[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port={tls}
default_proxy=0
guess_hostname=1
contact=sip:{user}@{address}
verify_server_certs=1
verify_server_cn=1
root_ca={ca}
media_encryption=none
inc_timeout=120
[rtp]
audio_rtp_port=7078
[net]
dns_srv_enabled=1
[sound]
echocancellation=0
[proxy_0]
reg_proxy=<{proxy}>
reg_route=<{proxy}>
reg_identity=sip:{aor}
reg_expires={expires}
reg_sendregister=1
publish=0
quality_reporting_enabled=0
[auth_info_0]
username={user}
passwd={password}
realm={domain}
domain={domain}
{codecs}
"""
    # Each of its codecs in the order of its offers, all off but PCMU.
    CODECS = [("PCMU", 8000, 1), ("PCMA", 8000, 0), ("opus", 48000, 0), ("speex", 16000, 0),
              ("speex", 8000, 0), ("GSM", 8000, 0), ("G722", 8000, 0), ("BV16", 8000, 0)]

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        configuration = self.border.path(self.name + ".rc")
        listens = {t: PORTS[t] if t == self.transport else 0 for t in PORTS}
        with open(configuration, "w") as f:
            f.write(self.CONFIG.format(
                user=self.user, address=self.address, ca=self.border.path(self.ca), aor=self.aor,
                proxy=self.proxy, expires=self.expires,
                password=self.password, domain=self.domain, **listens,
                codecs="".join("[audio_codec_%d]\nmime=%s\nrate=%d\nchannels=1\nenabled=%d\n" %
                               (i, *codec) for i, codec in enumerate(self.CODECS))))
        # A terminal: it keeps what it says when it writes to a pipe.
        self.terminal, theirs = pty.openpty()
        self.process = self.border.start(
            self.name + "-debug", "linphonec", "-c", configuration, "-d", "6", "-l",
            self.border.path(self.name + ".debug"), namespace=self.place,
            stdin=theirs, stdout=theirs, start_new_session=True)
        os.close(theirs)
        self.screen = ""
        self.mark = 0
        threading.Thread(target=self.read, daemon=True).start()
        wait_for("linphonec is ready", lambda: "linphonec>" in self.screen)
        self.command("soundcard use files")
        self.command("play " + self.audio)
        self.command("record " + self.border.path(self.name + ".wav"))

    def read(self):
        with open(self.border.path(self.name + ".log"), "w") as log:
            while True:
                try:
                    data = os.read(self.terminal, 4096)
                except OSError:
                    return
                if not data:
                    return
                text = data.decode(errors="replace")
                log.write(text)
                log.flush()
                self.screen += text

    def command(self, line):
        os.write(self.terminal, line.encode() + b"\n")

    def says(self, pattern, since=0):
        return re.search(pattern, self.screen[since:])

    def wait_says(self, pattern, since=0):
        return wait_for("linphonec says '%s'" % pattern, lambda: self.says(pattern, since))

    def wait_said_count(self, pattern, count):
        wait_for("linphonec says '%s' %d times" % (pattern, count),
                 lambda: len(re.findall(pattern, self.screen)) >= count)

    def ask(self, line, pattern):
        """What it answers to a command."""
        since = len(self.screen)
        self.command(line)
        return self.wait_says(pattern, since).group(0)

    def is_registered(self):
        return "identity" in self.ask("status register", "registered(=|, identity=)[^\r]*")

    def wait_refused(self):
        return wait_for("%s says that it was refused" % self.name, lambda: re.search(
            "Failed", self.ask("states proxies", "LinphoneRegistration[A-Z][a-z]*")))

    def unregister(self):
        self.command("unregister")

    def dial(self, uri):
        self.command("call " + uri)

    def wait_incoming(self):
        self.wait_says("Receiving new incoming call")

    def wait_ringing(self):
        self.wait_says(r"Call \d+ to .* ringing")

    def wait_established(self, count=1):
        self.wait_said_count(r"Call \d+ with .* connected", count)

    def wait_closed(self):
        return self.wait_says(r"Call \d+ with [^\n]* (ended|error)[^\n]*").group(0)

    def answer(self):
        self.command("answer")

    def hangup(self):
        self.command("terminate")

    decline = cancel = hangup

    def hold(self):
        self.command("pause")
        # Before that it does not resume.
        self.wait_says(r"Call \d+ with [^\n]* is now paused")

    def resume(self):
        self.command("resume")

    def wait_held(self):
        """By the other one."""
        self.wait_says(r"Call \d+ has been paused by")

    def wait_resumed(self):
        """By the other one."""
        self.wait_said_count(r"Media streams established with", 2)

    def transfer(self, uri):
        self.command("transfer " + uri)

    def join(self, first, second):
        """Attended transfer: the parties of two calls of its."""
        self.command("transfer %d --to-call %d" % (first, second))

    def wait_closed_count(self, count):
        self.wait_said_count(r"Call \d+ with [^\n]* ended", count)


PHONES = {"baresip": Baresip, "linphone": Linphone}
