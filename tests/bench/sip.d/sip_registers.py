# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones that register with a server under test, and the databases that it knows them from."""
import hashlib
import re
import select
import socket
import sqlite3
import subprocess
import time

DOMAIN = "example.com"


def hash_of(algorithm, *parts):
    return hashlib.new(algorithm, ":".join(parts).encode())


def fill_sipd(path, users, domain=DOMAIN):
    """Users u0 and on, in a database that sipd has made."""
    with sqlite3.connect(path) as db:
        db.executemany("INSERT INTO users VALUES(?, ?, ?, ?, 1)", (
            (domain, user, hash_of("md5", user, domain, "secret").digest(),
             hash_of("sha256", user, domain, "secret").digest())
            for user in ("u%d" % i for i in range(users))))
    db.close()


def fill_bindings(path, domain, local, remote, users):
    """Registers @users at one address, in a database that sipd has made."""
    expires = int(time.time()) + 36000
    with sqlite3.connect(path) as db:
        db.executemany("INSERT INTO bindings VALUES(?, ?, ?, ?, 1000, ?, 'c', 1, '', 'UDP', ?, ?, '',"
                       " 0, '')", ((domain, user, "sip:%s@%s" % (user, remote), "sip:%s@%s" %
                                    (user, remote), expires, local, remote) for user in users))
    db.close()


def make_kamailio(path, users):
    """Databases as Kamailio's own scripts make them, and users u0 and on in that of @path.users."""
    scripts = "/usr/share/kamailio/db_sqlite/"
    for db in path, path + ".users":
        for name in "standard", "auth_db", "usrloc":
            with open(scripts + name + "-create.sql") as script:
                subprocess.run(["sqlite3", db], stdin=script, check=True)
    with sqlite3.connect(path + ".users") as db:
        db.executemany("INSERT INTO subscriber(username, domain, password, ha1, ha1b)"
                       " VALUES(?, ?, '', ?, '')", (
                           (user, DOMAIN, hash_of("md5", user, DOMAIN, "secret").hexdigest())
                           for user in ("u%d" % i for i in range(users))))
    db.close()


class Phones:
    """Many phones at one socket."""

    def __init__(self, address, server, users):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind(address)
        self.socket.setblocking(False)
        self.server, self.users = server, users
        self.me = "%s:%d" % address
        self.challenges = {}
        self.cseq = 0
        self.failed = self.done = 0

    def request(self, user, nc=0):
        line = ""
        if nc:
            realm, nonce, algorithm, qop = self.challenges[user]
            name = "sha256" if algorithm == "SHA-256" else "md5"
            ha1 = hash_of(name, "u%d" % user, realm, "secret").hexdigest()
            ha2 = hash_of(name, "REGISTER", "sip:" + DOMAIN).hexdigest()
            response = hash_of(name, ha1, nonce, "%08x" % nc, "c0", qop, ha2).hexdigest()
            line = ('Authorization: Digest username="u%d", realm="%s", nonce="%s", uri="sip:%s",'
                    ' response="%s", algorithm=%s, cnonce="c0", qop=auth, nc=%08x\r\n' %
                    (user, realm, nonce, DOMAIN, response, algorithm, nc))
        self.cseq += 1
        return ("REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d-%d;rport\r\n"
                "From: <sip:u%d@%s>;tag=%d\r\nTo: <sip:u%d@%s>\r\nCall-ID: bench-%d@%s\r\n"
                "CSeq: %d REGISTER\r\nContact: <sip:u%d@%s>\r\nExpires: 3600\r\n"
                "Max-Forwards: 70\r\nUser-Agent: bench\r\n%sContent-Length: 0\r\n\r\n" %
                (DOMAIN, self.me, user, self.cseq, user, DOMAIN, self.cseq, user, DOMAIN, user,
                 self.me, self.cseq, user, self.me, line)).encode()

    def send(self, user, nc=0):
        self.socket.sendto(self.request(user, nc), self.server)

    def receive(self, nc):
        text = self.socket.recv(65536).decode()
        status = int(text[8:11])
        user = int(re.search(r"\r\nCall-ID: bench-(\d+)@", text).group(1))
        if status == 401 and nc == 1 and user not in self.challenges:
            challenge = re.search(r"\r\nWWW-Authenticate: Digest ([^\r]*)", text).group(1)
            values = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge))
            self.challenges[user] = (values["realm"], values["nonce"],
                                     values.get("algorithm", "MD5"), "auth")
            self.send(user, 1)
        else:
            self.done += 1
            self.failed += status != 200

    def run(self, rate, nc):
        """Each phone registers, from the challenge on with @nc 1; returns how many have failed."""
        self.failed = self.done = 0
        begin, sent = time.monotonic(), 0
        deadline = begin + 4 * self.users / rate + 30
        while self.done < self.users and time.monotonic() < deadline:
            due = min(self.users, int((time.monotonic() - begin) * rate) + 1)
            while sent < due:
                self.send(sent, nc if nc > 1 else 0)
                sent += 1
            if select.select([self.socket], [], [], 0.002)[0]:
                try:
                    while True:
                        self.receive(nc)
                except BlockingIOError:
                    pass
        return self.failed + self.users - self.done
