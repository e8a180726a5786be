# SPDX-License-Identifier: GPL-2.0-or-later
"""The network of a test, and the sipd in its middle.

    alice  10.0.1.2 ---- 10.0.1.1  border  10.0.2.1 ---- 10.0.2.2  carrier
    bob    10.0.3.2 ---- 10.0.3.1                        10.0.2.3
    edge   10.0.4.2 ---- 10.0.4.1          10.0.5.1 ---- 10.0.5.2  carol

A namespace each; border is the test's own, and forwards. sipd's realm access is at 10.0.1.1, its
realm core at 10.0.2.1. A DNS server at 10.0.3.1 knows sip.example.com, and by SRV and NAPTR that it serves
example.com.
"""
import json
import os
import shutil
import signal
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIPD, CORE = "10.0.1.1", "10.0.2.1"
ADDRESSES = {"alice": "10.0.1.2", "carrier": "10.0.2.2", "bob": "10.0.3.2", "edge": "10.0.4.2",
             "carol": "10.0.5.2"}
DNS = "10.0.3.1"
PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}
# Seconds; for what hangs, not for measuring. An emulated machine takes longer.
patience = 60
KERNEL_PATIENCE = 180

PROGRAMS = ("baresip", "linphonec", "kamailio", "sipsak", "sipp", "dnsmasq", "openssl", "ip")


class Failure(Exception):
    pass


def build_directory(asan):
    return os.environ.get("BUILD", os.path.join(TOP, "build-san" if asan else "build"))


def missing(asan):
    mine = [os.path.join(build_directory(asan), p) for p in ("sipd", "sipctl")]
    return [p for p in PROGRAMS if not shutil.which(p)] + \
        [p for p in mine if not os.access(p, os.X_OK)]


def sh(*words, **how):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)
    if done.returncode:
        raise Failure("%s: status %d: %s" % (" ".join(words), done.returncode, done.stdout))
    return done.stdout


def wait_for(what, condition):
    """Until condition() is true; its value."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure("after %d s still not: %s" % (patience, what))
        time.sleep(0.05)


def expect(what, holds, more=""):
    if not holds:
        raise Failure("not so: %s %s" % (what, more))


def within(namespace, *words):
    """The words of a command that runs there."""
    return (["ip", "netns", "exec", namespace] if namespace else []) + list(words)


def is_bound(namespace, address):
    """Somebody takes UDP there."""
    return sh(*within(namespace, "ss", "-Hlnu", "src", address))


def _link(namespace):
    """Its device and the border's, with the addresses .2 and .1."""
    device, own = "to-" + namespace, ADDRESSES[namespace]
    address = own[:-1] + "1"
    sh("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", namespace)
    sh("ip", "address", "add", address + "/24", "dev", device)
    sh("ip", "link", "set", device, "up")
    sh("ip", "-n", namespace, "address", "add", own + "/24", "dev", "eth0")
    sh("ip", "-n", namespace, "link", "set", "eth0", "up")
    # linphone believes that it is offline without.
    sh("ip", "-n", namespace, "route", "add", "default", "via", address)


def set_up_network(directory):
    # Their names are the test's own, too.
    os.makedirs("/run/netns", exist_ok=True)
    sh("mount", "-t", "tmpfs", "none", "/run/netns")
    sh("ip", "link", "set", "lo", "up")
    sh("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.disable_ipv6=1")
    for namespace in ADDRESSES:
        sh("ip", "netns", "add", namespace)
        sh(*within(namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"))
        sh("ip", "-n", namespace, "link", "set", "lo", "up")
        _link(namespace)
    sh("ip", "-n", "carrier", "address", "add", "10.0.2.3/24", "dev", "eth0")
    with open("resolv.conf", "w") as f:
        f.write("nameserver %s\n" % DNS)
    sh("mount", "--bind", os.path.join(directory, "resolv.conf"), "/etc/resolv.conf")
    os.makedirs("home/.local/share/linphone", exist_ok=True)
    os.environ["HOME"] = os.path.join(directory, "home")


def make_ca(name):
    sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
       "-subj", "/CN=" + name, "-days", "30", "-keyout", name + ".key", "-out", name + ".pem")


def make_certificate(name, names, ca="ca"):
    """name.pem, signed by ca.pem, and name.key."""
    sh("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
       "-subj", "/CN=sip.example.com", "-keyout", name + ".key", "-out", name + ".csr")
    with open(name + ".ext", "w") as f:
        f.write("subjectAltName=%s\n" % names)
    sh("openssl", "x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key",
       "-CAcreateserial", "-days", "30", "-extfile", name + ".ext", "-out", name + ".pem")


class Border:
    """sipd, and what asks it. What is started through start() ends with the test."""

    def __init__(self, directory, asan=False, kernel=False):
        global patience
        self.directory, self.asan, self.kernel = directory, asan, kernel
        patience = KERNEL_PATIENCE if kernel else patience
        build = build_directory(asan)
        self.sipd_path, self.sipctl = os.path.join(build, "sipd"), os.path.join(build, "sipctl")
        self.socket = os.path.join(directory, "sipd.sock")
        self.processes = []
        self.sipd = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self, name, *words, namespace=None, **how):
        """A program in the background; what it says is in name.log."""
        log = open(self.path(name + ".log"), "w")
        how.setdefault("stdin", subprocess.DEVNULL)
        how.setdefault("stdout", log)
        process = subprocess.Popen(within(namespace, *words), stderr=subprocess.STDOUT, **how)
        log.close()
        self.processes.append((name, process))
        return process

    def said(self, name):
        try:
            with open(self.path(name + ".log"), errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    # --- sipd

    def start_sipd(self, domains=None, access="", core="", rest="", old=None):
        """Serves example.com and, with old, old.example.com, for phones that know no SHA-256.

        domains has more keys of the former and of others, old of the latter; access, core and rest
        of the realms, and of the whole.
        """
        make_ca("ca")
        make_certificate("sipd", "DNS:sip.example.com,DNS:example.com,IP:%s" % SIPD)
        self.start("dnsmasq", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
                   "--no-hosts", "--no-daemon", "--listen-address=" + DNS, "--bind-interfaces",
                   "--user=root", "--pid-file=", "--log-queries", "--log-facility=-",
                   "--local=/example.com/", "--host-record=sip.example.com," + SIPD,
                   *("--srv-host=_%s.%s,sip.example.com,%d" % (s, d, p)
                     for d in ("example.com", "old.example.com")
                     for s, p in (("sip._udp", 5060), ("sip._tcp", 5060), ("sips._tcp", 5061))))
        media = {"access": "", "core": ""}
        if self.kernel:
            media = {"access": "media: { address: %s, ports: 30000-30199 }" % SIPD,
                     "core": "media: { address: %s, ports: 30000-30199 }" % CORE}
        domains = dict({"example.com": ""}, **domains or {})
        if old is not None:
            domains["old.example.com"] = ", ".join(k for k in (old, "algorithms: [ MD5 ]") if k)
        with open("sipd.yaml", "w") as f:
            f.write("""media: {media}
control: {{ socket: {socket} }}
store: {{ path: {store} }}
realms:
  - name: access
    listen: [ "udp:{sipd}:5060", "tcp:{sipd}:5060", "tls:{sipd}:5061" ]
    tls: {{ certificate: {pem}, key: {key} }}
    {access_media}
    {access}
  - name: core
    listen: [ "udp:{core_ip}:5060", "tcp:{core_ip}:5060" ]
    {core_media}
    {core}
domains:
{domains}
{rest}
""".format(media="kernel" if self.kernel else "none", socket=self.socket, store=self.path("sipd.db"),
           sipd=SIPD, core_ip=CORE, pem=self.path("sipd.pem"), key=self.path("sipd.key"),
           access=access, core=core, access_media=media["access"], core_media=media["core"],
           domains="\n".join("  - { name: %s, realm: access, registrar: true%s }" %
                             (name, ", " + keys if keys else "") for name, keys in domains.items()),
           rest=rest))
        environment = dict(os.environ)
        if self.asan:
            environment["ASAN_OPTIONS"] = "detect_leaks=1:exitcode=99"
            environment["UBSAN_OPTIONS"] = "print_stacktrace=1"
        self.sipd = self.start("sipd", self.sipd_path, "-f", "sipd.yaml", "-d", "debug",
                               env=environment)
        wait_for("sipd is ready", lambda: self.sipd.poll() is not None or
                 "sipd: ready" in self.said("sipd"))
        expect("sipd lives", self.sipd.poll() is None)

    def add_user(self, address, password):
        sh(self.sipctl, "-s", self.socket, "user", "add", address, input=password + "\n")

    def ctl(self, *words):
        """What sipctl -j tells; degraded is an answer, too."""
        done = subprocess.run([self.sipctl, "-s", self.socket, "-j"] + list(words),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 3):
            raise Failure("sipctl %s: status %d: %s" % (" ".join(words), done.returncode, done.stderr))
        return json.loads(done.stdout)

    def plain(self, *words):
        """What sipctl prints for people."""
        return sh(self.sipctl, "-s", self.socket, *words)

    def registered(self, user):
        """Bindings of user@domain."""
        return [r for r in self.ctl("reg", "list")["registrations"] if r["user"] == user]

    def calls(self):
        """Newest first, ended ones too."""
        return self.ctl("call", "list", "--all")["calls"]

    def call(self):
        """The newest one in full."""
        return self.ctl("call", "show", self.calls()[0]["id"])

    def call_is(self, state):
        calls = self.calls()
        return bool(calls) and calls[0]["state"] == state

    def wait_call(self, state):
        wait_for("the call is " + state, lambda: self.call_is(state))

    def wait_ended(self, code, by=None):
        self.wait_call("ended")
        call = self.call()
        expect("its code is %d" % code, call["code"] == code, call)
        expect("who ended it", by is None or call["ended_by"] == by, call)

    def ladder_has(self, *pieces):
        """In this order, in the newest call's."""
        ladder = self.plain("call", "ladder", self.calls()[0]["id"])
        place = 0
        for piece in pieces:
            place = ladder.find(piece, place)
            expect("the ladder has '%s' in its turn" % piece, place >= 0, ladder)

    def flows(self, *words):
        return self.ctl("flow", "list", "--all", *words)["flows"]

    def messages(self, name):
        """What was said in a flow or call, secrets masked."""
        return self.plain("flow", "ladder", name, "--messages")

    def wait_flow(self, method, code=None, peer=None):
        """A transaction of that kind; the newest."""
        words = ["--method", method] + (["--peer", peer] if peer else [])
        words += ["--code", str(code)] if code else []
        return wait_for("a %s of %s with %s" % (method, peer, code), lambda: self.flows(*words))[0]

    # --- the end

    def finish(self):
        """Nothing is left, and sipd has nothing to complain of."""
        wait_for("no call is left", lambda: self.ctl("status")["calls"]["active"] == 0)
        self.sipd.send_signal(signal.SIGTERM)
        status = self.sipd.wait(patience)
        expect("sipd ends well", status == 0, "(status %d)" % status)
        bad = [line for line in self.said("sipd").splitlines()
               if line[:3] in ("<0>", "<1>", "<2>", "<3>")]
        expect("sipd has logged no error", not bad, "\n".join(bad))
        expect("no sanitizer has reported", "ERROR: " not in self.said("sipd") and
               "runtime error" not in self.said("sipd"))

    def stop(self):
        for _, process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
            process.wait()

    def tell(self):
        for name, process in self.processes:
            print("--- %s (%s)" % (name, process.poll()))
            print("\n".join(self.said(name).splitlines()[-40:]))
        if self.sipd and self.sipd.poll() is None:
            for words in ("flow", "list"), ("call", "list", "--all"), ("reg", "list"):
                print("--- sipctl " + " ".join(words))
                print(self.plain(*words))
            for call in self.calls()[:2]:
                print(self.plain("call", "ladder", call["id"], "--messages"))
